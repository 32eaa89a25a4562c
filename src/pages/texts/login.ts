/** Signing in at another service: the organisation's own customer login, or an eID. */
export const loginTexts = {
  'login.with': { nl: 'Inloggen met {name}', en: 'Sign in with {name}' },
  'login.other_ways': { nl: 'Op een andere manier inloggen', en: 'Sign in another way' },
  'login.again': { nl: 'Naar de pagina om in te loggen', en: 'To the page to sign in' },
  'login.unknown_title': { nl: 'Wij kennen deze inlog niet', en: 'We do not know this login' },
  'login.unknown_text': {
    nl: 'Het inloggen is gelukt, maar {organisation} kent deze inlog niet als klant. Log in met een code, of bel ons: {phone}.',
    en: 'The sign-in worked, but {organisation} does not know this login as a customer. Sign in with a code, or call us: {phone}.',
  },
  'login.weak_title': { nl: 'Deze manier van inloggen is niet genoeg', en: 'This way of signing in is not enough' },
  'login.weak_text': {
    nl: 'U heeft ingelogd op een manier die {organisation} hier niet gebruikt. Kies een andere manier, of bel ons: {phone}.',
    en: 'You signed in in a way that {organisation} does not use here. Choose another way, or call us: {phone}.',
  },
  'login.other_title': { nl: 'Dit is de inlog van iemand anders', en: 'This is the login of somebody else' },
  'login.other_text': {
    nl: 'U bent hier ingelogd als iemand anders. Er is niets veranderd. Log eerst uit als u van persoon wilt wisselen.',
    en: 'You are signed in here as somebody else. Nothing was changed. Sign out first if you want to change persons.',
  },
  'login.cancelled_title': { nl: 'U bent niet ingelogd', en: 'You are not signed in' },
  'login.cancelled_text': {
    nl: 'Het inloggen is gestopt. U kunt het opnieuw proberen, of op een andere manier inloggen.',
    en: 'The sign-in was stopped. You can try again, or sign in another way.',
  },
  'login.failed_title': { nl: 'Het inloggen is niet gelukt', en: 'The sign-in did not work' },
  'login.failed_text': {
    nl: 'Misschien duurde het te lang, of is deze pagina al een keer gebruikt. Probeer het opnieuw, of bel ons: {phone}.',
    en: 'Perhaps it took too long, or this page was used before. Try again, or call us: {phone}.',
  },
} as const;
