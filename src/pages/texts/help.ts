/** The self-service of whoever is on the line, used by the employee of the call. */
export const helpTexts = {
  'help.title': { nl: 'De eigen omgeving van de beller', en: 'The self-service of the caller' },
  'help.intro': {
    nl: 'Regel hier wat de beller vraagt. Doe niets wat de beller niet vraagt. Alles staat in het overzicht van de beller, en één brief vertelt het.',
    en: 'Do here what the caller asks for. Do nothing that they do not ask for. All of it is in their activity, and one letter tells them.',
  },
  'help.first': {
    nl: 'Herken eerst de beller: met een code naar het eigen nummer, of net zo sterk. Een nummer op het scherm is te weinig.',
    en: 'Identify the caller first: by a code to their own number, or as strongly. A number on the screen is too little.',
  },
  'help.begin': { nl: 'Begin', en: 'Begin' },
  'help.begin_again': { nl: 'Begin opnieuw, na een nieuwe code', en: 'Begin anew, after a new code' },
  'help.proved': {
    nl: 'De beller liet om {time} zien wie het is. Na tien minuten vragen sommige dingen een nieuwe code. Na een uur is dit voorbij.',
    en: 'The caller showed who they are at {time}. After ten minutes some things ask for a new code. After an hour this is over.',
  },
  'help.back': { nl: 'Terug naar het gesprek', en: 'Back to the call' },
  'help.pages': { nl: 'Wat de beller kan regelen', en: 'What the caller can arrange' },
  'help.look': {
    nl: 'Kijk alleen als de beller het vraagt. Elke keer staat in het overzicht.',
    en: 'Look only when the caller asks. Each look is in their activity.',
  },
  'help.register': {
    nl: 'Een machtiging geven: schrijf hem op. Een collega bekijkt hem, en de houder krijgt een code.',
    en: 'Giving a mandate: take it down. A colleague looks at it, and the holder gets a code.',
  },
  'help.given': { nl: 'Machtigingen die de beller gaf', en: 'Mandates that the caller gave' },
  'help.held': { nl: 'Machtigingen die de beller kreeg', en: 'Mandates that the caller got' },
  'help.questions': { nl: 'Vragen die op de beller wachten', en: 'Questions that wait for the caller' },
  'help.preferences': { nl: 'Voorkeuren van de beller', en: 'Preferences of the caller' },
  'help.activity': { nl: 'Overzicht van de beller', en: 'Activity of the caller' },
  'help.none': { nl: 'Er is niets.', en: 'There is nothing.' },
  'help.more': { nl: 'Volgende', en: 'Next' },

  'help.suspend': { nl: 'Stop tijdelijk', en: 'Stop for now' },
  'help.resume': { nl: 'Zet weer aan', en: 'Switch on again' },
  'help.withdraw': { nl: 'Trek in', en: 'Withdraw' },
  'help.sure': { nl: 'De beller wil dit voorgoed', en: 'The caller wants this for good' },
  'help.silent': { nl: 'In stilte: niemand hoort ervan', en: 'In silence: nobody is told' },
  'help.invite': { nl: 'Stuur code en uitnodiging opnieuw', en: 'Send code and invitation again' },
  'help.ask': { nl: 'Stuur een nieuwe code', en: 'Send a new code' },
  'help.ask_letter': { nl: 'Stuur een code per brief', en: 'Send a code by letter' },
  'help.code': { nl: 'Code die de beller voorleest', en: 'Code that the caller reads out' },
  'help.enter': { nl: 'Voer code in', en: 'Enter code' },
  'help.accept': { nl: 'Neem aan', en: 'Accept' },
  'help.acceptance_code': {
    nl: 'Code die de beller van de houder kreeg',
    en: 'Code that the caller got from the holder',
  },
  'help.renounce': { nl: 'Leg neer', en: 'Lay down' },

  'help.action_questions': { nl: 'Wat nu aan de telefoon wordt gevraagd', en: 'What is asked on the phone now' },
  'help.asked': { nl: 'Wie om een machtiging vraagt', en: 'Who asks for a mandate' },
  'help.no': { nl: 'Nee', en: 'No' },
  'help.by_session': {
    nl: 'Hier is geen code voor. De beller zegt ja in de eigen omgeving, na inloggen met een app of toegangssleutel. Een nee kunt u hier vastleggen.',
    en: 'There is no code for this. The caller says yes in their own self-service, signed in with an app or a passkey. A no you can record here.',
  },
  'help.block': { nl: 'Blokkeer ook wie het vraagt', en: 'Also block who asks' },
  'help.yes_code': { nl: 'Ja, stuur de beller een code', en: 'Yes, send the caller a code' },

  'help.save': { nl: 'Leg vast', en: 'Record' },
  'help.report': { nl: 'Dit klopt niet', en: 'This is not right' },
  'help.report_text': { nl: 'Wat zegt de beller?', en: 'What does the caller say?' },
  'help.report_send': { nl: 'Meld dit', en: 'Report this' },
  'help.stop': { nl: 'En de machtiging?', en: 'And the mandate?' },
  'help.stop.none': { nl: 'laat die zo', en: 'leave it as it is' },
  'help.stop.suspend': { nl: 'stop die tijdelijk', en: 'stop it for now' },
  'help.stop.withdraw': { nl: 'trek die in', en: 'withdraw it' },

  'help.said.begun': { nl: 'U kunt beginnen.', en: 'You can begin.' },
  'help.said.begun_no_letter': {
    nl: 'U kunt beginnen. Er is geen veilige weg voor een brief: vertel de beller zelf wat u deed.',
    en: 'You can begin. No road is safe for a letter: tell the caller yourself what you did.',
  },
  'help.said.done': { nl: 'Gedaan.', en: 'Done.' },
  'help.said.code_sent': {
    nl: 'De beller krijgt een code. Vul die hier in zodra de beller hem voorleest.',
    en: 'The caller gets a code. Enter it here once they read it out.',
  },
  'help.said.wrong': { nl: 'Deze code klopt niet.', en: 'This code is wrong.' },
  'help.said.empty': { nl: 'Vul eerst iets in.', en: 'Enter something first.' },
  'help.said.words': {
    nl: 'Schrijf hoogstens 1000 tekens, zonder wachtwoord of code.',
    en: 'Write at most 1,000 characters, without a password or a code.',
  },
  'help.said.not_sure': {
    nl: 'Er is niets gedaan. Vraag of de beller het voorgoed wil, en vink dat aan.',
    en: 'Nothing was done. Ask whether the caller wants it for good, and tick that.',
  },
  'help.said.hours': { nl: 'Deze uren kloppen niet.', en: 'These hours are not right.' },
  'help.said.unreachable': {
    nl: 'Dan bereikt niets de beller meer. Laat één weg open.',
    en: 'Then nothing reaches the caller any more. Leave one road open.',
  },
  'help.said.over': {
    nl: 'Dit is voorbij. Herken de beller opnieuw, en begin opnieuw.',
    en: 'This is over. Identify the caller once more, and begin anew.',
  },
  'help.said.proof': {
    nl: 'Dit vraagt meer bewijs. Herken de beller opnieuw, en begin opnieuw.',
    en: 'This asks for more proof. Identify the caller once more, and begin anew.',
  },
  'help.said.not_now': {
    nl: 'Dat kan nu niet. Kijk naar de stand.',
    en: 'That is not possible now. Look at the state.',
  },
  'help.said.budget': { nl: 'Er zijn genoeg codes geweest voor nu.', en: 'There were enough codes for now.' },
  'help.said.no_way': { nl: 'Er is geen weg voor een code.', en: 'There is no road for a code.' },
  'help.said.not_here': {
    nl: 'Dat doet geen medewerker voor een ander.',
    en: 'No employee does that for somebody else.',
  },
} as const;
