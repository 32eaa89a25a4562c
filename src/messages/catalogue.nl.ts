/**
 * Every text that leaves this service, in Dutch at reading level B1. `sms` and `voice` stand alone; `body` is the
 * middle of an e-mail, and of a letter that has no text of its own: nobody types a link off paper. Written in the GSM alphabet where a text goes by SMS: one letter outside it
 * more than halves what fits. Only values that went through `neutral-text.ts` are filled in.
 */
export const nl = {
  greeting: 'Beste {name},',
  greeting_unnamed: 'Beste klant,',
  closing: 'Met vriendelijke groet,',
  phone_line: 'Telefoon: {phone}',
  email_line: 'E-mail: {email}',
  letter_date: 'Datum: {date}',
  letter_reference: 'Ons kenmerk: {reference}',
  letter_page: 'Pagina {page} van {pages}',
  yes: 'ja',
  no: 'nee',
  more: 'en nog {count}',
  clock: '{time} uur',
  moment: '{date} om {time} uur',

  'action_code.subject': 'Uw code van {organisation}',
  'action_code.sms':
    'Code {code}. {organisation}: {caller, select, recipient {u vraagt ons zelf} named {"{callerName}" vraagt ons ' +
    'namens {behalf}} other {iemand die wij niet kennen vraagt ons}}: {actions}. Medewerker: {agent}. ' +
    '{shortened, select, yes {Niet alles past hier: lees eerst de pagina. } other {}}Werkt tot {until}. Geef de code ' +
    'alleen als u dit wilt. Wij bellen of mailen u nooit om deze code te vragen. Nee zeggen: {link}',
  'action_code.voice':
    'Dit is {organisation}. {caller, select, recipient {U vraagt ons zelf} named {{callerName} vraagt ons namens {behalf}} ' +
    'other {Iemand die wij niet kennen vraagt ons}} het volgende. {actions}. Onze medewerker is {agent}. Uw code is: ' +
    '{spokenCode}. Ik herhaal: {spokenCode}. De code werkt tot {until}. Geef de code alleen als u dit wilt. Wij vragen ' +
    'u nooit zelf om deze code. Wilt u dit niet? Geef de code dan aan niemand en bel ons: {call}.',
  'action_code.body':
    'Uw code is {code}.\n\n{caller, select, recipient {U vraagt ons zelf} named {"{callerName}" vraagt ons namens {behalf}} ' +
    'other {Iemand die wij niet kennen vraagt ons}} om dit te doen:\n{actions}\n\nOnze medewerker is {agent}. De code ' +
    'werkt tot {until}.\n\nWilt u dit?\n{caller, select, recipient {Lees de code dan voor aan onze medewerker.} other ' +
    '{Geef de code dan aan de persoon die dit voor u regelt.}} U kunt de code ook zelf invullen op deze pagina:\n' +
    '{link}\n\nWilt u dit niet?\nGeef de code dan aan niemand. Zeg nee op dezelfde pagina, of bel ons: {call}.\n\n' +
    'Let op: geef de code alleen als u dit zelf wilt. Wij bellen of mailen u nooit om deze code te vragen.',

  'action_question.subject': 'Een vraag van {organisation} aan u',
  'action_question.sms':
    '{organisation}: {caller, select, recipient {u vraagt ons zelf} named {"{callerName}" vraagt ons namens {behalf}} other {iemand die ' +
    'wij niet kennen vraagt ons}}: {actions}. Medewerker: {agent}. {shortened, select, yes {Niet alles past hier: lees eerst de ' +
    'pagina. } other {}}Ja of nee? Log sterk in en antwoord voor {until}: {link}. Vragen: {call}.',
  'action_question.voice':
    'Dit is {organisation}. {caller, select, recipient {U vraagt ons zelf} named {{callerName} vraagt ons namens {behalf}} other {Iemand ' +
    'die wij niet kennen vraagt ons}} het volgende. {actions}. Onze medewerker is {agent}. Alleen u kunt ja zeggen, door in te ' +
    'loggen met een toegangssleutel of uw app met codes. Dat kan tot {until}. Wilt u dit niet? Doe dan niets, of bel ons: {call}.',
  'action_question.body':
    '{caller, select, recipient {U vraagt ons zelf} named {"{callerName}" vraagt ons namens {behalf}} other {Iemand die wij niet kennen ' +
    'vraagt ons}} om dit te doen:\n{actions}\n\nOnze medewerker is {agent}. Voor deze vraag is een code te zwak.\n\nWilt u dit?\n' +
    'Log dan in met een toegangssleutel of uw app met codes, en zeg ja voor {until}:\n{link}\n\nWilt u dit niet?\nZeg nee op ' +
    'dezelfde pagina, of bel ons: {call}. Doet u niets, dan gebeurt er niets.',

  'mandate_code.subject': 'Uw code voor een machtiging bij {organisation}',
  'mandate_code.sms':
    'Code {code}. {organisation}: u machtigt "{proxy}"{isPassedOn, select, yes { namens "{holder}"} other {}} voor: {scopes}. Contract: {contracts}. Van {starts} tot en met {ends}. Machtiging ' +
    '{mandateRef}. {passOn, select, yes {Deze persoon mag het ook door iemand anders laten doen. } other {}}{asker, select, self {U vroeg dit zelf op Mijn machtigingen.} contact {Een andere contactpersoon vraagt dit.} other {Medewerker: {agent}.}} {shortened, ' +
    'select, yes {Niet alles past hier: lees eerst de pagina. } other {}}Werkt tot {until}. {asker, select, self {Typ de ' +
    'code alleen zelf, en geef hem aan niemand.} other {Geef de code alleen als u dit wilt.}} Wij bellen of mailen u nooit ' +
    'om deze code te vragen. Nee zeggen: {link}',
  'mandate_code.voice':
    'Dit is {organisation}. U machtigt {proxy}{isPassedOn, select, yes { namens {holder}} other {}} voor: {scopes}. Contract: {contracts}. Van {starts} tot en met {ends}. {passOn, select, yes {Deze persoon mag het ook door iemand anders laten doen. } other {}}{asker, ' +
    'select, self {U vroeg dit zelf op Mijn machtigingen.} contact {Een andere contactpersoon vraagt dit.} other {Onze medewerker is {agent}.}} Uw code is: ' +
    '{spokenCode}. Ik herhaal: {spokenCode}. De code werkt tot {until}. {asker, select, self {Typ de code alleen zelf, en ' +
    'geef hem aan niemand.} other {Geef de code alleen als u dit wilt.}} Wij vragen u nooit zelf om deze code. Wilt u dit ' +
    'niet? Geef de code dan aan niemand en bel ons: {call}.',
  'mandate_code.body':
    'Uw code is {code}.\n\nMet deze code machtigt u "{proxy}". Die mag dan namens {isPassedOn, select, yes {"{holder}"} other {u}} regelen:\n{scopes}\n\nVoor dit contract of deze contracten:\n{contracts}\n\nDe ' +
    'machtiging {mandateRef} geldt van {starts} tot en met {ends}. {passOn, select, yes {Deze persoon mag het ook door iemand anders laten doen. } other {}}{asker, select, self {U vroeg dit zelf op Mijn ' +
    'machtigingen.} contact {Een andere contactpersoon vraagt dit.} other {Onze medewerker is {agent}.}} De code werkt tot {until}.\n\nWilt u dit?\n{asker, select, self ' +
    '{Vul de code dan zelf in op Mijn machtigingen, of op deze pagina:} other {Geef de code dan aan onze medewerker, of ' +
    'vul hem zelf in op deze pagina:}}\n{link}\n\nWilt ' +
    'u dit niet?\nGeef de code dan aan niemand. Zeg nee op dezelfde pagina, of bel ons: {call}.\n\nLet op: geef de ' +
    'code alleen als u dit zelf wilt. Wij bellen of mailen u nooit om deze code te vragen.',
  'mandate_code.letter':
    'Uw code is {code}.\n\nMet deze code machtigt u "{proxy}". Die mag dan namens {isPassedOn, select, yes {"{holder}"} other {u}} regelen:\n{scopes}\n\nVoor dit ' +
    'contract of deze contracten:\n{contracts}\n\nDe machtiging {mandateRef} geldt van {starts} tot en met {ends}. {passOn, select, yes {Deze persoon mag het ook door iemand anders laten doen. } other {}}{asker, ' +
    'select, self {U vroeg dit zelf op Mijn machtigingen.} contact {Een andere contactpersoon vraagt dit.} other {Onze medewerker is {agent}.}} De code werkt tot ' +
    '{until}.\n\nWilt u dit?\n{asker, select, self {Vul de code dan zelf in op Mijn machtigingen, bij machtiging ' +
    '{mandateRef}. Of bel ons: {call}.} other {Bel ons dan: {call}.}} Noem het nummer van de ' +
    'machtiging en geef de code aan onze medewerker.\n\nWilt u dit niet?\nGeef de code dan aan niemand. Zeg nee: bel ons ' +
    'op {call}, of schrijf ons een brief.\n\nLet op: geef de code alleen als u dit zelf wilt. Wij bellen of mailen u ' +
    'nooit om deze code te vragen.',

  'verification_code.subject': 'Uw code van {organisation}',
  'verification_code.sms':
    'Code {code}. {organisation}: u heeft nu contact met onze medewerker {agent}. Geef de code, dan weten wij dat u ' +
    'het bent. Werkt tot {until}. Heeft u nu geen contact met ons? Geef de code aan niemand. Wij bellen of mailen u ' +
    'nooit om deze code te vragen. Niet u? {link}',
  'verification_code.voice':
    'Dit is {organisation}. U heeft nu contact met onze medewerker {agent}. Met deze code weten wij dat u het bent. Uw ' +
    'code is: {spokenCode}. Ik herhaal: {spokenCode}. De code werkt tot {until}. Heeft u zelf geen contact met ons ' +
    'gezocht? Geef de code dan aan niemand en bel ons: {call}. Wij vragen u nooit uit onszelf om deze code.',
  'verification_code.body':
    'Uw code is {code}.\n\nU heeft nu contact met onze medewerker {agent}. Geef de code aan de medewerker, dan weten ' +
    'wij dat u het bent. De code werkt tot {until}. Met deze code geeft u nog nergens toestemming voor.\n\nHeeft u nu ' +
    'geen contact met ons?\nGeef de code dan aan niemand. Laat het ons weten op deze pagina, of bel ons: {call}.\n' +
    '{link}\n\nLet op: wij bellen of mailen u nooit om deze code te vragen.',
  'verification_code.letter':
    'Uw code is {code}.\n\nU vroeg onze medewerker {agent} om deze brief. Bel ons op {call} en lees de code voor aan onze ' +
    'medewerker. Dan weten wij dat u het bent, ook als u belt met een telefoon die wij niet kennen. De code werkt één keer, ' +
    'tot {until}. Met deze code geeft u nog nergens toestemming voor.\n\nHeeft u niet om deze brief gevraagd?\nGeef de code ' +
    'dan aan niemand. Laat het ons weten: bel {call}, of schrijf ons een brief.\n\nLet op: wij bellen of mailen u nooit om ' +
    'deze code te vragen.',

  'sign_in_code.subject': 'Uw code om in te loggen bij {organisation}',
  'sign_in_code.sms':
    'Code {code}. {organisation}: hiermee logt u in op Mijn machtigingen. Werkt tot {until}. Typ de code alleen zelf op ' +
    'onze pagina. Geef de code aan niemand. Wij vragen u nooit om deze code. Wilt u niet inloggen? Doe dan niets. Vragen: {call}.',
  'sign_in_code.voice':
    'Dit is {organisation}. Met deze code logt u in op Mijn machtigingen. Uw code is: {spokenCode}. Ik herhaal: ' +
    '{spokenCode}. De code werkt tot {until}. Typ de code alleen zelf op onze pagina. Geef de code aan niemand. Wij ' +
    'vragen u nooit om deze code. Wilt u niet inloggen? Dan hoeft u niets te doen. Heeft u vragen? Bel ons: {call}.',
  'sign_in_code.body':
    'Uw code is {code}.\n\nMet deze code logt u in op Mijn machtigingen. Typ de code op de pagina waar u erom vroeg. De ' +
    'code werkt tot {until}.\n\nWilt u niet inloggen?\nDan hoeft u niets te doen. Zonder de code kan niemand ' +
    'inloggen.\n\nLet op: geef de code aan niemand, ook niet aan ons. Wij vragen u nooit om deze code. Heeft u vragen? ' +
    'Bel ons: {call}.',

  'contact_code.subject': 'Uw code om uw gegevens bij {organisation} te veranderen',
  'contact_code.sms':
    'Code {code}. {organisation}: {reader, select, new {laat met deze code zien dat u dit bericht echt krijgt} other ' +
    '{iemand die {asker, select, self {met uw gegevens is ingelogd} other {nu contact met ons heeft}}, wil het {kind, select, phone {telefoonnummer dat eindigt op} email ' +
    '{e-mailadres} other {postadres dat begint met}} {masked} {change, select, added {toevoegen} other {weghalen}}}}. Werkt tot ' +
    '{until}. {asker, select, self {Typ de code alleen zelf op Mijn machtigingen. Wij vragen u nooit om deze code.} other {Lees de ' +
    'code alleen voor aan onze medewerker {agent}. Wij bellen of mailen u nooit om deze code te vragen.}} Niet u? Bel ons meteen: ' +
    '{call}.',
  'contact_code.voice':
    'Dit is {organisation}. {reader, select, new {Laat met deze code zien dat wij u hier echt bereiken} other {Iemand die ' +
    '{asker, select, self {met uw gegevens is ingelogd} other {nu contact met ons heeft}}, wil het {kind, select, phone {telefoonnummer dat eindigt op} email {e-mailadres} other ' +
    '{postadres dat begint met}} {masked} {change, select, added {toevoegen} other {weghalen}}}}. Uw code is: {spokenCode}. Ik ' +
    'herhaal: {spokenCode}. De code werkt tot {until}. {asker, select, self {Typ de code alleen zelf op Mijn machtigingen. Wij ' +
    'vragen u nooit om deze code.} other {Lees de code alleen voor aan onze medewerker {agent}. Wij bellen of mailen u nooit om ' +
    'deze code te vragen.}} Doet u dit niet zelf? Geef de code dan aan niemand en bel ons meteen: {call}.',
  'contact_code.body':
    'Uw code is {code}.\n\n{reader, select, new {Iemand gaf ons dit adres als van zichzelf. Bent u dat? Laat dat dan zien met ' +
    'deze code.} other {{asker, select, self {Iemand die met uw gegevens is ingelogd op Mijn machtigingen} other {Iemand die contact met ons had}}, wil dit {change, select, added {toevoegen} ' +
    'other {weghalen}}: {kind, select, phone {telefoonnummer dat eindigt op} email {e-mailadres} other {postadres dat begint ' +
    'met}} {masked}.}} De code werkt tot {until}.\n\nDoet u dit zelf?\n{asker, select, self {Typ de code dan op de pagina waar u erom vroeg.} other {Lees de code dan voor aan onze ' +
    'medewerker {agent}. Spreekt u die niet meer? Bel ons dan: {call}.}}\n\nDoet u ' +
    'dit niet zelf?\nGeef de code dan aan niemand en bel ons meteen: {call}.\n\nLet op: {asker, select, self {wij vragen u nooit om ' +
    'deze code} other {wij bellen of mailen u nooit om deze code te vragen}}.',

  'acceptance_code.subject': 'Code voor uw machtiging bij {organisation}',
  'acceptance_code.sms':
    'Code {code}. {organisation}: geef deze code aan "{proxy}" als die namens {isPassedOn, select, yes {"{holder}"} other {u}} mag regelen: {scopes}. Contract: {contracts}. Tot en met ' +
    '{ends}. Machtiging {mandateRef}. Werkt tot {until}. Geef de code aan niemand anders. Wij vragen u nooit om deze ' +
    'code. Wilt u dit niet? Houd de code voor uzelf en bel {call}.',
  'acceptance_code.voice':
    'Dit is {organisation}. {proxy} mag namens {isPassedOn, select, yes {{holder}} other {u}} regelen: {scopes}. Contract: {contracts}. Tot en met {ends}. Geef deze persoon de code als u dat wilt. De code ' +
    'is: {spokenCode}. Ik herhaal: {spokenCode}. De code werkt tot {until}. Geef de code aan niemand anders. Wij ' +
    'vragen u nooit om deze code. Wilt u dit niet? Houd de code dan voor uzelf en bel ons: {call}.',
  'acceptance_code.body':
    'De code is {code}.\n\n"{proxy}" mag namens {isPassedOn, select, yes {"{holder}"} other {u}} regelen:\n{scopes}\n\nVoor dit contract of deze contracten:\n{contracts}\n\nDe machtiging {mandateRef} geldt tot en met ' +
    '{ends}.\n\nWilt u dit?\nGeef de code dan zelf aan "{proxy}". Die neemt de machtiging ermee aan. De code werkt tot ' +
    '{until}.\n\nWilt u dit niet?\nHoud de code dan voor uzelf en bel ons: {call}.\n\nLet op: geef de code aan niemand ' +
    'anders. Wij bellen of mailen u nooit om deze code te vragen.',

  'invitation.subject': 'Wilt u iets regelen voor een ander bij {organisation}?',
  'invitation.sms':
    '{organisation}: "{giver}" vraagt u om namens {isPassedOn, select, yes {"{holder}"} other {hen}} te regelen: {scopes}. Van {starts} tot en met {ends}. ' +
    'Machtiging {mandateRef}. Wilt u dit? Vraag "{giver}" om de code. Vul die in voor {acceptBefore} op {link} of geef die ' +
    'aan ons door. Wilt u dit niet? Doe dan niets. Vragen: {call}.',
  'invitation.voice':
    'Dit is {organisation}. {giver} vraagt u om namens {isPassedOn, select, yes {{holder}} other {hen}} te regelen: {scopes}. Van {starts} tot en met {ends}. Het ' +
    'nummer van de machtiging is {mandateRef}. Wilt u dit? Vraag {giver} om de code en geef die aan ons door voor ' +
    '{acceptBefore}. Wilt u dit niet? Doe dan niets. Heeft u vragen? Bel ons: {call}.',
  'invitation.body':
    '"{giver}" vraagt u om namens {isPassedOn, select, yes {"{holder}"} other {hen}} te regelen:\n{scopes}\n\nDe machtiging {mandateRef} geldt van {starts} tot en ' +
    'met {ends}.\n\nWilt u dit?\nVraag "{giver}" om de code. Vul die in voor {acceptBefore} op deze pagina:\n{link}\nU ' +
    'kunt de code ook aan ons doorgeven. Noem dan ook het nummer van de machtiging.\n\nWilt u dit niet?\nDan hoeft u ' +
    'niets te doen. Heeft u vragen? Bel ons: {call}.',
  'invitation.letter':
    '"{giver}" vraagt u om namens {isPassedOn, select, yes {"{holder}"} other {hen}} te regelen:\n{scopes}\n\nDe machtiging {mandateRef} geldt van {starts} tot en ' +
    'met {ends}.\n\nWilt u dit?\nVraag "{giver}" om de code en geef die aan ons door voor {acceptBefore}. Noem ook ' +
    'het nummer van de machtiging.\n\nWilt u dit niet?\nDan hoeft u niets te doen. Heeft u vragen? Bel ons: {call}.',

  'action_executed.subject': 'Dit hebben wij voor u gedaan bij {organisation}',
  'action_executed.sms':
    '{organisation}: gedaan op {at}: {actions}. Gevraagd door {caller, select, recipient {uzelf} named ' +
    '{"{callerName}"} other {iemand die wij niet kennen}}. Medewerker: {agent}. Klopt dit niet? Bel ons meteen: {call}.',
  'action_executed.voice':
    'Dit is {organisation}. Op {at} hebben wij dit gedaan. {actions}. Het is gevraagd door {caller, select, recipient ' +
    '{uzelf} named {{callerName}} other {iemand die wij niet kennen}}. Onze medewerker was {agent}. Klopt dit niet? ' +
    'Bel ons dan meteen: {call}.',
  'action_executed.body':
    'Op {at} hebben wij dit gedaan:\n{actions}\n\nHet is gevraagd door {caller, select, recipient {uzelf} named ' +
    '{"{callerName}"} other {iemand die wij niet kennen}}. Onze medewerker was {agent}.\n\nKlopt dit niet? Bel ons dan ' +
    'meteen: {call}.',

  'statement_corrected.subject': 'Wat wij eerder zeiden klopt niet – {organisation}',
  'statement_corrected.sms':
    '{organisation}: op {at} zei onze medewerker {agent} iets over uw contract dat niet klopt. Dit klopt wel: {right}. Vragen? ' +
    'Bel ons: {call}.',
  'statement_corrected.voice':
    'Dit is {organisation}. Op {at} zei onze medewerker {agent} iets over uw contract dat niet klopt. Dit klopt wel. {right}. ' +
    'Heeft u vragen? Bel ons dan: {call}.',
  'statement_corrected.body':
    'Op {at} was er contact over uw contract. Onze medewerker {agent} zei toen iets dat niet klopt.\n\nDit klopt wel:\n{right}\n\nHeeft u ' +
    'vragen, of klopt dit ook niet? Bel ons dan: {call}. Bewaar dit bericht.',

  'mandate_asked.subject': 'Iemand wil bij {organisation} iets voor u regelen',
  'mandate_asked.sms':
    '{organisation}: "{proxy}" vraagt of die voor u mag regelen: {scopes}, voor contract {contracts}, van {starts} tot en ' +
    'met {ends}. Ja of nee? Antwoord voor {until} op {link}. Doet u niets, dan gebeurt er niets. Vragen: {call}.',
  'mandate_asked.voice':
    'Dit is {organisation}. {proxy} vraagt of die voor u mag regelen: {scopes}. Het gaat om contract {contracts}, van ' +
    '{starts} tot en met {ends}. Wilt u dit? Bel ons dan voor {until}: {call}. Doet u niets, dan gebeurt er niets.',
  'mandate_asked.body':
    '"{proxy}" vraagt of die voor u mag regelen:\n{scopes}\n\nHet gaat om contract:\n{contracts}\n\nVan {starts} tot en ' +
    'met {ends}.\n\nU bepaalt of dit mag. Log in en zeg ja of nee, voor {until}:\n{link}\n\nKent u "{proxy}" niet? Zeg dan ' +
    'nee. Doet u niets, dan gebeurt er niets. Heeft u vragen? Bel ons: {call}.',
  'mandate_asked.letter':
    '"{proxy}" vraagt of die voor u mag regelen:\n{scopes}\n\nHet gaat om contract:\n{contracts}\n\nVan {starts} tot en ' +
    'met {ends}.\n\nU bepaalt of dit mag. Wilt u dit? Bel ons dan voor {until}: {call}.\n\nKent u "{proxy}" niet, of wilt u ' +
    'dit niet? Dan hoeft u niets te doen: er gebeurt dan niets.',

  'mandate_changed.subject': 'Uw machtiging {mandateRef} bij {organisation}',
  'mandate_changed.sms':
    '{organisation}: machtiging {mandateRef} {reader, select, holder {aan} other {van}} "{other}" {change, select, ' +
    'granted {is gegeven} passed_on {is gegeven door iemand die u had gemachtigd} accepted {is aangenomen} changed {is veranderd} confirmed {is bevestigd} suspended {is ' +
    'tijdelijk gestopt} resumed {werkt weer} withdrawn {is ingetrokken} renounced {is neergelegd door de ' +
    'gemachtigde} ended {is gestopt, want er is iets veranderd in een leven} other {is door ons geweigerd}}, op {at}. Klopt dit niet? Bel ons meteen: {call}.',
  'mandate_changed.voice':
    'Dit is {organisation}. Uw machtiging {reader, select, holder {aan} other {van}} {other} {change, select, ' +
    'granted {is gegeven} passed_on {is gegeven door iemand die u had gemachtigd} accepted {is aangenomen} changed {is veranderd} confirmed {is bevestigd} suspended {is ' +
    'tijdelijk gestopt} resumed {werkt weer} withdrawn {is ingetrokken} renounced {is neergelegd door de ' +
    'gemachtigde} ended {is gestopt, want er is iets veranderd in een leven} other {is door ons geweigerd}}, op {at}. Het nummer van de machtiging is {mandateRef}. Klopt dit ' +
    'niet? Bel ons dan meteen: {call}.',
  'mandate_changed.body':
    'De machtiging {mandateRef} {reader, select, holder {aan} other {van}} "{other}" {change, select, granted {is ' +
    'gegeven} passed_on {is gegeven door iemand die u had gemachtigd} accepted {is aangenomen} changed {is veranderd} confirmed {is bevestigd} suspended {is tijdelijk ' +
    'gestopt} resumed {werkt weer} withdrawn {is ingetrokken} renounced {is neergelegd door de gemachtigde} ended {is gestopt, want er is iets veranderd in een leven} other ' +
    '{is door ons geweigerd}}. Dat was op {at}.\n\nKlopt dit niet? Bel ons dan meteen: {call}.',

  'mandate_ending.subject': 'Machtiging {mandateRef} bij {organisation} stopt bijna',
  'mandate_ending.sms':
    '{organisation}: machtiging {mandateRef} {reader, select, holder {aan} other {van}} "{other}" stopt na {ends}. ' +
    '{reader, select, holder {Moet die langer gelden? Regel het op {link}.} other {Moet u daarna nog iets regelen? Vraag ' +
    'of de machtiging langer mag gelden.}} Anders hoeft u niets te doen. Vragen: {call}.',
  'mandate_ending.voice':
    'Dit is {organisation}. Uw machtiging {reader, select, holder {aan} other {van}} {other} stopt na {ends}. {reader, ' +
    'select, holder {Moet die langer gelden? Bel ons dan: {call}.} other {Moet u daarna nog iets regelen? Vraag dan of de ' +
    'machtiging langer mag gelden.}} Anders hoeft u niets te doen. Het nummer van de machtiging is {mandateRef}.',
  'mandate_ending.body':
    'De machtiging {mandateRef} {reader, select, holder {aan} other {van}} "{other}" stopt vanzelf na {ends}.\n\n' +
    '{reader, select, holder {Moet de machtiging langer gelden? Log in en kies een andere dag:} other {Moet u daarna nog ' +
    'iets regelen? Vraag dan of de machtiging langer mag gelden. Hier ziet u wat u nu mag:}}\n{link}\n\nWilt u dat de ' +
    'machtiging stopt? Dan hoeft u niets te doen. Heeft u vragen? Bel ons: {call}.',
  'mandate_ending.letter':
    'De machtiging {mandateRef} {reader, select, holder {aan} other {van}} "{other}" stopt vanzelf na {ends}.\n\n' +
    '{reader, select, holder {Moet de machtiging langer gelden? Bel ons dan: {call}.} other {Moet u daarna nog iets ' +
    'regelen? Vraag dan of de machtiging langer mag gelden. Heeft u vragen? Bel ons: {call}.}}\n\nWilt u dat de machtiging ' +
    'stopt? Dan hoeft u niets te doen.',

  'contact_changed.subject': 'Uw gegevens bij {organisation} zijn veranderd',
  'contact_changed.sms':
    '{organisation}: uw {kind, select, phone {telefoonnummer} email {e-mailadres} other {postadres}} bij ons is ' +
    'veranderd op {at}. Heeft u dit niet gedaan? Bel ons meteen: {call}.',
  'contact_changed.voice':
    'Dit is {organisation}. Uw {kind, select, phone {telefoonnummer} email {e-mailadres} other {postadres}} bij ons is ' +
    'veranderd op {at}. Heeft u dit niet gedaan? Bel ons dan meteen: {call}.',
  'contact_changed.body':
    'Uw {kind, select, phone {telefoonnummer} email {e-mailadres} other {postadres}} bij ons is veranderd op {at}.\n\n' +
    'Heeft u dit zelf gedaan? Dan hoeft u niets te doen. Naar nieuwe gegevens sturen wij de eerste tijd geen codes.' +
    '\n\nHeeft u dit niet gedaan? Bel ons dan meteen: {call}.',

  'authenticator_changed.subject': 'Uw app met codes bij {organisation} is veranderd',
  'authenticator_changed.sms':
    '{organisation}: op {at} is een app met codes {change, select, added {aan u gekoppeld. Na 7 dagen weten wij met die ' +
    'codes dat u het bent} added_at_once {aan u gekoppeld. U kunt ermee inloggen} other {van u losgekoppeld}}. Heeft u dit niet gedaan? Bel ons meteen: {call}.',
  'authenticator_changed.voice':
    'Dit is {organisation}. Op {at} is een app met codes {change, select, added {aan u gekoppeld. Na 7 dagen weten wij ' +
    'met die codes dat u het bent} added_at_once {aan u gekoppeld. U kunt ermee inloggen} other {van u losgekoppeld}}. Heeft u dit niet gedaan? Bel ons dan meteen: {call}.',
  'authenticator_changed.body':
    'Op {at} is een app met codes {change, select, added {aan u gekoppeld. Na 7 dagen weten wij met die codes dat u het ' +
    'bent} added_at_once {aan u gekoppeld. U kunt ermee inloggen, en aan de telefoon laten weten dat u het bent} other {van u losgekoppeld}}.\n\nHeeft u dit zelf gedaan? Dan hoeft u niets te doen.\n\nHeeft u dit niet ' +
    'gedaan? Bel ons dan meteen: {call}.',

  'passkey_changed.subject': 'Uw toegangssleutel bij {organisation}',
  'passkey_changed.sms':
    '{organisation}: op {at} is een toegangssleutel (passkey) {change, select, added {toegevoegd. Daarmee kan iemand als u ' +
    'inloggen} other {verwijderd}}. Heeft u dit niet gedaan? Bel ons meteen: {call}.',
  'passkey_changed.voice':
    'Dit is {organisation}. Op {at} is een toegangssleutel {change, select, added {toegevoegd. Daarmee kan iemand als u ' +
    'inloggen} other {verwijderd}}. Heeft u dit niet gedaan? Bel ons dan meteen: {call}.',
  'passkey_changed.body':
    'Op {at} is een toegangssleutel (passkey) {change, select, added {toegevoegd. Daarmee kan iemand als u inloggen} other ' +
    '{verwijderd}}.\n\nHeeft u dit zelf gedaan? Dan hoeft u niets te doen.\n\nHeeft u dit niet gedaan? Bel ons dan ' +
    'meteen: {call}.',

  'blocked.subject': 'U heeft iemand geblokkeerd bij {organisation}',
  'blocked.sms':
    '{organisation}: u heeft "{caller}" geblokkeerd op {at}. Wij doen niets meer voor deze persoon namens u. Klopt dit ' +
    'niet, of wilt u het terugdraaien? Bel ons: {call}.',
  'blocked.voice':
    'Dit is {organisation}. U heeft {caller} geblokkeerd op {at}. Wij doen niets meer voor deze persoon namens u. ' +
    'Klopt dit niet, of wilt u het terugdraaien? Bel ons: {call}.',
  'blocked.body':
    'U heeft "{caller}" geblokkeerd op {at}. Wij doen niets meer voor deze persoon namens u.\n\nKlopt dit niet, of ' +
    'wilt u het terugdraaien? Bel ons: {call}.',

  'assisted.subject': 'Dit deden wij voor u bij {organisation}',
  'assisted.sms':
    '{organisation}: op {at} deed onze medewerker {agent} dit voor u: {titles}. Klopt dit niet? Bel ons meteen: {call}.',
  'assisted.voice':
    'Dit is {organisation}. Op {at} deed onze medewerker {agent} dit voor u. {titles}. Klopt dit niet? Bel ons dan meteen: ' +
    '{call}.',
  'assisted.body':
    'Op {at} had u contact met ons. Onze medewerker {agent} deed toen dit voor u.\n\n{acts}\n\nKlopt er iets niet, of was u ' +
    'dit niet? Bel ons dan meteen: {call}. Bewaar dit bericht.',

  'unblocked.subject': 'U blokkeert iemand niet meer bij {organisation}',
  'unblocked.sms':
    '{organisation}: "{caller}" is niet meer geblokkeerd sinds {at}. Machtigingen van u aan deze persoon gelden weer. ' +
    'Klopt dit niet? Bel ons meteen: {call}.',
  'unblocked.voice':
    'Dit is {organisation}. {caller} is niet meer geblokkeerd sinds {at}. Machtigingen van u aan deze persoon gelden ' +
    'weer. Klopt dit niet? Bel ons dan meteen: {call}.',
  'unblocked.body':
    '"{caller}" is niet meer geblokkeerd sinds {at}. Machtigingen van u aan deze persoon gelden weer.\n\nKlopt dit ' +
    'niet? Bel ons dan meteen: {call}.',

  'life_event.subject': 'Er is iets over u veranderd bij {organisation}',
  'life_event.sms':
    '{organisation}: op {at} {stage, select, reported {is bij ons gemeld} reversed {is bij ons teruggenomen en geldt niet meer (machtigingen die zijn gestopt, blijven gestopt)} other {is bij ons vastgelegd}}: {event, select, death {een overlijden} curatele {dat u onder curatele staat} bewind {dat iemand uw geld beheert (bewind)} mentorschap {dat iemand over uw zorg beslist (mentorschap)} bankruptcy {een faillissement} debt_rescheduling {een schuldsanering (WSNP)} separation {een scheiding} other {dat u 18 bent geworden}}.{event, select, separation { Kijk aan wie u een machtiging gaf, en stop wat niet meer klopt.} other {}} Klopt dit niet? Bel ons meteen: {call}.',
  'life_event.voice':
    'Dit is {organisation}. Op {at} {stage, select, reported {is bij ons gemeld} reversed {is bij ons teruggenomen en geldt niet meer (machtigingen die zijn gestopt, blijven gestopt)} other {is bij ons vastgelegd}}: {event, select, death {een overlijden} curatele {dat u onder curatele staat} bewind {dat iemand uw geld beheert (bewind)} mentorschap {dat iemand over uw zorg beslist (mentorschap)} bankruptcy {een faillissement} debt_rescheduling {een schuldsanering (WSNP)} separation {een scheiding} other {dat u 18 bent geworden}}.{event, select, separation { Kijk aan wie u een machtiging gaf, en stop wat niet meer klopt.} other {}} Klopt dit niet? Bel ons dan meteen: {call}.',
  'life_event.body':
    'Op {at} {stage, select, reported {is bij ons gemeld} reversed {is bij ons teruggenomen en geldt niet meer (machtigingen die zijn gestopt, blijven gestopt)} other {is bij ons vastgelegd}}: {event, select, death {een overlijden} curatele {dat u onder curatele staat} bewind {dat iemand uw geld beheert (bewind)} mentorschap {dat iemand over uw zorg beslist (mentorschap)} bankruptcy {een faillissement} debt_rescheduling {een schuldsanering (WSNP)} separation {een scheiding} other {dat u 18 bent geworden}}.{event, select, separation { Kijk aan wie u een machtiging gaf, en stop wat niet meer klopt.} other {}}\n\n{stage, select, reported {Tot er bewijs is, doen wij maar weinig voor u en voor wie u machtigde.} other {}}\n\nKlopt dit niet? Bel ons dan meteen: {call}.',
  'representation.subject': 'Iemand regelt volgens de wet zaken voor een ander bij {organisation}',
  'representation.sms':
    '{organisation}: {reader, select, holder {"{other}" staat} other {u staat}} {change, select, recorded {vastgelegd} other {niet meer vastgelegd}} als {representation, select, curatele {curator} bewind {bewindvoerder} mentorschap {mentor} parental_authority {ouder of voogd} executor {executeur} other {bewindvoerder of curator bij schulden}} {reader, select, holder {voor u} other {voor "{other}"}}, sinds {at}. Klopt dit niet? Bel ons meteen: {call}.',
  'representation.voice':
    'Dit is {organisation}. {reader, select, holder {{other} staat} other {U staat}} {change, select, recorded {vastgelegd} other {niet meer vastgelegd}} als {representation, select, curatele {curator} bewind {bewindvoerder} mentorschap {mentor} parental_authority {ouder of voogd} executor {executeur} other {bewindvoerder of curator bij schulden}} {reader, select, holder {voor u} other {voor {other}}}, sinds {at}. Klopt dit niet? Bel ons dan meteen: {call}.',
  'representation.body':
    '{reader, select, holder {"{other}" staat} other {U staat}} {change, select, recorded {vastgelegd} other {niet meer vastgelegd}} als {representation, select, curatele {curator} bewind {bewindvoerder} mentorschap {mentor} parental_authority {ouder of voogd} executor {executeur} other {bewindvoerder of curator bij schulden}} {reader, select, holder {voor u} other {voor "{other}"}}, sinds {at}.\n\nKlopt dit niet? Bel ons dan meteen: {call}.',
};

export type MessageKey = keyof typeof nl;
/** Both catalogues hold the same keys: a text that is missing in one language doesn't compile. */
export type Catalogue = Readonly<Record<MessageKey, string>>;
