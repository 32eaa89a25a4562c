/** How somebody wants to be treated. */
export const preferenceTexts = {
  'portal.preferences': { nl: 'Uw voorkeuren', en: 'Your preferences' },
  'preferences.intro': {
    nl: 'Kies hoe en wanneer wij u berichten sturen, en of wij gesprekken mogen opnemen. Wat u hier kiest, verandert niemand anders.',
    en: 'Choose how and when we send you messages, and whether we may record conversations. Nobody else changes what you choose here.',
  },
  'preferences.saved': { nl: 'Wij hebben uw voorkeuren bewaard.', en: 'We have saved your preferences.' },
  'preferences.language': { nl: 'In welke taal schrijven wij u?', en: 'In which language do we write to you?' },
  'preferences.language_nl': { nl: 'Nederlands', en: 'Dutch' },
  'preferences.language_en': { nl: 'Engels', en: 'English' },
  'preferences.letters': { nl: 'Brieven', en: 'Letters' },
  'preferences.large_type': { nl: 'In grote letters', en: 'In large type' },
  'preferences.declined': { nl: 'Hoe wilt u geen berichten krijgen?', en: 'How do you want no messages?' },
  'preferences.declined_hint': {
    nl: 'Wij vragen u dit niet opnieuw. Een code komt alleen nog langs deze weg als het niet anders kan.',
    en: 'We do not ask you this again. A code comes this way only if there is no other way.',
  },
  'preferences.declined_sms': { nl: 'Niet per sms', en: 'Not by text message' },
  'preferences.declined_voice': { nl: 'Niet door een telefoontje', en: 'Not by a phone call' },
  'preferences.declined_email': { nl: 'Niet per e-mail', en: 'Not by e-mail' },
  'preferences.declined_letter': { nl: 'Niet per brief', en: 'Not by letter' },
  'preferences.hours': { nl: 'Wanneer mogen wij u berichten sturen?', en: 'When may we send you messages?' },
  'preferences.hours_text': {
    nl: 'Laat beide leeg als het altijd mag. Een code waar u zelf om vraagt, komt altijd meteen.',
    en: 'Leave both empty if it may be at any time. A code that you ask for yourself always comes at once.',
  },
  'preferences.safe_from': { nl: 'Vanaf (uur, 0 tot en met 23)', en: 'From (hour, 0 to 23)' },
  'preferences.safe_until': { nl: 'Tot (uur, 1 tot en met 24)', en: 'Until (hour, 1 to 24)' },
  'preferences.hours_fault': {
    nl: 'Vul twee hele uren in, het eerste vóór het laatste, of laat beide leeg',
    en: 'Enter two whole hours, the first before the last, or leave both empty',
  },
  'preferences.unreachable_fault': {
    nl: 'Zo kunnen wij u geen enkel bericht meer sturen. Kies minder, of zeg dat u dit wilt.',
    en: 'This way we can send you no message at all any more. Choose fewer, or say that this is what you want.',
  },
  'preferences.unreachable': { nl: 'Weet u het zeker?', en: 'Are you sure?' },
  'preferences.unreachable_yes': {
    nl: 'Ik wil geen enkel bericht, ook niet als iemand iets in mijn naam doet',
    en: 'I want no message at all, not even when somebody does something in my name',
  },
  'preferences.recordings': {
    nl: 'Mogen wij gesprekken over uw contracten opnemen?',
    en: 'May we record conversations about your contracts?',
  },
  'preferences.recordings_hint': {
    nl: 'Wij nemen nooit iets op zonder het eerst te vragen. Kiest u hier “nooit”? Dan vragen wij er ook niet meer om. Dit geldt ook als een gemachtigde belt.',
    en: 'We never record anything without asking first. Do you choose “never” here? Then we do not ask for it any more either. This also counts when somebody with a mandate calls.',
  },
  'preferences.refused_training': {
    nl: 'Nooit om onze medewerkers te leren',
    en: 'Never to train our employees',
  },
  'preferences.refused_contract_proof': {
    nl: 'Nooit als bewijs van wat er is afgesproken',
    en: 'Never as proof of what was agreed',
  },
  'preferences.save': { nl: 'Bewaren', en: 'Save' },
  'preferences.more': { nl: 'Meer kiezen', en: 'Choose more' },

  'ask_first.title': { nl: 'Vraag het mij eerst', en: 'Ask me first' },
  'ask_first.intro': {
    nl: 'Kies waarover wij u altijd eerst moeten vragen. Wil een medewerker of een gemachtigde zoiets voor u doen? Dan krijgt u een code. Zonder uw ja gebeurt het niet, ook niet met een machtiging.',
    en: 'Choose what we must always ask you about first. Does an employee, or somebody with a mandate, want to do such a thing for you? Then you get a code. Without your yes it is not done, also not with a mandate.',
  },
  'ask_first.not': {
    nl: 'Dit geldt ook als u zelf belt. Wij vragen u niets bij wat iedereen mag weten, en niet bij post die alleen naar uw eigen adres gaat.',
    en: 'This also counts when you call us yourself. We do not ask you about what everybody may know, nor about post that goes to your own address alone.',
  },
  'ask_first.unreachable': {
    nl: 'Let op: wij kennen van u nu geen telefoonnummer waar een code naartoe mag. Wat u hier kiest, kan dan niet telefonisch worden gedaan.',
    en: 'Please note: we know no phone number of you now that a code may go to. What you choose here can then not be done on the phone.',
  },
  'ask_first.legend': { nl: 'Waarover vragen wij u eerst?', en: 'What do we ask you about first?' },
  'ask_first.saved': { nl: 'Wij hebben uw keuze bewaard.', en: 'We have saved your choice.' },
  'ask_first.back': { nl: 'Terug naar uw voorkeuren', en: 'Back to your preferences' },
} as const;
