/** What was looked up, decided and done about somebody, in words. */
export const activityTexts = {
  'portal.activity': { nl: 'Wat er is gebeurd', en: 'What happened' },
  'activity.intro': {
    nl: 'Hier ziet u wie iets van u heeft bekeken, wat er is beslist en wat er in uw naam is gedaan. Klopt er iets niet? Dan kunt u dat bij elke regel melden.',
    en: 'Here you see who looked at something of yours, what was decided and what was done in your name. Is something not right? You can report that at every entry.',
  },
  'activity.filter': { nl: 'Kies wat u wilt zien', en: 'Choose what you want to see' },
  'activity.all': { nl: 'Alles', en: 'Everything' },
  'activity.from': { nl: 'Vanaf (dag)', en: 'From (day)' },
  'activity.until': { nl: 'Tot en met (dag)', en: 'Until (day)' },
  'activity.day_hint': {
    nl: 'Bijvoorbeeld 2026-11-30. U mag dit leeg laten.',
    en: 'For example 2026-11-30. You may leave this empty.',
  },
  'activity.day_fault': {
    nl: 'Schrijf de dag als 2026-11-30, en de eerste dag vóór de laatste',
    en: 'Write the day like 2026-11-30, and the first day before the last',
  },
  'activity.show': { nl: 'Laat zien', en: 'Show' },
  'activity.download': { nl: 'Bewaar dit als bestand', en: 'Keep this as a file' },
  'activity.download_text': {
    nl: '(CSV, de laatste {count, number} regels. Kies een periode als u iets ouders wilt bewaren.)',
    en: '(CSV, the last {count, number} entries. Choose a period to keep something older.)',
  },
  'activity.none': { nl: 'Er is niets gevonden.', en: 'Nothing was found.' },
  'activity.older': { nl: 'Wat er eerder is gebeurd', en: 'What happened before' },
  'activity.when': { nl: 'Wanneer', en: 'When' },
  'activity.who': { nl: 'Door wie', en: 'By whom' },
  'activity.why': { nl: 'Waarom', en: 'Why' },
  'activity.details': { nl: 'Uitkomst', en: 'Outcome' },
  'activity.question': { nl: 'Dit klopt niet', en: 'This is not right' },
  'activity.question_hidden': { nl: '({moment})', en: '({moment})' },

  'activity.category.looked_up': { nl: 'Bekeken', en: 'Looked up' },
  'activity.category.decided': { nl: 'Beslist', en: 'Decided' },
  'activity.category.done': { nl: 'Gedaan', en: 'Done' },
  'activity.category.said': { nl: 'Gezegd', en: 'Said' },
  'activity.category.changed': { nl: 'Veranderd', en: 'Changed' },
  'activity.category.codes': { nl: 'Codes aan u', en: 'Codes to you' },
  'activity.category.signed_in': { nl: 'Ingelogd', en: 'Signed in' },

  'activity.who.you': {
    nl: 'U, of iemand die zei dat hij of zij u was',
    en: 'You, or somebody who said that they were you',
  },
  'activity.who.signed_in': { nl: 'U, ingelogd', en: 'You, signed in' },
  'activity.who.somebody': { nl: 'Iemand anders', en: 'Somebody else' },
  'activity.who.agent': {
    nl: 'Medewerker {pseudonym} ({role}{team, select, none {} other {, {team}}})',
    en: 'Employee {pseudonym} ({role}{team, select, none {} other {, {team}}})',
  },
  'activity.who.system': { nl: 'Een systeem van ons', en: 'A system of ours' },
  'activity.who.visitor': { nl: 'Iemand die nog niet was ingelogd', en: 'Somebody who was not signed in yet' },

  'activity.why.call': {
    nl: 'Contact {channel}{case, select, none {} other {, zaak {case}}}',
    en: 'Contact {channel}{case, select, none {} other {, case {case}}}',
  },
  'channel.phone': { nl: 'per telefoon', en: 'by phone' },
  'channel.chat': { nl: 'per chat', en: 'by chat' },
  'channel.whatsapp': { nl: 'per WhatsApp', en: 'by WhatsApp' },
  'channel.email': { nl: 'per e-mail', en: 'by e-mail' },
  'channel.video': { nl: 'per video', en: 'by video' },
  'channel.desk': { nl: 'aan de balie', en: 'at the desk' },
  'channel.letter': { nl: 'per brief', en: 'by letter' },
  'channel.social': { nl: 'op sociale media', en: 'on social media' },

  'activity.somebody': { nl: 'iemand anders', en: 'somebody else' },
  'activity.lookup': {
    nl: '{what, select, person {Bekeken is wie u bent en hoe wij u bereiken.} contact_point_history {Bekeken is hoe wij u nu en vroeger konden bereiken.} contract {Een contract van u is bekeken.} mandate {Een machtiging waar u in staat, is bekeken.} blocks {Bekeken is wie u heeft geblokkeerd.} life_events {Bekeken is wat er in uw leven is veranderd.} representations {Bekeken is wie er volgens de wet voor u of door u zaken regelt.} sessions {Bekeken is of u ergens was ingelogd.} incidents {Bekeken is wat u heeft gemeld.} registrations {Bekeken is welke machtiging wij voor u hebben opgeschreven.} search {Bekeken is bij welke contracten u iets mag regelen.} other {Gegevens over u zijn bekeken.}}',
    en: '{what, select, person {Who you are and how we reach you was looked up.} contact_point_history {How we can reach you now and could before was looked up.} contract {A contract of yours was looked up.} mandate {A mandate that names you was looked up.} blocks {Whom you blocked was looked up.} life_events {What changed in your life was looked up.} representations {Who acts for you by law, or for whom you act, was looked up.} sessions {Whether you were signed in anywhere was looked up.} incidents {What you reported was looked up.} registrations {Which mandate we wrote down for you was looked up.} search {The contracts on which you may arrange something were looked up.} other {Data about you were looked up.}}',
  },
  'activity.assistance.used': {
    nl: 'Een medewerker deed in een contact iets voor u: {what}.',
    en: 'An employee did something for you in a contact: {what}.',
  },
  'activity.registration.recorded': {
    nl: 'Een medewerker schreef een machtiging voor u op. Die telt pas als u zelf ja heeft gezegd met een code.',
    en: 'An employee wrote down a mandate for you. It counts only once you have said yes with a code yourself.',
  },
  'activity.registration.approved': {
    nl: 'Een tweede medewerker keek de machtiging na die voor u is opgeschreven. U krijgt een code om ja te zeggen.',
    en: 'A second employee checked the mandate that was written down for you. You get a code to say yes with.',
  },
  'activity.registration.rejected': {
    nl: 'Een medewerker keurde de machtiging af die voor u was opgeschreven. Die telt niet.',
    en: 'An employee rejected the mandate that was written down for you. It does not count.',
  },
  'activity.call': {
    nl: '{who, select, you {Er was contact met iemand die zei dat hij of zij u was.} named {Er was contact over een contract van u, met iemand die zei {name} te zijn.} other {Er was contact over een contract van u, met iemand anders.}}',
    en: '{who, select, you {There was contact with somebody who said that they were you.} named {There was contact about a contract of yours, with somebody who said that they were {name}.} other {There was contact about a contract of yours, with somebody else.}}',
  },
  'activity.check': {
    nl: 'Tijdens een contact is gekeken wat mag.',
    en: 'During a contact it was looked up what is allowed.',
  },
  'activity.check_all': {
    nl: 'Van alles wat kan: {permit} mag, {ask_holder} alleen als de contracthouder ja zegt, {verify_caller} pas als duidelijk is wie het vraagt, {deny} mag niet.',
    en: 'Of everything that there is: {permit} allowed, {ask_holder} only if the contract holder says yes, {verify_caller} only once it is clear who asks, {deny} not allowed.',
  },
  'activity.executed': {
    nl: '{count, plural, =0 {Er is gevraagd iets te doen. Het is niet gedaan.} one {Er is iets gedaan.} other {Er zijn # dingen gedaan.}}',
    en: '{count, plural, =0 {Somebody asked to do something. It was not done.} one {Something was done.} other {# things were done.}}',
  },
  'activity.outcome.done': { nl: '{action}: gedaan', en: '{action}: done' },
  'activity.outcome.permit': { nl: '{action}: mag', en: '{action}: allowed' },
  'activity.outcome.ask_holder': {
    nl: '{action}: alleen als de contracthouder ja zegt',
    en: '{action}: only if the contract holder says yes',
  },
  'activity.outcome.verify_caller': {
    nl: '{action}: pas als duidelijk is wie het vraagt',
    en: '{action}: only once it is clear who asks',
  },
  'activity.outcome.deny': { nl: '{action}: mag niet', en: '{action}: not allowed' },

  'activity.obligation.done': {
    nl: 'Gedaan wat bij deze handeling hoort:',
    en: 'What comes with this action was done:',
  },
  'activity.obligation.failed': {
    nl: 'Het lukte niet om te doen wat bij deze handeling hoort:',
    en: 'What comes with this action could not be done:',
  },
  'activity.code.issued': {
    nl: '{purpose, select, action {Wij stuurden u een code, om te vragen of iets mag.} mandate {Wij stuurden u een code, om te vragen of een machtiging klopt.} verification {Iemand zei dat hij of zij u was. Gevraagd is om een code naar u te sturen.} other {Er is een code voor u gevraagd.}}',
    en: '{purpose, select, action {We sent you a code, to ask whether something is allowed.} mandate {We sent you a code, to ask whether a mandate is right.} verification {Somebody said that they were you. A code to you was asked for.} other {A code for you was asked for.}}',
  },
  'activity.code.addressed': {
    nl: '{purpose, select, sign_in {Iemand wilde inloggen. Wij stuurden u een code.} other {Wij stuurden u een code, om te bewijzen dat u het bent.}}',
    en: '{purpose, select, sign_in {Somebody wanted to sign in. We sent you a code.} other {We sent you a code, to prove that it is you.}}',
  },
  'activity.code.resent': { nl: 'Wij stuurden u een nieuwe code.', en: 'We sent you a new code.' },
  'activity.code.approved': {
    nl: '{purpose, select, action {Er is ja gezegd, met de code die naar u ging.} mandate {De machtiging is bevestigd, met de code die naar u ging.} sign_in {Er is ingelogd, met de code die naar u ging.} other {Iemand bewees dat hij of zij u was, met de code die naar u ging.}}',
    en: '{purpose, select, action {Somebody said yes, with the code that went to you.} mandate {The mandate was confirmed, with the code that went to you.} sign_in {Somebody signed in, with the code that went to you.} other {Somebody proved to be you, with the code that went to you.}}',
  },
  'activity.code.approved_in_session': {
    nl: 'Er is ja gezegd, hier in uw eigen omgeving.',
    en: 'Somebody said yes, here on your own pages.',
  },
  'activity.code.declined': {
    nl: '{purpose, select, verification {Er is gezegd: dit ben ik niet.} other {Er is nee gezegd.}}',
    en: '{purpose, select, verification {Somebody said: this is not me.} other {Somebody said no.}}',
  },
  'activity.code.cancelled': { nl: 'Een code voor u is ingetrokken.', en: 'A code for you was cancelled.' },
  'activity.code.failed': { nl: 'Er is een verkeerde code ingevuld.', en: 'A wrong code was entered.' },
  'activity.code.refused': {
    nl: 'Er is een code ingevuld die niet meer werkte.',
    en: 'A code was entered that did not work any more.',
  },
  'activity.code.undeliverable': { nl: 'Een code voor u kwam niet aan.', en: 'A code for you did not arrive.' },

  'activity.caller_verified': {
    nl: 'Tijdens een contact is bewezen dat u het was, {method, select, totp {met uw app met codes} code {met een code naar u} support_code {met uw belcode} call_back {doordat wij u terugbelden} other {op een andere manier}}.',
    en: 'During a contact it was proved that it was you, {method, select, totp {with your app with codes} code {with a code to you} support_code {with your calling code} call_back {as we called you back} other {in another way}}.',
  },
  'activity.reverse_code': {
    nl: 'Een medewerker kreeg de code te zien die bewijst dat u echt met ons spreekt.',
    en: 'An employee was shown the code that proves that you are really talking to us.',
  },
  'activity.support_code.issued': {
    nl: 'U vroeg een belcode, om aan de telefoon te laten horen dat u het bent.',
    en: 'You asked for a calling code, to show on the phone that it is you.',
  },
  'activity.support_code.tried': {
    nl: 'Tijdens een contact is een belcode van u ingevuld.',
    en: 'During a contact a calling code of yours was entered.',
  },
  'activity.letter_code.tried': {
    nl: 'Tijdens een contact is een code uit een brief van ons ingevuld.',
    en: 'During a contact a code from a letter of ours was entered.',
  },
  'activity.call_back.tried': {
    nl: 'Wij belden terug, om te weten of u het was.',
    en: 'We called back, to know whether it was you.',
  },
  'activity.totp_tried': {
    nl: 'Tijdens een contact is een code uit uw app ingevuld.',
    en: 'During a contact a code from your app was entered.',
  },
  'activity.authenticator.enrolled': {
    nl: 'Er is begonnen een app met codes te koppelen.',
    en: 'Somebody began to connect an app with codes.',
  },
  'activity.authenticator.confirmed': { nl: 'Een app met codes is gekoppeld.', en: 'An app with codes was connected.' },
  'activity.authenticator.removed': {
    nl: 'De app met codes is losgekoppeld.',
    en: 'The app with codes was disconnected.',
  },

  'activity.mandate': {
    nl: '{side, select, holder {Uw machtiging voor {other}} giver {De machtiging die u doorgaf aan {other}} other {De machtiging die u van {other} heeft}} {what}.',
    en: '{side, select, holder {Your mandate for {other}} giver {The mandate that you passed on to {other}} other {The mandate that you have from {other}}} {what}.',
  },
  'activity.mandate.draft': {
    nl: 'U begon met een machtiging. Die telt pas als u haar bevestigt.',
    en: 'You began a mandate. It counts only once you confirm it.',
  },
  'activity.mandate.granted': { nl: 'is vastgelegd', en: 'was registered' },
  'activity.mandate.changed': { nl: 'is veranderd', en: 'was changed' },
  'activity.mandate.confirmed': { nl: 'is bevestigd', en: 'was confirmed' },
  'activity.mandate.approved': { nl: 'is door u goedgekeurd', en: 'was approved by you' },
  'activity.mandate.code_shown': { nl: 'is geopend, en de code ervan getoond', en: 'was opened, and its code shown' },
  'activity.requested': { nl: 'U vroeg iemand om een machtiging.', en: 'You asked somebody for a mandate.' },
  'activity.passkey.added': { nl: 'Een toegangssleutel is toegevoegd.', en: 'A passkey was added.' },
  'activity.passkey.removed': { nl: 'Een toegangssleutel is verwijderd.', en: 'A passkey was removed.' },
  'activity.passkey.refused': {
    nl: 'Een toegangssleutel van u is geweigerd: hij lijkt gekopieerd.',
    en: 'A passkey of yours was refused: it seems to be a copy.',
  },
  'activity.sign_in_refused': {
    nl: 'Inloggen met een andere inlogdienst is geweigerd.',
    en: 'Signing in with another sign-in service was refused.',
  },
  'activity.mandate.invited': { nl: 'is opnieuw aangeboden', en: 'was offered again' },
  'activity.mandate.accepted': { nl: 'is aanvaard', en: 'was accepted' },
  'activity.mandate.acceptance_attempted': {
    nl: 'is met een code geprobeerd aan te nemen',
    en: 'was tried with a code, to accept it',
  },
  'activity.mandate.acceptance_refused': {
    nl: 'is niet aanvaard: er was te vaak een verkeerde code',
    en: 'was not accepted: there were too many wrong codes',
  },
  'activity.mandate.withdrawn': { nl: 'is ingetrokken', en: 'was withdrawn' },
  'activity.mandate.renounced': { nl: 'is neergelegd', en: 'was given up' },
  'activity.mandate.refused': { nl: 'is geweigerd door ons', en: 'was refused by us' },
  'activity.mandate.suspended': { nl: 'is stilgezet', en: 'was suspended' },
  'activity.mandate.resumed': { nl: 'geldt weer', en: 'counts again' },
  'activity.mandate.reminded': {
    nl: 'stopt bijna: daarover stuurden wij een bericht',
    en: 'is about to end: we sent a message about that',
  },
  'activity.mandate.expired': { nl: 'is verlopen', en: 'has expired' },
  'activity.mandate.silent': {
    nl: 'Een machtiging van u is beëindigd. De ander kreeg geen bericht.',
    en: 'A mandate of yours was ended. The other person was not told.',
  },

  'activity.mandate.ended': {
    nl: 'is gestopt, want er is iets veranderd in een leven',
    en: 'has ended, as something changed in a life',
  },
  'activity.life_event.recorded': {
    nl: 'Bij ons is gemeld: {event, select, death {een overlijden} curatele {dat u onder curatele staat} bewind {dat iemand uw geld beheert (bewind)} mentorschap {dat iemand over uw zorg beslist (mentorschap)} bankruptcy {een faillissement} debt_rescheduling {een schuldsanering (WSNP)} separation {een scheiding} other {dat u 18 bent geworden}}.',
    en: 'This was reported to us: {event, select, death {a death} curatele {that you are under guardianship (curatele)} bewind {that somebody manages your money (bewind)} mentorschap {that somebody decides about your care (mentorschap)} bankruptcy {a bankruptcy} debt_rescheduling {debt rescheduling (WSNP)} separation {a divorce or separation} other {that you turned 18}}.',
  },
  'activity.life_event.reversal_recorded': {
    nl: 'Bij ons is gemeld dat dit niet (meer) zo is: {event, select, death {een overlijden} curatele {dat u onder curatele staat} bewind {dat iemand uw geld beheert (bewind)} mentorschap {dat iemand over uw zorg beslist (mentorschap)} bankruptcy {een faillissement} debt_rescheduling {een schuldsanering (WSNP)} separation {een scheiding} other {dat u 18 bent geworden}}.',
    en: 'It was reported to us that this is not so (any more): {event, select, death {a death} curatele {that you are under guardianship (curatele)} bewind {that somebody manages your money (bewind)} mentorschap {that somebody decides about your care (mentorschap)} bankruptcy {a bankruptcy} debt_rescheduling {debt rescheduling (WSNP)} separation {a divorce or separation} other {that you turned 18}}.',
  },
  'activity.life_event.evidence_added': {
    nl: 'Er is bewijs gekomen over: {event, select, death {een overlijden} curatele {dat u onder curatele staat} bewind {dat iemand uw geld beheert (bewind)} mentorschap {dat iemand over uw zorg beslist (mentorschap)} bankruptcy {een faillissement} debt_rescheduling {een schuldsanering (WSNP)} separation {een scheiding} other {dat u 18 bent geworden}}.',
    en: 'Proof came in about this: {event, select, death {a death} curatele {that you are under guardianship (curatele)} bewind {that somebody manages your money (bewind)} mentorschap {that somebody decides about your care (mentorschap)} bankruptcy {a bankruptcy} debt_rescheduling {debt rescheduling (WSNP)} separation {a divorce or separation} other {that you turned 18}}.',
  },
  'activity.life_event.approved': {
    nl: '{isReversal, select, yes {Dit geldt niet meer bij ons} other {Bij ons is vastgelegd}}: {event, select, death {een overlijden} curatele {dat u onder curatele staat} bewind {dat iemand uw geld beheert (bewind)} mentorschap {dat iemand over uw zorg beslist (mentorschap)} bankruptcy {een faillissement} debt_rescheduling {een schuldsanering (WSNP)} separation {een scheiding} other {dat u 18 bent geworden}}.',
    en: '{isReversal, select, yes {This counts no more with us} other {This was recorded by us}}: {event, select, death {a death} curatele {that you are under guardianship (curatele)} bewind {that somebody manages your money (bewind)} mentorschap {that somebody decides about your care (mentorschap)} bankruptcy {a bankruptcy} debt_rescheduling {debt rescheduling (WSNP)} separation {a divorce or separation} other {that you turned 18}}.',
  },
  'activity.life_event.rejected': {
    nl: 'Een melding bleek niet te kloppen: {event, select, death {een overlijden} curatele {dat u onder curatele staat} bewind {dat iemand uw geld beheert (bewind)} mentorschap {dat iemand over uw zorg beslist (mentorschap)} bankruptcy {een faillissement} debt_rescheduling {een schuldsanering (WSNP)} separation {een scheiding} other {dat u 18 bent geworden}}.',
    en: 'A report proved to be wrong: {event, select, death {a death} curatele {that you are under guardianship (curatele)} bewind {that somebody manages your money (bewind)} mentorschap {that somebody decides about your care (mentorschap)} bankruptcy {a bankruptcy} debt_rescheduling {debt rescheduling (WSNP)} separation {a divorce or separation} other {that you turned 18}}.',
  },
  'activity.representation.recorded': {
    nl: 'Gemeld is: {side, select, holder {{other} als uw} other {u als}} {representation, select, curatele {curator} bewind {bewindvoerder} mentorschap {mentor} parental_authority {ouder of voogd} executor {executeur} other {bewindvoerder of curator bij schulden}}{side, select, holder {} other { van {other}}}. Dit geldt nog niet.',
    en: 'This was reported: {side, select, holder {{other} as your} other {you as the}} {representation, select, curatele {guardian (curator)} bewind {manager of money (bewindvoerder)} mentorschap {mentor} parental_authority {parent or guardian of a child} executor {executor} other {manager of debts}}{side, select, holder {} other { of {other}}}. It does not count yet.',
  },
  'activity.representation.evidence_added': {
    nl: 'Er is bewijs gekomen over {side, select, holder {{other} als uw} other {u als}} {representation, select, curatele {curator} bewind {bewindvoerder} mentorschap {mentor} parental_authority {ouder of voogd} executor {executeur} other {bewindvoerder of curator bij schulden}}{side, select, holder {} other { van {other}}}.',
    en: 'Proof came in about {side, select, holder {{other} as your} other {you as the}} {representation, select, curatele {guardian (curator)} bewind {manager of money (bewindvoerder)} mentorschap {mentor} parental_authority {parent or guardian of a child} executor {executor} other {manager of debts}}{side, select, holder {} other { of {other}}}.',
  },
  'activity.representation.approved': {
    nl: 'Vastgelegd is: {side, select, holder {{other} als uw} other {u als}} {representation, select, curatele {curator} bewind {bewindvoerder} mentorschap {mentor} parental_authority {ouder of voogd} executor {executeur} other {bewindvoerder of curator bij schulden}}{side, select, holder {} other { van {other}}}.',
    en: 'This was recorded: {side, select, holder {{other} as your} other {you as the}} {representation, select, curatele {guardian (curator)} bewind {manager of money (bewindvoerder)} mentorschap {mentor} parental_authority {parent or guardian of a child} executor {executor} other {manager of debts}}{side, select, holder {} other { of {other}}}.',
  },
  'activity.representation.rejected': {
    nl: 'Een melding bleek niet te kloppen: {side, select, holder {{other} als uw} other {u als}} {representation, select, curatele {curator} bewind {bewindvoerder} mentorschap {mentor} parental_authority {ouder of voogd} executor {executeur} other {bewindvoerder of curator bij schulden}}{side, select, holder {} other { van {other}}}.',
    en: 'A report proved to be wrong: {side, select, holder {{other} as your} other {you as the}} {representation, select, curatele {guardian (curator)} bewind {manager of money (bewindvoerder)} mentorschap {mentor} parental_authority {parent or guardian of a child} executor {executor} other {manager of debts}}{side, select, holder {} other { of {other}}}.',
  },
  'activity.representation.revoked': {
    nl: 'Geldt niet meer: {side, select, holder {{other} als uw} other {u als}} {representation, select, curatele {curator} bewind {bewindvoerder} mentorschap {mentor} parental_authority {ouder of voogd} executor {executeur} other {bewindvoerder of curator bij schulden}}{side, select, holder {} other { van {other}}}.',
    en: 'This counts no more: {side, select, holder {{other} as your} other {you as the}} {representation, select, curatele {guardian (curator)} bewind {manager of money (bewindvoerder)} mentorschap {mentor} parental_authority {parent or guardian of a child} executor {executor} other {manager of debts}}{side, select, holder {} other { of {other}}}.',
  },
  'activity.block.set': { nl: 'U blokkeerde {other}.', en: 'You blocked {other}.' },
  'activity.block.lifted': {
    nl: 'De blokkade van {other} is opgeheven.',
    en: '{other} is not blocked any more.',
  },
  'activity.preferences': {
    nl: 'Uw voorkeuren zijn veranderd.',
    en: 'Your preferences were changed.',
  },
  'activity.ask_first': {
    nl: 'U koos waarover wij u eerst vragen.',
    en: 'You chose what we ask you about first.',
  },
  'activity.software.declared': {
    nl: 'U meldde software die voor u belt.',
    en: 'You told us of software that calls for you.',
  },
  'activity.software.revoked': {
    nl: 'U stopte software die voor u belde.',
    en: 'You stopped software that called for you.',
  },
  'activity.contact.asked': {
    nl: 'U wilde veranderen hoe wij u bereiken. Wij stuurden u codes om dat te bevestigen.',
    en: 'You wanted to change how we reach you. We sent you codes to confirm that.',
  },
  'activity.contact.cancelled': {
    nl: 'U wilde toch niet veranderen hoe wij u bereiken.',
    en: 'You decided not to change how we reach you.',
  },
  'activity.contact.shown': {
    nl: 'U kwam met de link uit onze uitnodiging. Daarmee weten wij dat dit nummer of adres van u is.',
    en: 'You came by the link in our invitation. That tells us that this number or address is yours.',
  },
  'activity.contact.shared': {
    nl: 'U zei of iemand meeleest op een nummer of adres van u.',
    en: 'You said whether somebody else reads a number or address of yours.',
  },
  'activity.contact.changed': { nl: 'Hoe wij u bereiken, is veranderd.', en: 'How we reach you was changed.' },
  'activity.person.created': { nl: 'Uw gegevens zijn vastgelegd.', en: 'Your data were registered.' },
  'activity.person.changed': { nl: 'Uw gegevens zijn veranderd.', en: 'Your data were changed.' },
  'activity.contract.created': { nl: 'Een contract van u is vastgelegd.', en: 'A contract of yours was registered.' },
  'activity.contract.changed': { nl: 'Een contract van u is veranderd.', en: 'A contract of yours was changed.' },
  'activity.import.applied': {
    nl: 'Uw gegevens zijn overgenomen uit onze administratie.',
    en: 'Your data were taken over from our books.',
  },
  'activity.session.opened': {
    nl: 'Er is ingelogd: {method}.',
    en: 'Somebody signed in: {method}.',
  },
  'activity.session.proved': {
    nl: 'Nog een keer is bewezen wie u bent: {method}.',
    en: 'It was proved once more who you are: {method}.',
  },
  'activity.session.ended': { nl: 'Er is uitgelogd.', en: 'Somebody signed out.' },
  'activity.incident.opened': {
    nl: 'U meldde dat er iets niet klopt.',
    en: 'You reported that something is not right.',
  },
  'activity.incident.closed': { nl: 'Uw melding is afgehandeld.', en: 'Your report was dealt with.' },
  'activity.other': { nl: 'Er is iets vastgelegd over u.', en: 'Something about you was recorded.' },
} as const;
