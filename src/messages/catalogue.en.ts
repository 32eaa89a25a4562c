import type { Catalogue } from './catalogue.nl.ts';

/** Every text that leaves this service, in English at reading level B1. See the Dutch one for the rules. */
export const en: Catalogue = {
  greeting: 'Dear {name},',
  greeting_unnamed: 'Dear customer,',
  closing: 'Kind regards,',
  phone_line: 'Phone: {phone}',
  email_line: 'E-mail: {email}',
  letter_date: 'Date: {date}',
  letter_reference: 'Our reference: {reference}',
  letter_page: 'Page {page} of {pages}',
  yes: 'yes',
  no: 'no',
  more: 'and {count} more',
  clock: '{time} (Amsterdam time)',
  moment: '{date} at {time} (Amsterdam time)',

  'action_code.subject': 'Your code from {organisation}',
  'action_code.sms':
    'Code {code}. {organisation}: {caller, select, recipient {you ask us yourself} named {"{callerName}" asks us on {behalf} behalf} other {somebody we do not know asks us}}: {actions}. Employee: {agent}. {shortened, select, yes {Not ' +
    'everything fits here: read the page first. } other {}}Works until {until}. Give the code only if you want this. ' +
    'We never call or mail you for this code. Say no: {link}',
  'action_code.voice':
    'This is {organisation}. {caller, select, recipient {You ask us yourself} named {{callerName} asks us on {behalf} behalf} other {Somebody we do not know asks us}} the following. {actions}. Our employee is {agent}. Your code is: ' +
    '{spokenCode}. I repeat: {spokenCode}. The code works until {until}. Give the code only if you want this. We never ' +
    'ask you for this code ourselves. Do you not want this? Then give the code to nobody and call us: {call}.',
  'action_code.body':
    'Your code is {code}.\n\n{caller, select, recipient {You ask us yourself} named {"{callerName}" asks us on {behalf} behalf} other {Somebody we do not know asks us}} to do this:\n{actions}\n\nOur employee is {agent}. The code works ' +
    'until {until}.\n\nDo you want this?\n{caller, select, recipient {Then read the code to our employee.} other {Then ' +
    'give the code to the person who arranges this for you.}} You can also enter the code yourself on this page:\n' +
    '{link}\n\nDo you not want this?\nThen give the code to nobody. Say no on the same page, or call us: {call}.\n\n' +
    'Please note: give the code only if you want this yourself. We never call or mail you to ask for this code.',

  'action_question.subject': 'A question from {organisation} to you',
  'action_question.sms':
    '{organisation}: {caller, select, recipient {you ask us yourself} named {"{callerName}" asks us on {behalf} behalf} other {somebody we do ' +
    'not know asks us}}: {actions}. Employee: {agent}. {shortened, select, yes {Not everything fits here: read the page first. } ' +
    'other {}}Yes or no? Sign in strongly and answer before {until}: {link}. Questions: {call}.',
  'action_question.voice':
    'This is {organisation}. {caller, select, recipient {You ask us yourself} named {{callerName} asks us on {behalf} behalf} other {Somebody ' +
    'we do not know asks us}} the following. {actions}. Our employee is {agent}. Only you can say yes, by signing in with a passkey ' +
    'or your app with codes. You can do that until {until}. Do you not want this? Then do nothing, or call us: {call}.',
  'action_question.body':
    '{caller, select, recipient {You ask us yourself} named {"{callerName}" asks us on {behalf} behalf} other {Somebody we do not know asks ' +
    'us}} to do this:\n{actions}\n\nOur employee is {agent}. A code is too weak for this question.\n\nDo you want this?\nThen sign ' +
    'in with a passkey or your app with codes, and say yes before {until}:\n{link}\n\nDo you not want this?\nSay no on the same ' +
    'page, or call us: {call}. If you do nothing, nothing happens.',

  'mandate_code.subject': 'Your code for a mandate at {organisation}',
  'mandate_code.sms':
    'Code {code}. {organisation}: you authorise "{proxy}"{isPassedOn, select, yes { on behalf of "{holder}"} other {}} for: {scopes}. Contract: {contracts}. From {starts} up to and including {ends}. ' +
    'Mandate {mandateRef}. {passOn, select, yes {They may also have somebody else do it. } other {}}{asker, select, self {You asked for this yourself on My mandates.} contact {Another contact person asks for this.} other {Employee: {agent}.}} ' +
    '{shortened, select, yes {Not everything fits here: read the page first. } other {}}Works until {until}. {asker, select, ' +
    'self {Type the code yourself, and give it to nobody.} other {Give the code only if you want this.}} We never call or ' +
    'mail you for this code. Say no: {link}',
  'mandate_code.voice':
    'This is {organisation}. You authorise {proxy}{isPassedOn, select, yes { on behalf of {holder}} other {}} for: {scopes}. Contract: {contracts}. From {starts} up to and including {ends}. {passOn, select, yes {They may also have somebody else do it. } other {}}{asker, ' +
    'select, self {You asked for this yourself on My mandates.} contact {Another contact person asks for this.} other {Our employee is {agent}.}} Your code is: ' +
    '{spokenCode}. I repeat: {spokenCode}. The code works until {until}. {asker, select, self {Type the code yourself, and ' +
    'give it to nobody.} other {Give the code only if you want this.}} We never ask you for this code ourselves. Do you not ' +
    'want this? Then give the code to nobody and call us: {call}.',
  'mandate_code.body':
    'Your code is {code}.\n\nWith this code you authorise "{proxy}". They may then arrange for {isPassedOn, select, yes {"{holder}"} other {you}}:\n{scopes}\n\nFor this contract or these contracts:\n{contracts}\n\nThe ' +
    'mandate {mandateRef} is valid from {starts} up to and including {ends}. {passOn, select, yes {They may also have somebody else do it. } other {}}{asker, select, self {You asked for this ' +
    'yourself on My mandates.} contact {Another contact person asks for this.} other {Our employee is {agent}.}} The code works until {until}.\n\nDo you want this?\n' +
    '{asker, select, self {Then enter the code yourself on My mandates, or on this page:} other {Then give the code to our ' +
    'employee, or enter it yourself on this page:}}\n' +
    '{link}\n\nDo you not want this?\nThen give the code to nobody. Say no on the same page, or call us: {call}.\n\n' +
    'Please note: give the code only if you want this yourself. We never call or mail you to ask for this code.',
  'mandate_code.letter':
    'Your code is {code}.\n\nWith this code you authorise "{proxy}". They may then arrange for {isPassedOn, select, yes {"{holder}"} other {you}}:\n{scopes}\n\nFor ' +
    'this contract or these contracts:\n{contracts}\n\nThe mandate {mandateRef} is valid from {starts} up to and ' +
    'including {ends}. {passOn, select, yes {They may also have somebody else do it. } other {}}{asker, select, self {You asked for this yourself on My mandates.} contact {Another contact person asks for this.} other {Our employee is ' +
    '{agent}.}} The code works until {until}.\n\nDo you want this?\n{asker, select, self {Then enter the code yourself on ' +
    'My mandates, at mandate {mandateRef}. Or call us: {call}.} other {Then call us: {call}.}} Tell us the number of the ' +
    'mandate and give the code to our employee.\n\nDo you not want this?\nThen give ' +
    'the code to nobody. Say no: call us on {call}, or write us a letter.\n\nPlease note: give the code only if you want ' +
    'this yourself. We never call or mail you to ask for this code.',

  'verification_code.subject': 'Your code from {organisation}',
  'verification_code.sms':
    'Code {code}. {organisation}: you are now in contact with our employee {agent}. Give the code, then we know that ' +
    'it is you. Works until {until}. Not in contact with us now? Give the code to nobody. We never call or mail you ' +
    'for this code. Not you? {link}',
  'verification_code.voice':
    'This is {organisation}. You are now in contact with our employee {agent}. With this code we know that it is you. ' +
    'Your code is: {spokenCode}. I repeat: {spokenCode}. The code works until {until}. Did you not contact us ' +
    'yourself? Then give the code to nobody and call us: {call}. We never ask for this code of our own accord.',
  'verification_code.body':
    'Your code is {code}.\n\nYou are now in contact with our employee {agent}. Give the code to the employee, then we ' +
    'know that it is you. The code works until {until}. This code does not yet give permission for anything.\n\nAre ' +
    'you not in contact with us now?\nThen give the code to nobody. Tell us on this page, or call us: {call}.\n{link}' +
    '\n\nPlease note: we never call or mail you to ask for this code.',
  'verification_code.letter':
    'Your code is {code}.\n\nYou asked our employee {agent} for this letter. Call us on {call} and read the code out to our ' +
    'employee. Then we know that it is you, also when you call with a telephone that we do not know. The code works once, ' +
    'until {until}. This code does not yet give permission for anything.\n\nDid you not ask for this letter?\nThen give the ' +
    'code to nobody. Let us know: call {call}, or write us a letter.\n\nPlease note: we never call or mail you to ask for ' +
    'this code.',

  'sign_in_code.subject': 'Your code to sign in at {organisation}',
  'sign_in_code.sms':
    'Code {code}. {organisation}: with this you sign in to My mandates. Works until {until}. Only type the code yourself on ' +
    'our page. Give the code to nobody. We never ask you for this code. Do you not want to sign in? Then do nothing. Questions: {call}.',
  'sign_in_code.voice':
    'This is {organisation}. With this code you sign in to My mandates. Your code is: {spokenCode}. I repeat: ' +
    '{spokenCode}. The code works until {until}. Only type the code yourself on our page. Give the code to nobody. We never ' +
    'ask you for this code. Do you not want to sign in? Then you need not do anything. Do you have questions? Call us: {call}.',
  'sign_in_code.body':
    'Your code is {code}.\n\nWith this code you sign in to My mandates. Type the code on the page where you asked for it. ' +
    'The code works until {until}.\n\nDo you not want to sign in?\nThen you need not do anything. Without the code ' +
    'nobody can sign in.\n\nPlease note: give the code to nobody, not to us either. We never ask you for this code. Do ' +
    'you have questions? Call us: {call}.',

  'contact_code.subject': 'Your code to change your details at {organisation}',
  'contact_code.sms':
    'Code {code}. {organisation}: {reader, select, new {show with this code that this message really reaches you} other ' +
    '{somebody who {asker, select, self {is signed in as you} other {is in contact with us now}} wants to {change, select, added {add} other {remove}} the {kind, select, phone {phone ' +
    'number that ends in} email {e-mail address} other {postal address that begins with}} {masked}}}. Works until {until}. ' +
    '{asker, select, self {Type the code yourself, on My mandates alone. We never ask you for this code.} other {Read the code out ' +
    'to our employee {agent} alone. We never call or mail you to ask for this code.}} Not you? Call us at once: {call}.',
  'contact_code.voice':
    'This is {organisation}. {reader, select, new {Show with this code that we really reach you here} other {Somebody who ' +
    '{asker, select, self {is signed in as you} other {is in contact with us now}} wants to {change, select, added {add} other {remove}} the {kind, select, phone {phone number that ends ' +
    'in} email {e-mail address} other {postal address that begins with}} {masked}}}. Your code is: {spokenCode}. I repeat: ' +
    '{spokenCode}. The code works until {until}. {asker, select, self {Type the code yourself, on My mandates alone. We never ask ' +
    'you for this code.} other {Read the code out to our employee {agent} alone. We never call or mail you to ask for this code.}} ' +
    'Is it not you who does this? Then give the code to nobody and call us at once: {call}.',
  'contact_code.body':
    'Your code is {code}.\n\n{reader, select, new {Somebody gave us this address as theirs. Is that you? Then show it with this ' +
    'code.} other {{asker, select, self {Somebody who is signed in as you on My mandates} other {Somebody who was in contact with us}} wants to {change, select, added {add} other {remove}} this: ' +
    '{kind, select, phone {phone number that ends in} email {e-mail address} other {postal address that begins with}} ' +
    '{masked}.}} The code works until {until}.\n\nIs it you who does this?\n{asker, select, self {Then type the code on the page where you asked for it.} other {Then read it out to our employee ' +
    '{agent}. Do you no longer talk to them? Then call us: {call}.}}\n\nIs it not you?\nThen give the code to nobody and call us at ' +
    'once: {call}.\n\nPlease note: {asker, select, self {we never ask you for this code} other {we never call or mail you to ask for ' +
    'this code}}.',

  'acceptance_code.subject': 'Code for your mandate at {organisation}',
  'acceptance_code.sms':
    'Code {code}. {organisation}: give this code to "{proxy}" if they may arrange for {isPassedOn, select, yes {"{holder}"} other {you}}: {scopes}. Contract: {contracts}. Up to and ' +
    'including {ends}. Mandate {mandateRef}. Works until {until}. Give the code to nobody else. We never ask you for ' +
    'this code. Do you not want this? Keep the code to yourself and call {call}.',
  'acceptance_code.voice':
    'This is {organisation}. {proxy} may arrange for {isPassedOn, select, yes {{holder}} other {you}}: {scopes}. Contract: {contracts}. Up to and including {ends}. Give this person the code if you want that. The ' +
    'code is: {spokenCode}. I repeat: {spokenCode}. The code works until {until}. Give the code to nobody else. We ' +
    'never ask you for this code. Do you not want this? Then keep the code to yourself and call us: {call}.',
  'acceptance_code.body':
    'The code is {code}.\n\n"{proxy}" may arrange for {isPassedOn, select, yes {"{holder}"} other {you}}:\n{scopes}\n\nFor this contract or these contracts:\n{contracts}\n\nThe mandate {mandateRef} is valid up to and ' +
    'including {ends}.\n\nDo you want this?\nThen give the code to "{proxy}" yourself. They accept the mandate with ' +
    'it. The code works until {until}.\n\nDo you not want this?\nThen keep the code to yourself and call us: {call}.' +
    '\n\nPlease note: give the code to nobody else. We never call or mail you to ask for this code.',

  'invitation.subject': 'Will you arrange something for another person at {organisation}?',
  'invitation.sms':
    '{organisation}: "{giver}" asks you to arrange for {isPassedOn, select, yes {"{holder}"} other {them}}: {scopes}. From {starts} up to and including {ends}. ' +
    'Mandate {mandateRef}. Do you want this? Ask "{giver}" for the code. Enter it before {acceptBefore} on {link} or give ' +
    'it to us. Do you not want this? Then do nothing. Questions: {call}.',
  'invitation.voice':
    'This is {organisation}. {giver} asks you to arrange for {isPassedOn, select, yes {{holder}} other {them}}: {scopes}. From {starts} up to and including ' +
    '{ends}. The number of the mandate is {mandateRef}. Do you want this? Ask {giver} for the code and give it to us ' +
    'before {acceptBefore}. Do you not want this? Then do nothing. Do you have questions? Call us: {call}.',
  'invitation.body':
    '"{giver}" asks you to arrange for {isPassedOn, select, yes {"{holder}"} other {them}}:\n{scopes}\n\nThe mandate {mandateRef} is valid from {starts} up to and ' +
    'including {ends}.\n\nDo you want this?\nAsk "{giver}" for the code. Enter it before {acceptBefore} on this page:\n' +
    '{link}\nYou can also give us the code. Then also tell us the number of the mandate.\n\nDo you not want this?\nThen ' +
    'you do not have to do anything. Do you have questions? Call us: {call}.',
  'invitation.letter':
    '"{giver}" asks you to arrange for {isPassedOn, select, yes {"{holder}"} other {them}}:\n{scopes}\n\nThe mandate {mandateRef} is valid from {starts} up to and ' +
    'including {ends}.\n\nDo you want this?\nAsk "{giver}" for the code and give it to us before {acceptBefore}. ' +
    'Also tell us the number of the mandate.\n\nDo you not want this?\nThen you do not have to do anything. Do you ' +
    'have questions? Call us: {call}.',

  'action_executed.subject': 'This is what we did for you at {organisation}',
  'action_executed.sms':
    '{organisation}: done on {at}: {actions}. Asked by {caller, select, recipient {yourself} named {"{callerName}"} ' +
    'other {somebody we do not know}}. Employee: {agent}. Is this not right? Call us at once: {call}.',
  'action_executed.voice':
    'This is {organisation}. On {at} we did this. {actions}. It was asked by {caller, select, recipient {yourself} ' +
    'named {{callerName}} other {somebody we do not know}}. Our employee was {agent}. Is this not right? Then call us ' +
    'at once: {call}.',
  'action_executed.body':
    'On {at} we did this:\n{actions}\n\nIt was asked by {caller, select, recipient {yourself} named {"{callerName}"} ' +
    'other {somebody we do not know}}. Our employee was {agent}.\n\nIs this not right? Then call us at once: {call}.',

  'statement_corrected.subject': 'What we said before is not right – {organisation}',
  'statement_corrected.sms':
    '{organisation}: on {at} our employee {agent} said something about your contract that is not right. This is right: {right}. ' +
    'Questions? Call us: {call}.',
  'statement_corrected.voice':
    'This is {organisation}. On {at} our employee {agent} said something about your contract that is not right. This is right. ' +
    '{right}. Do you have questions? Then call us: {call}.',
  'statement_corrected.body':
    'On {at} there was contact about your contract. Our employee {agent} then said something that is not right.\n\nThis is ' +
    'right:\n{right}\n\nDo you have questions, or is this not right either? Then call us: {call}. Keep this message.',

  'mandate_asked.subject': 'Somebody wants to arrange something for you at {organisation}',
  'mandate_asked.sms':
    '{organisation}: "{proxy}" asks whether they may arrange for you: {scopes}, for contract {contracts}, from {starts} up to ' +
    'and including {ends}. Yes or no? Answer before {until} on {link}. If you do nothing, nothing happens. Questions: {call}.',
  'mandate_asked.voice':
    'This is {organisation}. {proxy} asks whether they may arrange for you: {scopes}. It is about contract {contracts}, from ' +
    '{starts} up to and including {ends}. Do you want this? Then call us before {until}: {call}. If you do nothing, nothing ' +
    'happens.',
  'mandate_asked.body':
    '"{proxy}" asks whether they may arrange for you:\n{scopes}\n\nIt is about contract:\n{contracts}\n\nFrom {starts} up to ' +
    'and including {ends}.\n\nYou decide whether they may. Sign in and say yes or no, before {until}:\n{link}\n\nDo you not ' +
    'know "{proxy}"? Then say no. If you do nothing, nothing happens. Do you have questions? Call us: {call}.',
  'mandate_asked.letter':
    '"{proxy}" asks whether they may arrange for you:\n{scopes}\n\nIt is about contract:\n{contracts}\n\nFrom {starts} up to ' +
    'and including {ends}.\n\nYou decide whether they may. Do you want this? Then call us before {until}: {call}.\n\nDo you ' +
    'not know "{proxy}", or do you not want this? Then you need not do anything: nothing happens then.',

  'mandate_changed.subject': 'Your mandate {mandateRef} at {organisation}',
  'mandate_changed.sms':
    '{organisation}: mandate {mandateRef} {reader, select, holder {to} other {from}} "{other}" {change, select, ' +
    'granted {was given} passed_on {was given by somebody whom you had authorised} accepted {was accepted} changed {was changed} confirmed {was confirmed} suspended {was ' +
    'stopped for now} resumed {works again} withdrawn {was withdrawn} renounced {was laid down by the proxy} ended {has ended, as something changed in a life} other ' +
    '{was refused by us}}, on {at}. Is this not right? Call us at once: {call}.',
  'mandate_changed.voice':
    'This is {organisation}. Your mandate {reader, select, holder {to} other {from}} {other} {change, select, ' +
    'granted {was given} passed_on {was given by somebody whom you had authorised} accepted {was accepted} changed {was changed} confirmed {was confirmed} suspended {was ' +
    'stopped for now} resumed {works again} withdrawn {was withdrawn} renounced {was laid down by the proxy} ended {has ended, as something changed in a life} other ' +
    '{was refused by us}}, on {at}. The number of the mandate is {mandateRef}. Is this not right? Then call us at ' +
    'once: {call}.',
  'mandate_changed.body':
    'The mandate {mandateRef} {reader, select, holder {to} other {from}} "{other}" {change, select, granted {was ' +
    'given} passed_on {was given by somebody whom you had authorised} accepted {was accepted} changed {was changed} confirmed {was confirmed} suspended {was stopped for now} ' +
    'resumed {works again} withdrawn {was withdrawn} renounced {was laid down by the proxy} ended {has ended, as something changed in a life} other {was refused by ' +
    'us}}. That was on {at}.\n\nIs this not right? Then call us at once: {call}.',

  'mandate_ending.subject': 'Mandate {mandateRef} at {organisation} is about to end',
  'mandate_ending.sms':
    '{organisation}: mandate {mandateRef} {reader, select, holder {to} other {from}} "{other}" ends after {ends}. ' +
    '{reader, select, holder {Should it count longer? Arrange it at {link}.} other {Do you have to arrange things after ' +
    'that? Ask whether it may count longer.}} Otherwise you do not have to do anything. Questions: {call}.',
  'mandate_ending.voice':
    'This is {organisation}. Your mandate {reader, select, holder {to} other {from}} {other} ends after {ends}. {reader, ' +
    'select, holder {Should it count longer? Then call us: {call}.} other {Do you have to arrange things after that? Then ' +
    'ask whether it may count longer.}} Otherwise you do not have to do anything. The number of the mandate is {mandateRef}.',
  'mandate_ending.body':
    'The mandate {mandateRef} {reader, select, holder {to} other {from}} "{other}" ends by itself after {ends}.\n\n' +
    '{reader, select, holder {Should the mandate count longer? Sign in and choose another day:} other {Do you have to ' +
    'arrange things after that? Then ask whether the mandate may count longer. Here you see what you may do now:}}\n' +
    '{link}\n\nDo you want the mandate to end? Then you do not have to do anything. Do you have questions? Call us: {call}.',
  'mandate_ending.letter':
    'The mandate {mandateRef} {reader, select, holder {to} other {from}} "{other}" ends by itself after {ends}.\n\n' +
    '{reader, select, holder {Should the mandate count longer? Then call us: {call}.} other {Do you have to arrange ' +
    'things after that? Then ask whether the mandate may count longer. Do you have questions? Call us: {call}.}}\n\nDo you ' +
    'want the mandate to end? Then you do not have to do anything.',

  'contact_changed.subject': 'Your details at {organisation} have changed',
  'contact_changed.sms':
    '{organisation}: your {kind, select, phone {phone number} email {e-mail address} other {postal address}} with us ' +
    'was changed on {at}. Did you not do this? Call us at once: {call}.',
  'contact_changed.voice':
    'This is {organisation}. Your {kind, select, phone {phone number} email {e-mail address} other {postal address}} ' +
    'with us was changed on {at}. Did you not do this? Then call us at once: {call}.',
  'contact_changed.body':
    'Your {kind, select, phone {phone number} email {e-mail address} other {postal address}} with us was changed on ' +
    '{at}.\n\nDid you do this yourself? Then you do not have to do anything. For some time we send no codes to new ' +
    'details.\n\nDid you not do this? Then call us at once: {call}.',

  'authenticator_changed.subject': 'Your app with codes at {organisation} has changed',
  'authenticator_changed.sms':
    '{organisation}: on {at} an app with codes was {change, select, added {linked to you. After 7 days its codes tell ' +
    'us that it is you} added_at_once {linked to you. You can sign in with it} other {unlinked from you}}. Did you not do this? Call us at once: {call}.',
  'authenticator_changed.voice':
    'This is {organisation}. On {at} an app with codes was {change, select, added {linked to you. After 7 days its ' +
    'codes tell us that it is you} added_at_once {linked to you. You can sign in with it} other {unlinked from you}}. Did you not do this? Then call us at once: {call}.',
  'authenticator_changed.body':
    'On {at} an app with codes was {change, select, added {linked to you. After 7 days its codes tell us that it is ' +
    'you} added_at_once {linked to you. You can sign in with it} other {unlinked from you}}.\n\nDid you do this yourself? Then you do not have to do anything.\n\nDid you not ' +
    'do this? Then call us at once: {call}.',

  'passkey_changed.subject': 'Your passkey at {organisation}',
  'passkey_changed.sms':
    '{organisation}: on {at} a passkey was {change, select, added {added. With it somebody can sign in as you} other ' +
    '{removed}}. Did you not do this? Call us at once: {call}.',
  'passkey_changed.voice':
    'This is {organisation}. On {at} a passkey was {change, select, added {added. With it somebody can sign in as you} ' +
    'other {removed}}. Did you not do this? Then call us at once: {call}.',
  'passkey_changed.body':
    'On {at} a passkey was {change, select, added {added. With it somebody can sign in as you} other {removed}}.\n\nDid ' +
    'you do this yourself? Then you do not have to do anything.\n\nDid you not do this? Then call us at once: {call}.',

  'blocked.subject': 'You blocked somebody at {organisation}',
  'blocked.sms':
    '{organisation}: you blocked "{caller}" on {at}. We do nothing more for this person on your behalf. Is this not ' +
    'right, or do you want to undo it? Call us: {call}.',
  'blocked.voice':
    'This is {organisation}. You blocked {caller} on {at}. We do nothing more for this person on your behalf. Is this ' +
    'not right, or do you want to undo it? Call us: {call}.',
  'blocked.body':
    'You blocked "{caller}" on {at}. We do nothing more for this person on your behalf.\n\nIs this not right, or do ' +
    'you want to undo it? Call us: {call}.',

  'assisted.subject': 'This is what we did for you at {organisation}',
  'assisted.sms':
    '{organisation}: on {at} our employee {agent} did this for you: {titles}. Not right? Call us at once: {call}.',
  'assisted.voice':
    'This is {organisation}. On {at} our employee {agent} did this for you. {titles}. Is this not right? Then call us at once: ' +
    '{call}.',
  'assisted.body':
    'On {at} you were in contact with us. Our employee {agent} then did this for you.\n\n{acts}\n\nIs something not right, or ' +
    'was it not you? Then call us at once: {call}. Keep this message.',

  'unblocked.subject': 'You no longer block somebody at {organisation}',
  'unblocked.sms':
    '{organisation}: "{caller}" is no longer blocked since {at}. Mandates from you to this person count again. Is this ' +
    'not right? Call us at once: {call}.',
  'unblocked.voice':
    'This is {organisation}. {caller} is no longer blocked since {at}. Mandates from you to this person count again. Is ' +
    'this not right? Then call us at once: {call}.',
  'unblocked.body':
    '"{caller}" is no longer blocked since {at}. Mandates from you to this person count again.\n\nIs this not right? ' +
    'Then call us at once: {call}.',

  'life_event.subject': 'Something about you has changed at {organisation}',
  'life_event.sms':
    '{organisation}: on {at} {stage, select, reported {this was reported to us} reversed {this was taken back with us and counts no more (mandates that ended stay ended)} other {this was recorded by us}}: {event, select, death {a death} curatele {that you are under guardianship (curatele)} bewind {that somebody manages your money (bewind)} mentorschap {that somebody decides about your care (mentorschap)} bankruptcy {a bankruptcy} debt_rescheduling {debt rescheduling (WSNP)} separation {a divorce or separation} other {that you turned 18}}.{event, select, separation { Please look at whom you gave a mandate, and stop what is no longer right.} other {}} Is this not right? Call us at once: {call}.',
  'life_event.voice':
    'This is {organisation}. On {at} {stage, select, reported {this was reported to us} reversed {this was taken back with us and counts no more (mandates that ended stay ended)} other {this was recorded by us}}: {event, select, death {a death} curatele {that you are under guardianship (curatele)} bewind {that somebody manages your money (bewind)} mentorschap {that somebody decides about your care (mentorschap)} bankruptcy {a bankruptcy} debt_rescheduling {debt rescheduling (WSNP)} separation {a divorce or separation} other {that you turned 18}}.{event, select, separation { Please look at whom you gave a mandate, and stop what is no longer right.} other {}} Is this not right? Then call us at once: {call}.',
  'life_event.body':
    'On {at} {stage, select, reported {this was reported to us} reversed {this was taken back with us and counts no more (mandates that ended stay ended)} other {this was recorded by us}}: {event, select, death {a death} curatele {that you are under guardianship (curatele)} bewind {that somebody manages your money (bewind)} mentorschap {that somebody decides about your care (mentorschap)} bankruptcy {a bankruptcy} debt_rescheduling {debt rescheduling (WSNP)} separation {a divorce or separation} other {that you turned 18}}.{event, select, separation { Please look at whom you gave a mandate, and stop what is no longer right.} other {}}\n\n{stage, select, reported {Until there is proof we do only little for you and your proxies.} other {}}\n\nIs this not right? Then call us at once: {call}.',
  'representation.subject': 'Somebody acts for another person by law at {organisation}',
  'representation.sms':
    '{organisation}: {reader, select, holder {"{other}" is} other {you are}} {change, select, recorded {recorded} other {no longer recorded}} as {representation, select, curatele {guardian (curator)} bewind {manager of money (bewindvoerder)} mentorschap {mentor} parental_authority {parent or guardian of a child} executor {executor} other {manager of debts}} {reader, select, holder {for you} other {for "{other}"}}, since {at}. Is this not right? Call us at once: {call}.',
  'representation.voice':
    'This is {organisation}. {reader, select, holder {{other} is} other {You are}} {change, select, recorded {recorded} other {no longer recorded}} as {representation, select, curatele {guardian (curator)} bewind {manager of money (bewindvoerder)} mentorschap {mentor} parental_authority {parent or guardian of a child} executor {executor} other {manager of debts}} {reader, select, holder {for you} other {for {other}}}, since {at}. Is this not right? Then call us at once: {call}.',
  'representation.body':
    '{reader, select, holder {"{other}" is} other {You are}} {change, select, recorded {recorded} other {no longer recorded}} as {representation, select, curatele {guardian (curator)} bewind {manager of money (bewindvoerder)} mentorschap {mentor} parental_authority {parent or guardian of a child} executor {executor} other {manager of debts}} {reader, select, holder {for you} other {for "{other}"}}, since {at}.\n\nIs this not right? Then call us at once: {call}.',
};
