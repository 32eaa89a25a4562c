/** How we reach somebody, changed by themselves. */
export const contactTexts = {
  'contact.title': { nl: 'Veranderen hoe wij u bereiken', en: 'Change how we reach you' },
  'contact.intro': {
    nl: 'Hier verandert u uw telefoonnummer, e-mailadres of postadres. U bevestigt dat met een code op een plek die wij al kennen, en met een code op de nieuwe plek.',
    en: 'Here you change your phone number, e-mail address or postal address. You confirm it with a code at a place that we know already, and with a code at the new place.',
  },
  'contact.changed': {
    nl: 'Het is veranderd. Wij hebben u dat ook laten weten op de oude en de nieuwe plek.',
    en: 'It is changed. We have also told you so at the old and the new place.',
  },
  'contact.waits': { nl: 'Dit wacht nog op uw codes:', en: 'This still waits for your codes:' },
  'contact.young': {
    nl: 'Dit is nieuw. Wij sturen er nog geen codes naartoe, tot {day}.',
    en: 'This is new. We send no codes there yet, until {day}.',
  },
  'contact.shared_intro': {
    nl: 'Leest iemand anders ook uw berichten? Zeg dat dan hier. Wij sturen daar dan niets meer naartoe: geen bericht en geen code.',
    en: 'Does somebody else read your messages too? Then say so here. We then send nothing there any more: no message and no code.',
  },
  'contact.share': { nl: 'Hier leest iemand mee', en: 'Somebody else reads this' },
  'contact.is_shared': {
    nl: 'Hier leest iemand mee, zegt u. Wij sturen er niets naartoe.',
    en: 'You say that somebody else reads this. We send nothing there.',
  },
  'contact.unshare': { nl: 'Hier leest niemand meer mee', en: 'Nobody else reads this any more' },
  'contact.add': {
    nl: 'Een telefoonnummer, e-mailadres of postadres toevoegen',
    en: 'Add a phone number, e-mail address or postal address',
  },
  'contact.replace': { nl: 'Vervangen', en: 'Replace' },
  'contact.replace_title': { nl: 'Vervangen door een nieuw', en: 'Replace by a new one' },
  'contact.remove': { nl: 'Weghalen', en: 'Remove' },
  'contact.lost': { nl: 'Bent u iets kwijt?', en: 'Have you lost something?' },
  'contact.lost_text': {
    nl: 'Heeft u geen van deze nummers en adressen meer? Of werkt het niet? Bel ons: {phone}. Wij sturen u dan een brief naar uw postadres.',
    en: 'Do you have none of these numbers and addresses any more? Or does it not work? Call us: {phone}. We then send a letter to your postal address.',
  },

  'contact.form_intro': {
    nl: 'Naar een nieuw nummer of e-mailadres sturen wij 7 dagen lang geen andere codes. Voor een postadres is dat 30 dagen. Zo kan niemand anders zomaar uw plek innemen.',
    en: 'For 7 days we send no other codes to a new number or e-mail address. For a postal address it is 30 days. That way nobody else can simply take your place.',
  },
  'contact.value': {
    nl: 'Uw nieuwe telefoonnummer, e-mailadres of postadres',
    en: 'Your new phone number, e-mail address or postal address',
  },
  'contact.value_phone': { nl: 'Uw nieuwe telefoonnummer', en: 'Your new phone number' },
  'contact.value_email': { nl: 'Uw nieuwe e-mailadres', en: 'Your new e-mail address' },
  'contact.value_postal': { nl: 'Uw nieuwe postadres', en: 'Your new postal address' },
  'contact.value_hint': {
    nl: 'Een postadres op één regel, met komma’s: straat en huisnummer, postcode en plaats.',
    en: 'A postal address on one line, with commas: street and number, postcode and town.',
  },
  'contact.confirm_at': { nl: 'Waar wilt u dit bevestigen?', en: 'Where do you want to confirm this?' },
  'contact.send': { nl: 'Stuur mij de codes', en: 'Send me the codes' },
  'contact.fault_value': {
    nl: 'Vul een telefoonnummer, e-mailadres of postadres in dat wij nog niet van u kennen, en waar wij berichten naartoe sturen',
    en: 'Enter a phone number, e-mail address or postal address that we do not know yet, and that we send messages to',
  },
  'contact.fault_last': {
    nl: 'Dit is de laatste plek waar codes naartoe gaan. Voeg eerst een andere toe, en haal deze na 7 dagen weg. Bent u deze kwijt? Bel ons: {phone}.',
    en: 'This is the last place that codes go to. First add another, and remove this one after 7 days. Have you lost it? Call us: {phone}.',
  },
  'contact.fault_none': {
    nl: 'Wij kennen geen nummer of e-mailadres van u dat oud genoeg is om dit te bevestigen. Bel ons: {phone}.',
    en: 'We know no number or e-mail address of you that is old enough to confirm this. Call us: {phone}.',
  },
  'contact.fault_budget': {
    nl: 'Er zijn nu te veel codes gevraagd. Probeer het later nog een keer, of bel ons: {phone}.',
    en: 'Too many codes were asked for now. Try again later, or call us: {phone}.',
  },

  'contact.codes_title': { nl: 'Typ de codes over', en: 'Type the codes' },
  'contact.comes': { nl: 'Komt erbij', en: 'Is added' },
  'contact.goes': { nl: 'Gaat weg', en: 'Is removed' },
  'contact.code_known': { nl: 'Bevestigen dat u het bent', en: 'Confirm that it is you' },
  'contact.code_new': { nl: 'Laten zien dat dit van u is', en: 'Show that this is yours' },
  'contact.sent_to': { nl: 'Wij stuurden een code naar:', en: 'We sent a code to:' },
  'contact.confirmed': { nl: 'Gelukt:', en: 'Done:' },
  'contact.label_known': { nl: 'De code die u daar kreeg', en: 'The code that you got there' },
  'contact.label_new': { nl: 'De code die u op de nieuwe plek kreeg', en: 'The code that you got at the new place' },
  'contact.by_post': {
    nl: '10 cijfers. De brief komt over een paar dagen. U vindt deze pagina dan terug onder ‘Veranderen hoe wij u bereiken’.',
    en: '10 digits. The letter comes in a few days. You then find this page again under “Change how we reach you”.',
  },
  'contact.again_known': { nl: 'Stuur mij een nieuwe code', en: 'Send me a new code' },
  'contact.again_new': { nl: 'Stuur een nieuwe code naar de nieuwe plek', en: 'Send a new code to the new place' },
  'contact.cancel': { nl: 'Toch niet veranderen', en: 'Change nothing after all' },
  'contact.code_empty': { nl: 'Vul de code in', en: 'Enter the code' },
  'contact.code_wrong': {
    nl: 'Deze code klopt niet. U kunt het nog {count, plural, one {# keer} other {# keer}} proberen.',
    en: 'This code is not right. You can try {count, plural, one {# more time} other {# more times}}.',
  },
  'contact.code_over': {
    nl: 'Deze code werkt niet meer. Vraag een nieuwe, of bel ons: {phone}.',
    en: 'This code does not work any more. Ask for a new one, or call us: {phone}.',
  },
} as const;
