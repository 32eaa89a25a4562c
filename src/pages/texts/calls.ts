/** Whether it is really us whom somebody talks to. */
export const callTexts = {
  'portal.calls': { nl: 'Spreekt u echt met ons?', en: 'Are you really talking to us?' },
  'calls.intro': {
    nl: 'Vraag degene met wie u praat om de code voor te lezen. Hoort u een andere code, of geen? Hang dan op: het is iemand anders. Lees de code nooit zelf voor.',
    en: 'Ask the person you are talking to to read out the code. Do you hear another code, or none? Then hang up: it is somebody else. Never read out the code yourself.',
  },
  'calls.none': {
    nl: 'Er is nu geen contact met u. Zegt iemand toch namens ons te bellen? Hang dan op, en bel ons zelf: {phone}.',
    en: 'There is no contact with you now. Does somebody say all the same that they call for us? Then hang up, and call us yourself: {phone}.',
  },
  'calls.code': { nl: 'De code is', en: 'The code is' },
  'calls.contact': { nl: 'Contact', en: 'Contact' },
  'calls.since': { nl: 'Sinds', en: 'Since' },
  'calls.agent': { nl: 'Medewerker', en: 'Employee' },
} as const;
