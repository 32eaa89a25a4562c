/** Software that calls for somebody. */
export const softwareTexts = {
  'software.title': { nl: 'Software die voor u belt', en: 'Software that calls for you' },
  'software.intro': {
    nl: 'Belt of chat een computerprogramma namens u met ons? Meld het dan hier. Het mag alleen wat u het laat doen, en het moet altijd zeggen dat het een programma is.',
    en: 'Does a computer program call or chat with us for you? Then tell us here. It may only do what you let it do, and it must always say that it is a program.',
  },
  'software.none': { nl: 'U hebt geen software gemeld.', en: 'You have not told us of any software.' },
  'software.declare': { nl: 'Software melden', en: 'Tell us of software' },
  'software.mandates': { nl: 'Uw machtigingen', en: 'Your mandates' },
  'software.operator': { nl: 'Maker of beheerder', en: 'Maker or operator' },
  'software.ceiling': { nl: 'Hoe zwaar het telt', en: 'How much it counts' },
  'software.since': { nl: 'Gemeld op', en: 'Told on' },
  'software.revoke': { nl: 'Stop {name} meteen', en: 'Stop {name} at once' },
  'software.revoked': {
    nl: 'Dit programma kan niets meer voor u doen. De geheime sleutel werkt niet meer.',
    en: 'This program can do nothing for you any more. The secret key does not work any more.',
  },
  'software.new_title': { nl: 'Software melden die voor u belt', en: 'Tell us of software that calls for you' },
  'software.new_intro': {
    nl: 'U krijgt een geheime sleutel voor het programma. Daarmee laat het zien dat het echt dit programma is. U kunt het altijd meteen stoppen.',
    en: 'You get a secret key for the program. With that it shows that it really is this program. You can always stop it at once.',
  },
  'software.name': { nl: 'Hoe heet het programma?', en: 'What is the program called?' },
  'software.contact': { nl: 'Hoe bereiken wij de maker of beheerder?', en: 'How do we reach the maker or operator?' },
  'software.contact_hint': {
    nl: 'Een telefoonnummer, e-mailadres of postadres. Wij gebruiken dit alleen als er iets misgaat.',
    en: 'A phone number, e-mail address or postal address. We use this only when something goes wrong.',
  },
  'software.ceiling_legend': {
    nl: 'Hoe zwaar mag het woord van dit programma hoogstens tellen?',
    en: 'How much may the word of this program count at most?',
  },
  'software.ceiling_1': { nl: 'Licht', en: 'Lightly' },
  'software.ceiling_1_hint': {
    nl: 'Alleen voor wat weinig kwaad kan.',
    en: 'Only for what can do little harm.',
  },
  'software.ceiling_2': { nl: 'Gewoon', en: 'Normally' },
  'software.ceiling_2_hint': {
    nl: 'Zoals iemand die een code van de eigen telefoon voorleest.',
    en: 'Like somebody who reads out a code from their own telephone.',
  },
  'software.ceiling_3': { nl: 'Zwaar', en: 'Heavily' },
  'software.ceiling_3_hint': {
    nl: 'Ook als wij twee bewijzen willen zien. Zwaarder dan dit telt software nooit.',
    en: 'Also when we want to see two proofs. Software never counts for more than this.',
  },
  'software.back': { nl: 'Terug zonder te melden', en: 'Back without telling us' },
  'software.done_title': { nl: 'Het programma is gemeld', en: 'We know of the program' },
  'software.secret': {
    nl: 'Dit is de geheime sleutel van {name}. Zet hem in het programma.',
    en: 'This is the secret key of {name}. Put it into the program.',
  },
  'software.secret_once': {
    nl: 'Let op: u ziet deze sleutel alleen nu. Wie hem heeft, kan zich voordoen als dit programma. Bent u hem kwijt? Stop het programma dan en meld het opnieuw.',
    en: 'Please note: you see this key only now. Whoever has it can pretend to be this program. Did you lose it? Then stop the program and tell us of it again.',
  },
  'software.says_so': {
    nl: 'Het programma moet aan het begin van elk gesprek zeggen dat het een programma is. Doet het dat niet, dan helpen wij het niet.',
    en: 'The program must say at the start of every conversation that it is a program. If it does not, we do not help it.',
  },
  'software.to_mandate': { nl: 'Bekijk wat het mag doen', en: 'See what it may do' },
  'software.to_code': { nl: 'Typ de code om het goed te keuren', en: 'Type the code to approve it' },
} as const;
