/** Whether it is really us whom somebody talks to. */
export const callTexts = {
  'portal.calls': { nl: 'Spreekt u echt met ons?', en: 'Are you really talking to us?' },
  'calls.intro': {
    nl: 'Vraag degene met wie u praat om de code voor te lezen. Hoort u een andere code, of geen? Hang dan op: het is iemand anders. Lees deze code nooit zelf voor.',
    en: 'Ask the person you are talking to to read out the code. Do you hear another code, or none? Then hang up: it is somebody else. Never read out this code yourself.',
  },
  'calls.none': {
    nl: 'Er is nu geen contact met u. Zegt iemand toch namens ons te bellen? Hang dan op, en bel ons zelf: {phone}.',
    en: 'There is no contact with you now. Does somebody say all the same that they call for us? Then hang up, and call us yourself: {phone}.',
  },
  'calls.code': { nl: 'De code is', en: 'The code is' },
  'calls.contact': { nl: 'Contact', en: 'Contact' },
  'calls.since': { nl: 'Sinds', en: 'Since' },
  'calls.agent': { nl: 'Medewerker', en: 'Employee' },

  'support.title': { nl: 'Laten horen dat u het bent', en: 'Show on the phone that it is you' },
  'support.intro': {
    nl: 'Heeft u ons zelf gebeld? Met een belcode weet de medewerker dat u het echt bent. Lees de belcode alleen voor als u ons zelf heeft gebeld. Bellen wij u? Dan vragen wij er nooit om.',
    en: 'Did you call us yourself? With a calling code the employee knows that it is really you. Only read it out when you called us yourself. Do we call you? Then we never ask for it.',
  },
  'support.get': { nl: 'Geef mij een belcode', en: 'Give me a calling code' },
  'support.another': { nl: 'Geef mij een nieuwe belcode', en: 'Give me a new calling code' },
  'support.code': { nl: 'Uw belcode is', en: 'Your calling code is' },
  'support.until': {
    nl: 'U kunt hem één keer gebruiken, tot {moment}. Als u uitlogt, werkt hij niet meer.',
    en: 'You can use it once, until {moment}. It stops working when you sign out.',
  },
  'support.too_weak': {
    nl: 'U bent ingelogd met alleen een e-mail. Voor een belcode is dat te weinig. Laat eerst met uw telefoon of een toegangssleutel zien dat u het bent.',
    en: 'You signed in with an e-mail alone. That is too little for a calling code. First show with your phone or a passkey that it is you.',
  },
} as const;
