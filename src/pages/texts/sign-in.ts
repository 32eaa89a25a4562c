/** Signing in. */
export const signInTexts = {
  'sign_in.title': { nl: 'Inloggen', en: 'Sign in' },
  'sign_in.intro': {
    nl: 'U heeft geen wachtwoord nodig. U krijgt een code op een nummer of e-mailadres dat wij al langer dan 7 dagen van u kennen.',
    en: 'You need no password. You get a code on a number or e-mail address that we have known of you for more than 7 days.',
  },
  'sign_in.contact': { nl: 'Telefoonnummer of e-mailadres', en: 'Phone number or e-mail address' },
  'sign_in.contact_hint': {
    nl: 'Met een telefoonnummer kunt u meer doen dan met een e-mailadres: een code per sms is veiliger.',
    en: 'With a phone number you can do more than with an e-mail address: a code by text message is safer.',
  },
  'sign_in.customer': { nl: 'Klantnummer (hoeft meestal niet)', en: 'Customer number (usually not needed)' },
  'sign_in.customer_hint': {
    nl: 'Alleen nodig als u dit nummer of adres met iemand deelt die hier ook klant is. Het staat op uw factuur.',
    en: 'Only needed if you share this number or address with somebody who is a customer here too. It is on your bill.',
  },
  'sign_in.how': { nl: 'Hoe wilt u de code krijgen?', en: 'How do you want to get the code?' },
  'sign_in.how_text': { nl: 'Als bericht (sms of e-mail)', en: 'As a message (text message or e-mail)' },
  'sign_in.how_voice': { nl: 'Bel mij en lees de code voor', en: 'Call me and read the code to me' },
  'sign_in.send': { nl: 'Stuur mij een code', en: 'Send me a code' },
  'sign_in.no_contact': {
    nl: 'Vul een telefoonnummer of e-mailadres in, zoals naam@example.nl',
    en: 'Enter a phone number or e-mail address, such as name@example.nl',
  },
  'sign_in.budget': {
    nl: 'Er zijn te veel codes gestuurd of geprobeerd. Probeer het later nog een keer, of bel ons: {phone}.',
    en: 'Too many codes were sent or tried. Try again later, or call us: {phone}.',
  },
  'sign_in.without_title': { nl: 'Lukt dit niet?', en: 'Does this not work?' },
  'sign_in.without_text': {
    nl: 'Alles wat u hier kunt, kan ook per telefoon of brief. Bel ons: {phone}.',
    en: 'Everything that you can do here can also be done by phone or letter. Call us: {phone}.',
  },
  'sign_in.code_title': { nl: 'Vul uw code in', en: 'Enter your code' },
  'sign_in.code_sent': {
    nl: 'Kennen wij dit nummer of adres van u, dan krijgt u nu een code. Dat duurt meestal minder dan een minuut.',
    en: 'If we know this number or address of you, you now get a code. That usually takes less than a minute.',
  },
  'sign_in.code': { nl: 'Code van 6 cijfers', en: 'Code of 6 digits' },
  'sign_in.code_hint': {
    nl: 'Geef de code aan niemand. Ook wij vragen er nooit om. De code werkt tot {until}.',
    en: 'Give the code to nobody. We never ask for it either. The code works until {until}.',
  },
  'sign_in.enter': { nl: 'Inloggen', en: 'Sign in' },
  'sign_in.code_empty': { nl: 'Vul de code in', en: 'Enter the code' },
  'sign_in.code_wrong': {
    nl: 'Deze code klopt niet. U kunt het nog {tries, plural, one {# keer} other {# keer}} proberen.',
    en: 'This code is not right. You can try {tries, plural, one {once more} other {# more times}}.',
  },
  'sign_in.code_over': {
    nl: 'Deze code werkt niet meer. Vraag een nieuwe code aan.',
    en: 'This code does not work any more. Ask for a new code.',
  },
  'sign_in.again': { nl: 'Geen code gekregen? Vraag een nieuwe aan', en: 'Got no code? Ask for a new one' },
  'sign_in.none_text': {
    nl: 'Geen code gekregen? Dan kennen wij dit nummer of adres niet van u, is het korter dan 7 dagen geleden veranderd, of delen meer mensen het.',
    en: 'Got no code? Then we do not know this number or address of you, it was changed less than 7 days ago, or several people share it.',
  },
} as const;
