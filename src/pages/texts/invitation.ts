/** The page behind the link in an invitation. */
export const invitationTexts = {
  'invitation.title': { nl: 'Uitnodiging van {holder}', en: 'Invitation from {holder}' },
  'invitation.intro': {
    nl: '{holder} vraagt of u namens hen iets wilt regelen. Kent u {holder} niet, of verwachtte u dit niet? Doe dan niets.',
    en: '{holder} asks whether you want to arrange something in their name. Do you not know {holder}, or did you not expect this? Then do nothing.',
  },
  'invitation.intro_for': {
    nl: '{giver} vraagt of u iets wilt regelen namens {holder}. Kent u hen niet, of verwachtte u dit niet? Doe dan niets.',
    en: '{giver} asks whether you want to arrange something in the name of {holder}. Do you not know them, or did you not expect this? Then do nothing.',
  },
  'invitation.answer_before': { nl: 'Antwoord voor', en: 'Answer before' },
  'invitation.may': { nl: 'Wat u dan mag', en: 'What you may do then' },
  'invitation.sign_in_text': {
    nl: 'Wij kennen u al. Log eerst in. Daarna vult u de code in die {holder} van ons heeft gekregen.',
    en: 'We know you already. Sign in first. Then you enter the code that {holder} got from us.',
  },
  'invitation.sign_in': { nl: 'Inloggen en antwoorden', en: 'Sign in and answer' },
  'invitation.no_title': { nl: 'Wilt u dit niet?', en: 'Do you not want this?' },
  'invitation.no_text': {
    nl: 'Dan hoeft u niets te doen. De uitnodiging stopt vanzelf.',
    en: 'Then you need not do anything. The invitation ends by itself.',
  },
  'invitation.over_title': { nl: 'Deze uitnodiging is voorbij', en: 'This invitation is over' },
  'invitation.over_text': {
    nl: 'Misschien is de machtiging al aangenomen, is zij veranderd of ingetrokken, of is de tijd om. Log in om te zien welke machtigingen u heeft.',
    en: 'Perhaps the mandate was accepted already, was changed or withdrawn, or its time has passed. Sign in to see which mandates you have.',
  },
} as const;
