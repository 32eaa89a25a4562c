/** How somebody signs in, changing that, and showing once more who they are. */
export const waysTexts = {
  'ways.intro': {
    nl: 'Op deze manieren laat u zien dat u het bent. Verandert er iets, dan krijgt u daar bericht van. U bent dan overal elders uitgelogd.',
    en: 'These are the ways in which you show that it is you. When something changes, we send you a message. You are then signed out everywhere else.',
  },
  'ways.changed': {
    nl: 'Het is veranderd. U bent overal elders uitgelogd.',
    en: 'It is changed. You are signed out everywhere else.',
  },
  'ways.more_needed': {
    nl: 'Wilt u een toegangssleutel of app toevoegen? Laat dan eerst op nog een manier zien dat u het bent, bijvoorbeeld met een code op een tweede nummer of e-mailadres.',
    en: 'Do you want to add a passkey or an app? Then first show in one more way that it is you, for example with a code to a second number or e-mail address.',
  },
  'ways.prove': { nl: 'Nog een keer laten zien dat u het bent', en: 'Show once more that it is you' },
  'ways.codes': { nl: 'Codes', en: 'Codes' },
  'ways.no_codes': {
    nl: 'Wij kennen geen telefoonnummer of e-mailadres van u.',
    en: 'We know no phone number or e-mail address of you.',
  },
  'ways.number_risk': {
    nl: 'Let op: wie uw telefoon heeft of uw nummer overneemt, krijgt ook uw codes. Een toegangssleutel is veiliger.',
    en: 'Please note: who has your phone or takes over your number also gets your codes. A passkey is safer.',
  },
  'ways.codes_change': { nl: 'Klopt dit niet meer?', en: 'Is this no longer right?' },
  'ways.phone': { nl: 'Telefoonnummer dat eindigt op {masked}', en: 'Phone number that ends in {masked}' },
  'ways.email': { nl: 'E-mailadres {masked}', en: 'E-mail address {masked}' },
  'ways.postal': { nl: 'Postadres dat begint met {masked}', en: 'Postal address that begins with {masked}' },
  'ways.too_new': {
    nl: 'krijgt nog geen codes, want het is korter dan 7 dagen geleden veranderd',
    en: 'gets no codes yet, because it was changed less than 7 days ago',
  },
  'ways.passkeys': { nl: 'Toegangssleutels (passkeys)', en: 'Passkeys' },
  'ways.no_passkeys': { nl: 'U heeft geen toegangssleutels.', en: 'You have no passkeys.' },
  'ways.add_passkey': { nl: 'Een toegangssleutel toevoegen', en: 'Add a passkey' },
  'ways.remove_passkey': { nl: 'Toegangssleutel verwijderen', en: 'Remove this passkey' },
  'ways.remove_hidden': { nl: '(toegevoegd op {moment})', en: '(added on {moment})' },
  'ways.added': { nl: 'Toegevoegd op', en: 'Added on' },
  'ways.used': { nl: 'Laatst gebruikt', en: 'Last used' },
  'ways.never': { nl: 'nog nooit', en: 'never' },
  'ways.usable_from': { nl: 'Telt vanaf', en: 'Counts from' },
  'ways.app': { nl: 'App met codes', en: 'App with codes' },
  'ways.no_app': {
    nl: 'U heeft geen app met codes. Met zo’n app heeft u een tweede manier om te laten zien dat u het bent, ook aan de telefoon.',
    en: 'You have no app with codes. Such an app is a second way to show that it is you, also on the phone.',
  },
  'ways.add_app': { nl: 'Een app met codes toevoegen', en: 'Add an app with codes' },
  'ways.remove_app': { nl: 'App met codes verwijderen', en: 'Remove the app with codes' },
  'ways.add_app_title': { nl: 'Een app met codes koppelen', en: 'Link an app with codes' },
  'ways.app_step_install': {
    nl: 'Zet een app met codes (authenticator) op uw telefoon, als u die nog niet heeft.',
    en: 'Put an app with codes (authenticator) on your phone, if you do not have one yet.',
  },
  'ways.app_step_scan': {
    nl: 'Scan dit plaatje met de app, of typ de letters en cijfers over.',
    en: 'Scan this picture with the app, or type the letters and digits.',
  },
  'ways.app_step_type': {
    nl: 'Typ hieronder de code die de app laat zien.',
    en: 'Type the code that the app shows below.',
  },
  'ways.qr': { nl: 'Plaatje om te scannen met uw app met codes', en: 'Picture to scan with your app with codes' },
  'ways.secret': { nl: 'Of typ dit in de app:', en: 'Or type this into the app:' },
  'ways.secret_warning': {
    nl: 'Laat dit aan niemand zien. Wie dit heeft, kan zich als u voordoen.',
    en: 'Show this to nobody. Who has it can pretend to be you.',
  },
  'ways.app_code': { nl: 'Code van 6 cijfers uit de app', en: 'Code of 6 digits from the app' },
  'ways.app_confirm': { nl: 'Koppelen', en: 'Link' },
  'ways.app_empty': { nl: 'Vul de code uit de app in', en: 'Enter the code from the app' },
  'ways.app_wrong': {
    nl: 'Deze code klopt niet. Wacht op de volgende code in de app en probeer die.',
    en: 'This code is not right. Wait for the next code in the app and try that one.',
  },
  'ways.not_now': { nl: 'Nu niet', en: 'Not now' },

  'prove.title': { nl: 'Laat zien dat u het bent', en: 'Show that it is you' },
  'prove.intro': {
    nl: 'Wat u wilt doen is belangrijk. Daarom vragen wij nog een keer of u het echt bent. Daarna gaat u verder.',
    en: 'What you want to do is important. That is why we ask once more whether it is really you. Then you go on.',
  },
  'prove.second': {
    nl: 'Wilt u een toegangssleutel of app toevoegen? Kies dan een ander nummer of adres dan waarmee u bent ingelogd, of een andere manier.',
    en: 'Do you want to add a passkey or an app? Then choose another number or address than the one you signed in with, or another way.',
  },
  'prove.by_code': { nl: 'Met een code', en: 'With a code' },
  'prove.point': { nl: 'Waar mag de code naartoe?', en: 'Where may the code go?' },
  'prove.no_point': { nl: 'Kies waar de code naartoe mag', en: 'Choose where the code may go' },
  'prove.by_app': { nl: 'Met uw app met codes', en: 'With your app with codes' },
  'prove.enter': { nl: 'Verder', en: 'Continue' },
  'prove.by_other': { nl: 'Op een andere manier', en: 'In another way' },
  'prove.by_passkey': { nl: 'Met een toegangssleutel (passkey)', en: 'With a passkey' },
  'prove.by_login': { nl: 'Met {name}', en: 'With {name}' },
} as const;
