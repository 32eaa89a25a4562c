/** Accepting a mandate, and how a proxy is recognised on the phone afterwards. */
export const acceptanceTexts = {
  'acceptance.title': { nl: 'Wilt u deze machtiging aannemen?', en: 'Do you want to accept this mandate?' },
  'acceptance.intro': {
    nl: '{holder} heeft van ons een code gekregen. Vraag {holder} om die code, en vul hem hier in.',
    en: '{holder} got a code from us. Ask {holder} for that code, and enter it here.',
  },
  'acceptance.code': { nl: 'Code van de klant', en: 'Code of the customer' },
  'acceptance.code_hint': {
    nl: '8 letters en cijfers, zoals K7QP-2MFD. De code komt van {holder} en werkt tot {until}.',
    en: '8 letters and digits, such as K7QP-2MFD. The code comes from {holder} and works until {until}.',
  },
  'acceptance.accept': { nl: 'Machtiging aannemen', en: 'Accept the mandate' },
  'acceptance.empty': { nl: 'Vul de code in', en: 'Enter the code' },
  'acceptance.wrong': {
    nl: 'Deze code klopt niet. U kunt het nog {tries, plural, one {# keer} other {# keer}} proberen.',
    en: 'This code is not right. You can try {tries, plural, one {once more} other {# more times}}.',
  },
  'acceptance.over': {
    nl: 'De code is te vaak verkeerd ingevuld. U kunt deze machtiging niet meer aannemen. Vraag {holder} om u een nieuwe te geven.',
    en: 'A wrong code was entered too often. You cannot accept this mandate any more. Ask {holder} to give you a new one.',
  },

  'recognition.title': { nl: 'Zo herkennen wij u aan de telefoon', en: 'How we recognise you on the phone' },
  'recognition.accepted': { nl: 'U heeft de machtiging aangenomen', en: 'You have accepted the mandate' },
  'recognition.accepted_text': {
    nl: 'U mag nu dingen regelen voor {holder}.',
    en: 'You may now arrange things for {holder}.',
  },
  'recognition.intro': {
    nl: 'Belt u ons voor een ander? Dan willen wij zeker weten dat u het bent. U kiest zelf hoe u dat laat zien. Voor iets belangrijks vragen wij soms twee manieren.',
    en: 'Do you call us for somebody else? Then we want to be sure that it is you. You choose yourself how you show that. For something important we sometimes ask for two ways.',
  },
  'recognition.number': { nl: 'Met uw eigen telefoonnummer', en: 'With your own phone number' },
  'recognition.number_worth': {
    nl: 'Wij sturen een code naar een van uw nummers, en die leest u voor. Dat is één manier. Dat u met dat nummer belt, telt minder.',
    en: 'We send a code to one of your numbers, and you read it out. That is one way. That you call from that number counts for less.',
  },
  'recognition.number_do': { nl: 'Uw nummers bekijken of veranderen', en: 'See or change your numbers' },
  'recognition.app': { nl: 'Met een app met codes', en: 'With an app with codes' },
  'recognition.app_worth': {
    nl: 'U leest de code voor die de app laat zien. Dat is één manier. Samen met een code op uw telefoonnummer zijn het er twee.',
    en: 'You read out the code that the app shows. That is one way. Together with a code to your phone number it is two.',
  },
  'recognition.app_do': { nl: 'Een app met codes instellen', en: 'Set up an app with codes' },
  'recognition.passkey': { nl: 'Met een toegangssleutel (passkey)', en: 'With a passkey' },
  'recognition.passkey_worth': {
    nl: 'Aan de telefoon kunt u een toegangssleutel niet laten zien. Log er wel mee in, en vraag dan een belcode. Die ene code is dan evenveel waard als twee manieren.',
    en: 'You cannot show a passkey on the phone. But sign in with it, and then ask for a calling code. That one code is then worth as much as two ways.',
  },
  'recognition.passkey_do': { nl: 'Een toegangssleutel instellen', en: 'Set up a passkey' },
  'recognition.support': { nl: 'Met een belcode', en: 'With a calling code' },
  'recognition.support_worth': {
    nl: 'Log in als u ons belt, vraag een belcode en lees die voor. Bent u ingelogd met een code op uw telefoon? Dan is dat één manier. Met alleen een e-mail krijgt u geen belcode.',
    en: 'Sign in when you call us, ask for a calling code and read it out. Did you sign in with a code to your phone? Then that is one way. With an e-mail alone you get no calling code.',
  },
  'recognition.support_do': { nl: 'Een belcode vragen', en: 'Ask for a calling code' },
  'recognition.counts': {
    nl: 'Uw nummer dat eindigt op {ending}: hieraan herkennen wij u nu al.',
    en: 'Your number that ends in {ending}: we already recognise you by it.',
  },
  'recognition.counts_from': {
    nl: 'Uw nummer dat eindigt op {ending}: dit is nieuw. Het telt vanaf {day}.',
    en: 'Your number that ends in {ending}: this one is new. It counts from {day}.',
  },
  'recognition.unproven': {
    nl: 'Uw nummer dat eindigt op {ending}: wij weten nog niet zeker dat dit van u is. Het telt nog niet. Bel ons: {phone}.',
    en: 'Your number that ends in {ending}: we are not sure yet that it is yours. It does not count yet. Call us: {phone}.',
  },
  'recognition.none': {
    nl: 'Wij hebben geen telefoonnummer van u waarop wij u een code kunnen sturen.',
    en: 'We have no phone number of yours that we can send you a code on.',
  },
  'recognition.not_yet': {
    nl: 'Wij kunnen u nog geen code sturen op een nummer dat wij al langer van u kennen. Belt u nu voor de klant? Dan kunnen wij niet alles voor u doen.',
    en: 'We cannot send you a code yet on a number that we have known of you for some time. Do you call for the customer now? Then we cannot do everything for you.',
  },
  'recognition.new': {
    nl: 'Een nieuw nummer telt 7 dagen nadat u het heeft doorgegeven. Zo kan niemand snel uw plaats innemen.',
    en: 'A new number counts 7 days after you gave it to us. That way nobody can quickly take your place.',
  },
  'recognition.new_call': {
    nl: 'Wilt u een nummer toevoegen? Bel ons: {phone}.',
    en: 'Do you want to add a number? Call us: {phone}.',
  },
} as const;
