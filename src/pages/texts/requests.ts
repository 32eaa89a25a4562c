/** Asking somebody for a mandate, and answering who asks. */
export const requestsTexts = {
  'requests.title': { nl: 'Machtigingen die u heeft gevraagd', en: 'Mandates that you asked for' },
  'requests.none': {
    nl: 'U heeft in de laatste 15 maanden niets gevraagd.',
    en: 'You asked for nothing in the last 15 months.',
  },
  'requests.new': { nl: 'Vraag iemand om een machtiging', en: 'Ask somebody for a mandate' },
  'requests.asked_on': { nl: 'Gevraagd op {day}', en: 'Asked on {day}' },
  'requests.state.waiting': {
    nl: 'Wacht op antwoord, tot en met {day}',
    en: 'Waits for an answer, up to and including {day}',
  },
  'requests.state.approved': { nl: 'De klant heeft ja gezegd', en: 'The customer said yes' },
  'requests.state.lapsed': { nl: 'Geen antwoord gekregen', en: 'Got no answer' },
  'requests.holder': { nl: 'Klantnummer', en: 'Customer number' },
  'requests.unnamed': { nl: 'Niet genoemd', en: 'Not named' },
  'requests.form_intro': {
    nl: 'Wij sturen uw vraag door als wij deze klant kennen. Of dat zo is, zeggen wij niet. De klant heeft 7 dagen om te antwoorden. U kunt dit 3 keer per dag vragen.',
    en: 'We pass your question on if we know this customer. We do not say whether we do. The customer has 7 days to answer. You can ask 3 times a day.',
  },
  'requests.holder_label': {
    nl: 'Klantnummer van de ander (hoeft meestal niet)',
    en: 'Customer number of the other person (usually not needed)',
  },
  'requests.holder_hint': {
    nl: 'Alleen nodig als meer mensen samen het contract hebben. Het staat op de factuur.',
    en: 'Only needed if several people have the contract together. It is on the bill.',
  },
  'requests.contracts_label': { nl: 'Contractnummer', en: 'Contract number' },
  'requests.contracts_hint': {
    nl: 'Het staat op de factuur. Meer nummers? Zet er een komma tussen.',
    en: 'It is on the bill. More numbers? Put a comma between them.',
  },
  'requests.scopes_legend': { nl: 'Wat wilt u regelen?', en: 'What do you want to arrange?' },
  'requests.until_label': { nl: 'Tot en met welke dag?', en: 'Up to and including which day?' },
  'requests.until_hint': { nl: 'Vult u niets in? Dan een jaar.', en: 'If you enter nothing: a year.' },
  'requests.send': { nl: 'Vraag versturen', en: 'Send the question' },
  'requests.bad_holder': {
    nl: 'Vul een klantnummer in zoals het op de factuur staat, of laat dit leeg',
    en: 'Enter a customer number as it is on the bill, or leave this empty',
  },
  'requests.bad_contracts': {
    nl: 'Vul 1 tot 10 contractnummers in, zoals ze op de factuur staan',
    en: 'Enter 1 to 10 contract numbers, as they are on the bill',
  },
  'requests.bad_scopes': { nl: 'Kies wat u wilt regelen', en: 'Choose what you want to arrange' },
  'requests.bad_until': {
    nl: 'Kies een dag na vandaag, en binnen vijf jaar',
    en: 'Choose a day after today, and within five years',
  },
  'requests.busy': {
    nl: 'U heeft vandaag al 3 keer iets gevraagd. Probeer het morgen weer.',
    en: 'You asked 3 times today already. Try again tomorrow.',
  },

  'asked.title': { nl: 'Wat anderen u vragen', en: 'What others ask of you' },
  'asked.intro': {
    nl: 'Deze mensen willen iets voor u regelen. U bepaalt of dat mag. Doet u niets, dan gebeurt er niets.',
    en: 'These people want to arrange something for you. You decide whether they may. If you do nothing, nothing happens.',
  },
  'asked.none': { nl: 'Niemand vraagt u nu iets.', en: 'Nobody asks you anything now.' },
  'asked.answer': { nl: 'Bekijk en antwoord', en: 'Look and answer' },
  'asked.one_title': { nl: 'Mag {proxy} dit voor u regelen?', en: 'May {proxy} arrange this for you?' },
  'asked.somebody': { nl: 'iemand die wij niet meer kennen', en: 'somebody whom we do not know any more' },
  'asked.yes_text': {
    nl: 'Zegt u ja? Dan vragen wij u om een code. Bent u met twee stappen ingelogd? Dan hoeft dat niet. Daarna krijgt u een code om aan {proxy} door te geven.',
    en: 'Do you say yes? Then we ask you for a code. Did you sign in with two steps? Then there is no need. After that you get a code to pass on to {proxy}.',
  },
  'asked.yes': { nl: 'Ja, dit mag', en: 'Yes, they may' },
  'asked.no_title': { nl: 'Nee zeggen', en: 'Say no' },
  'asked.no_text': {
    nl: 'Wij vertellen {proxy} niet dat u nee heeft gezegd. De vraag verloopt gewoon.',
    en: 'We do not tell {proxy} that you said no. The question just lapses.',
  },
  'asked.no': { nl: 'Nee', en: 'No' },
  'asked.never': { nl: 'Nee, en deze persoon nooit meer', en: 'No, and never this person again' },
  'asked.never_text': {
    nl: 'Deze persoon kan u dan niets meer vragen, en mag ook aan de telefoon niets voor u regelen.',
    en: 'This person can then ask you nothing any more, and may arrange nothing for you on the phone either.',
  },
  'asked.busy': {
    nl: 'Er zijn te veel codes gestuurd. Probeer het later nog een keer, of bel ons: {phone}.',
    en: 'Too many codes were sent. Try again later, or call us: {phone}.',
  },
  'asked.unreachable': {
    nl: 'Wij hebben geen telefoonnummer of adres van u waar wij een code naartoe kunnen sturen. Bel ons: {phone}.',
    en: 'We have no phone number or address of yours to which we can send a code. Call us: {phone}.',
  },
} as const;
