/** What an employee does for somebody in a call, as the letter about it says. One title for each operation of the self-service. */
export const assistanceTexts = {
  'assisted.meGet': { nl: 'Kijken hoe u bij ons bekend bent', en: 'Looking up how we know you' },
  'assisted.meList': { nl: 'Kijken waar u bent ingelogd', en: 'Looking up where you are signed in' },
  'assisted.meEnd': { nl: 'U ergens uitloggen', en: 'Signing you out somewhere' },
  'assisted.meEndOthers': { nl: 'U overal uitloggen', en: 'Signing you out everywhere' },
  'assisted.myMandatesList': { nl: 'Uw machtigingen bekijken', en: 'Looking up your mandates' },
  'assisted.myMandatesGet': { nl: 'Een machtiging bekijken', en: 'Looking up a mandate' },
  'assisted.myMandatesChange': { nl: 'Een machtiging veranderen of verlengen', en: 'Changing or renewing a mandate' },
  'assisted.myMandatesAskAgain': {
    nl: 'Een code sturen om een machtiging te bevestigen',
    en: 'Sending a code to confirm a mandate',
  },
  'assisted.myMandatesConfirm': {
    nl: 'Uw code voor een machtiging invullen',
    en: 'Typing your code for a mandate',
  },
  'assisted.myMandatesInvite': {
    nl: 'De code voor uw gemachtigde en de uitnodiging opnieuw sturen',
    en: 'Sending the code for your proxy and the invitation again',
  },
  'assisted.myMandatesSubMandates': {
    nl: 'Bekijken aan wie een machtiging is doorgegeven',
    en: 'Looking up to whom a mandate was passed on',
  },
  'assisted.myMandatesPassOn': { nl: 'Een machtiging doorgeven', en: 'Passing a mandate on' },
  'assisted.myMandatesSuspend': { nl: 'Een machtiging tijdelijk stoppen', en: 'Stopping a mandate for now' },
  'assisted.myMandatesResume': { nl: 'Een machtiging weer aanzetten', en: 'Switching a mandate on again' },
  'assisted.myMandatesWithdraw': { nl: 'Een machtiging intrekken', en: 'Withdrawing a mandate' },
  'assisted.heldMandatesAccept': { nl: 'Een machtiging aannemen', en: 'Accepting a mandate' },
  'assisted.heldMandatesRenounce': { nl: 'Een machtiging neerleggen', en: 'Laying a mandate down' },
  'assisted.recognitionNumbers': {
    nl: 'Kijken aan welk nummer wij u herkennen',
    en: 'Looking up by which number we recognise you',
  },
  'assisted.mandateRequestsAsk': { nl: 'Iemand om een machtiging vragen', en: 'Asking somebody for a mandate' },
  'assisted.mandateRequestsList': {
    nl: 'Kijken welke machtigingen u vroeg',
    en: 'Looking up which mandates you asked for',
  },
  'assisted.askedList': { nl: 'Kijken wie u om een machtiging vraagt', en: 'Looking up who asks you for a mandate' },
  'assisted.askedApprove': {
    nl: 'Ja zeggen tegen iemand die om een machtiging vraagt',
    en: 'Saying yes to somebody who asks for a mandate',
  },
  'assisted.askedDecline': {
    nl: 'Nee zeggen tegen iemand die om een machtiging vraagt',
    en: 'Saying no to somebody who asks for a mandate',
  },
  'assisted.ownLifeLifeEvents': {
    nl: 'Kijken wat er over uw leven is vastgelegd',
    en: 'Looking up what is recorded about your life',
  },
  'assisted.ownLifeRepresentations': {
    nl: 'Kijken wie er volgens de wet voor u of door u regelt',
    en: 'Looking up who acts for you, or for whom you act, by law',
  },
  'assisted.waysList': { nl: 'Kijken hoe u inlogt', en: 'Looking up how you sign in' },
  'assisted.waysRemoveApp': { nl: 'Uw app met codes verwijderen', en: 'Removing your app with codes' },
  'assisted.waysRemovePasskey': { nl: 'Een toegangssleutel verwijderen', en: 'Removing a passkey' },
  'assisted.activityList': { nl: 'Kijken wat er is gebeurd', en: 'Looking up what happened' },
  'assisted.ownIncidentsReport': { nl: 'Melden dat iets niet klopt', en: 'Reporting that something is not right' },
  'assisted.ownIncidentsList': { nl: 'Kijken wat u heeft gemeld', en: 'Looking up what you reported' },
  'assisted.ownConfirmationsList': {
    nl: 'Kijken welke vragen op u wachten',
    en: 'Looking up which questions wait for you',
  },
  'assisted.ownConfirmationsGet': { nl: 'Een vraag aan u bekijken', en: 'Looking up a question to you' },
  'assisted.ownConfirmationsApprove': { nl: 'Uw code bij een vraag invullen', en: 'Typing your code for a question' },
  'assisted.ownConfirmationsDecline': { nl: 'Nee zeggen op een vraag', en: 'Saying no to a question' },
  'assisted.organisationsList': {
    nl: 'Kijken voor welke organisaties u spreekt',
    en: 'Looking up for which organisations you speak',
  },
  'assisted.organisationsGet': { nl: 'Een organisatie bekijken', en: 'Looking up an organisation' },
  'assisted.organisationsMandates': {
    nl: 'Machtigingen van een organisatie bekijken',
    en: 'Looking up mandates of an organisation',
  },
  'assisted.organisationsWithdraw': {
    nl: 'Een machtiging van een organisatie intrekken',
    en: 'Withdrawing a mandate of an organisation',
  },
  'assisted.organisationsActivity': {
    nl: 'Kijken wat er bij een organisatie is gebeurd',
    en: 'Looking up what happened at an organisation',
  },
  'assisted.softwareList': { nl: 'Kijken welke software voor u belt', en: 'Looking up which software calls for you' },
  'assisted.softwareRevoke': { nl: 'Software stoppen die voor u belt', en: 'Stopping software that calls for you' },
  'assisted.preferencesGet': { nl: 'Uw voorkeuren bekijken', en: 'Looking up your preferences' },
  'assisted.preferencesSave': { nl: 'Uw voorkeuren veranderen', en: 'Changing your preferences' },
  'assisted.askFirstGet': { nl: 'Kijken wat wij u eerst vragen', en: 'Looking up what we ask you about first' },
  'assisted.askFirstSave': { nl: 'Kiezen wat wij u eerst vragen', en: 'Choosing what we ask you about first' },
  'assisted.contactChangesList': { nl: 'Kijken hoe wij u bereiken', en: 'Looking up how we reach you' },
  'assisted.contactChangesShare': {
    nl: 'Vastleggen of een ander uw berichten leest',
    en: 'Recording whether somebody else reads your messages',
  },
  'assisted.contactChangesPropose': {
    nl: 'Vragen om te veranderen hoe wij u bereiken',
    en: 'Asking to change how we reach you',
  },
  'assisted.contactChangesGet': {
    nl: 'Kijken hoe ver een verandering is',
    en: 'Looking up how far a change is',
  },
  'assisted.contactChangesCancel': { nl: 'Een verandering stoppen', en: 'Calling a change off' },
  'assisted.contactChangesResend': {
    nl: 'Een nieuwe code sturen voor een verandering',
    en: 'Sending a new code for a change',
  },
  'assisted.contactChangesAttempt': {
    nl: 'Uw code voor een verandering invullen',
    en: 'Typing your code for a change',
  },
  'assisted.line.mandate': {
    nl: '{ref}: {side, select, holder {aan} other {van}} {other}, voor {scopes}. Contract: {contracts}. Tot en met {ends}. {state}.',
    en: '{ref}: {side, select, holder {to} other {from}} {other}, for {scopes}. Contract: {contracts}. Up to and including {ends}. {state}.',
  },
  'assisted.line.none': { nl: 'Er was niets.', en: 'There was nothing.' },
  'assisted.line.unknown': {
    nl: 'Hier zijn wij aan begonnen. Wij weten niet zeker of het is gedaan.',
    en: 'We began this. We are not sure that it was done.',
  },
  'assisted.line.code': {
    nl: 'U krijgt een code. Zonder die code verandert er niets.',
    en: 'You get a code. Without it nothing changes.',
  },
  'assisted.line.accepted': {
    nl: '{accepted, select, yes {De code klopte.} other {De code klopte niet.}}',
    en: '{accepted, select, yes {The code was right.} other {The code was not right.}}',
  },
  'assisted.line.request': {
    nl: '{day}: contract {contracts}. {state}.',
    en: '{day}: contract {contracts}. {state}.',
  },
  'assisted.line.question': {
    nl: '{actions}. Gevraagd door {by, select, you {uzelf} other {{caller}}}.',
    en: '{actions}. Asked by {by, select, you {yourself} other {{caller}}}.',
  },
  'assisted.line.incident': {
    nl: '{day}: {text} ({state, select, open {nog niet afgehandeld} other {afgehandeld}})',
    en: '{day}: {text} ({state, select, open {not dealt with yet} other {dealt with}})',
  },
  'assisted.line.stopped': {
    nl: 'Deze machtigingen zijn gestopt: {refs}.',
    en: 'These mandates were stopped: {refs}.',
  },
  'assisted.line.type': {
    nl: '{large, select, yes {Brieven in grote letters} other {Brieven in gewone letters}}',
    en: '{large, select, yes {Letters in large type} other {Letters in ordinary type}}',
  },
  'assisted.line.hours': {
    nl: 'Berichten van {from} tot {until} uur',
    en: 'Messages from {from} to {until} o’clock',
  },
  'assisted.line.recording': {
    nl: 'Gesprekken opnemen {purpose, select, training {om onze medewerkers te leren} other {als bewijs van wat er is afgesproken}}: {refused, select, yes {nooit} other {alleen als u ja zegt}}',
    en: 'Recording conversations {purpose, select, training {to train our employees} other {as proof of what was agreed}}: {refused, select, yes {never} other {only when you say yes}}',
  },
  'assisted.line.ask_first': {
    nl: '{title}: {asked, select, yes {wij vragen het u eerst} other {wij vragen het u niet eerst}}',
    en: '{title}: {asked, select, yes {we ask you first} other {we do not ask you first}}',
  },
  'assisted.line.organisation': { nl: '{name}, voor {contracts}. {rule}', en: '{name}, for {contracts}. {rule}' },
  'assisted.line.software': { nl: '{name}, gemeld op {day}', en: '{name}, told of on {day}' },
  'assisted.line.shared': { nl: '{point} (hier leest een ander mee)', en: '{point} (somebody else reads this)' },
  'assisted.line.comes': { nl: 'Komt erbij: {masked}', en: 'Is added: {masked}' },
  'assisted.line.goes': { nl: 'Gaat weg: {masked}', en: 'Is removed: {masked}' },
  'assisted.line.done': { nl: 'De verandering is gemaakt.', en: 'The change is made.' },
  'assisted.line.session': { nl: 'Sinds {moment}: {methods}', en: 'Since {moment}: {methods}' },
  'assisted.line.app': { nl: 'App met codes, sinds {day}', en: 'App with codes, since {day}' },
  'assisted.line.passkey': { nl: 'Toegangssleutel, sinds {day}', en: 'Passkey, since {day}' },
  'assisted.line.number': {
    nl: 'Nummer dat eindigt op {ending}: {counts, select, yes {telt} other {telt nog niet}}',
    en: 'Number that ends in {ending}: {counts, select, yes {counts} other {does not count yet}}',
  },
} as const;
