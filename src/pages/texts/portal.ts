/** The frame of every page of the self-service, its start, and what goes wrong. */
export const portalTexts = {
  'portal.name': { nl: 'Mijn machtigingen', en: 'My mandates' },
  'portal.navigation': { nl: 'Mijn machtigingen', en: 'My mandates' },
  'portal.home': { nl: 'Overzicht', en: 'Overview' },
  'portal.mandates': { nl: 'Machtigingen', en: 'Mandates' },
  'portal.contact': { nl: 'Nu in gesprek', en: 'Talking to us now' },
  'portal.settings': { nl: 'Instellingen', en: 'Settings' },
  'portal.ways': { nl: 'Hoe u inlogt', en: 'How you sign in' },
  'portal.sessions': { nl: 'Waar u bent ingelogd', en: 'Where you are signed in' },
  'portal.leave': { nl: 'Snel weg van deze website', en: 'Leave this website quickly' },
  'portal.sign_out': { nl: 'Uitloggen', en: 'Sign out' },
  'portal.signed_in_as': { nl: 'U bent ingelogd als {name}', en: 'You are signed in as {name}' },

  'home.welcome': { nl: 'Welkom', en: 'Welcome' },
  'home.intro': {
    nl: 'Hier bepaalt u wie iets voor u mag regelen, en ziet u wat er in uw naam is gedaan.',
    en: 'Here you decide who may arrange things for you, and see what was done in your name.',
  },

  'sessions.intro': {
    nl: 'Op deze plekken bent u nu ingelogd. Kent u er een niet? Log die dan uit.',
    en: 'You are signed in at these places now. Is there one that you do not know? Then sign it out.',
  },
  'sessions.this': { nl: 'Deze browser', en: 'This browser' },
  'sessions.other': { nl: 'Een andere browser', en: 'Another browser' },
  'sessions.opened': { nl: 'Ingelogd op', en: 'Signed in on' },
  'sessions.used': { nl: 'Laatst gebruikt', en: 'Last used' },
  'sessions.how': { nl: 'Hoe', en: 'How' },
  'sessions.end': { nl: 'Hier uitloggen', en: 'Sign out here' },
  'sessions.end_others': { nl: 'Overal elders uitloggen', en: 'Sign out everywhere else' },
  'sessions.others_ended': {
    nl: 'U bent overal elders uitgelogd.',
    en: 'You are signed out everywhere else.',
  },
  'sessions.end_hidden': { nl: '(ingelogd op {moment})', en: '(signed in on {moment})' },

  'method.sms': { nl: 'code per sms', en: 'code by text message' },
  'method.voice': { nl: 'gesproken code', en: 'spoken code' },
  'method.email': { nl: 'code per e-mail', en: 'code by e-mail' },
  'method.totp': { nl: 'app met codes', en: 'app with codes' },
  'method.passkey': { nl: 'toegangssleutel', en: 'passkey' },
  'method.employee': { nl: 'bij een medewerker, in een contact', en: 'to an employee, in a contact' },
  'method.openid': { nl: 'andere inlogdienst', en: 'another sign-in service' },

  'fault.gone.title': { nl: 'Deze pagina is er niet', en: 'This page does not exist' },
  'fault.gone.text': {
    nl: 'Misschien is wat u zoekt intussen veranderd of voorbij. Ga terug naar het overzicht.',
    en: 'Perhaps what you are looking for has changed or is over. Go back to the overview.',
  },
  'fault.moved.title': { nl: 'Er is intussen iets veranderd', en: 'Something has changed meanwhile' },
  'fault.moved.text': {
    nl: 'Daarom is er niets gedaan. Bekijk hoe het er nu voor staat en probeer het nog een keer.',
    en: 'That is why nothing was done. Look at how things are now and try again.',
  },
  'fault.refused.title': { nl: 'Dit kan niet', en: 'This is not possible' },
  'fault.refused.text': {
    nl: 'Er is niets veranderd. Wilt u weten waarom? Bel ons dan: {phone}.',
    en: 'Nothing was changed. Do you want to know why? Then call us: {phone}.',
  },
  'fault.expired.title': { nl: 'Deze pagina is te oud', en: 'This page is too old' },
  'fault.expired.text': {
    nl: 'Er is niets veranderd. Open de pagina opnieuw en probeer het nog een keer.',
    en: 'Nothing was changed. Open the page again and try once more.',
  },
  'fault.busy.title': { nl: 'Even wachten', en: 'Wait a moment' },
  'fault.busy.text': {
    nl: 'Dit kan nu niet: het is te druk, of u heeft het te vaak geprobeerd. Er is niets veranderd. Probeer het later nog een keer, of bel ons: {phone}.',
    en: 'This is not possible now: it is too busy, or you tried too often. Nothing was changed. Try again later, or call us: {phone}.',
  },
  'fault.broken.title': { nl: 'Er ging iets mis bij ons', en: 'Something went wrong on our side' },
  'fault.broken.text': {
    nl: 'Er is niets veranderd. Probeer het later nog een keer, of bel ons: {phone}. Noem dan dit nummer: {requestId}.',
    en: 'Nothing was changed. Try again later, or call us: {phone}. Then mention this number: {requestId}.',
  },
  'fault.again': { nl: 'Terug naar het overzicht', en: 'Back to the overview' },
} as const;
