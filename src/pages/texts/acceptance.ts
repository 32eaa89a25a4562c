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
    nl: 'Belt u ons voor een ander? Dan willen wij zeker weten dat u het bent. Wij sturen u een code op een van uw eigen nummers.',
    en: 'Do you call us for somebody else? Then we want to be sure that it is you. We send you a code on one of your own numbers.',
  },
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
    nl: 'Wij hebben geen telefoonnummer van u waarop wij u een code kunnen sturen. Bel ons om een nummer door te geven: {phone}.',
    en: 'We have no phone number of yours that we can send you a code on. Call us to give us a number: {phone}.',
  },
  'recognition.not_yet': {
    nl: 'Wij kunnen u nog geen code sturen op een nummer dat wij al langer van u kennen. Belt u nu voor de klant? Dan kunnen wij niet alles voor u doen.',
    en: 'We cannot send you a code yet on a number that we have known of you for some time. Do you call for the customer now? Then we cannot do everything for you.',
  },
  'recognition.new': {
    nl: 'Een nieuw nummer telt 7 dagen nadat u het heeft doorgegeven. Zo kan niemand snel uw plaats innemen. Wilt u een nummer toevoegen? Bel ons: {phone}.',
    en: 'A new number counts 7 days after you gave it to us. That way nobody can quickly take your place. Do you want to add a number? Call us: {phone}.',
  },
} as const;
