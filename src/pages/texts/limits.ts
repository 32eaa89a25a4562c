/** What may be arranged for somebody, and what that takes: the policy, for people. */
export const limitsTexts = {
  'limits.title': { nl: 'Wat iemand anders voor u mag regelen', en: 'What somebody else may arrange for you' },
  'limits.intro': {
    nl: 'Belt of schrijft iemand ons voor u? Hier staat wat diegene mag, en wat daarvoor nodig is. Wat hier niet staat, doen we niet voor een ander.',
    en: 'Does somebody call or write to us for you? This says what they may do, and what that takes. What is not here, we do for nobody else.',
  },
  'limits.ways': { nl: 'Hoe iemand dit voor u kan regelen', en: 'How somebody can arrange this for you' },
  'limits.way_open': { nl: 'Kan {way}.', en: 'Can be done {way}.' },
  'limits.way_closed': {
    nl: 'Kan niet {way}: daar regelen we niets voor een ander. Wel {others}.',
    en: 'Cannot be done {way}: there we arrange nothing for somebody else. Instead: {others}.',
  },
  'limits.never': { nl: 'Nooit: {what}', en: 'Never: {what}' },
  'limits.self': { nl: 'U zelf', en: 'You yourself' },
  'limits.proxy': { nl: 'Iemand voor u', en: 'Somebody for you' },
  'limits.where': { nl: 'Waar', en: 'Where' },
  'limits.not_by_proxy': { nl: 'Mag niemand voor u doen.', en: 'Nobody may do this for you.' },
  'limits.nowhere': { nl: 'Doen we nergens.', en: 'We do this nowhere.' },
  'limits.mandate_0': { nl: 'Geen machtiging nodig.', en: 'No mandate is needed.' },
  'limits.mandate_1': { nl: 'Met een machtiging.', en: 'With a mandate.' },
  'limits.mandate_2': {
    nl: 'Met een machtiging die u met een code bevestigde.',
    en: 'With a mandate that you confirmed with a code.',
  },
  'limits.mandate_3': {
    nl: 'Met een machtiging die u sterk ingelogd gaf.',
    en: 'With a mandate that you gave while signed in strongly.',
  },
  'limits.mandate_4': {
    nl: 'Met een akte, een uitspraak van de rechter of een machtiging op het hoogste niveau.',
    en: 'With a deed, a court order or a mandate of the highest level.',
  },
  'limits.caller_0': { nl: 'We vragen niet wie er belt.', en: 'We do not ask who is calling.' },
  'limits.caller_1': {
    nl: 'We herkennen het nummer waarmee er wordt gebeld.',
    en: 'We recognise the number that the call comes from.',
  },
  'limits.caller_2': {
    nl: 'We controleren wie er belt, bijvoorbeeld met een code.',
    en: 'We check who is calling, for example with a code.',
  },
  'limits.caller_3': {
    nl: 'We controleren op twee manieren wie er belt.',
    en: 'We check in two ways who is calling.',
  },
  'limits.caller_4': {
    nl: 'Wie er belt, logt in op het hoogste niveau.',
    en: 'Whoever is calling signs in at the highest level.',
  },
  'limits.yes_1': { nl: 'U zegt daar zelf ja op.', en: 'You say yes to it yourself.' },
  'limits.yes_2': {
    nl: 'U zegt er op dat moment zelf ja op, met een code.',
    en: 'You say yes to it yourself at that moment, with a code.',
  },
  'limits.yes_3': {
    nl: 'U zegt er op dat moment zelf ja op, met uw app of sterk ingelogd.',
    en: 'You say yes to it yourself at that moment, with your app or signed in strongly.',
  },
  'limits.yes_4': {
    nl: 'U zegt er op dat moment zelf ja op, ingelogd op het hoogste niveau.',
    en: 'You say yes to it yourself at that moment, signed in at the highest level.',
  },
  'limits.safe': {
    nl: 'Kan ook zonder dit alles: het gaat dan alleen naar uw eigen adres, hoogstens {maximum, plural, one {# keer} other {# keer}} in {days, plural, one {# dag} other {# dagen}}. U hoort het.',
    en: 'Can also be done without all this: it then only goes to your own address, at most {maximum, plural, one {once} other {# times}} in {days, plural, one {# day} other {# days}}. You hear of it.',
  },
  'limits.bounded': {
    nl: 'Er gelden grenzen, bijvoorbeeld aan een bedrag.',
    en: 'There are bounds, for example to an amount.',
  },
  'limits.version': {
    nl: 'Deze pagina is gemaakt uit de regels die nu gelden: {name}, {hash}.',
    en: 'This page is made from the rules that are in force now: {name}, {hash}.',
  },
} as const;
