/** What waits for somebody's yes or no while somebody else is on the line about it. */
export const questionTexts = {
  'questions.title': { nl: 'Vragen van ons aan u', en: 'Questions from us to you' },
  'questions.waiting': {
    nl: '{n, plural, one {Er wacht een vraag op uw antwoord} other {Er wachten # vragen op uw antwoord}}',
    en: '{n, plural, one {A question is waiting for your answer} other {# questions are waiting for your answer}}',
  },
  'questions.intro': {
    nl: 'Iemand heeft nu contact met ons, en wil dit laten doen. Het gebeurt alleen als u ja zegt.',
    en: 'Somebody is in contact with us now, and wants this done. It happens only if you say yes.',
  },
  'questions.none': { nl: 'Er wacht nu geen vraag op u.', en: 'No question is waiting for you now.' },
  'questions.answer': { nl: 'Bekijk en antwoord', en: 'Look and answer' },
  'questions.stronger': {
    nl: 'Voor deze vraag is een code te zwak. Laat nog een keer zien dat u het bent, met een toegangssleutel of uw app met codes. Dan kunt u hier ja zeggen. Nee zeggen kan altijd.',
    en: 'A code is too weak for this question. Show once more that it is you, with a passkey or your app with codes. Then you can say yes here. You can always say no.',
  },
  'questions.yes_text': {
    nl: 'U bent met twee stappen ingelogd. Daarom hoeft u hier geen code in te vullen. Lees goed wat er staat voordat u ja zegt.',
    en: 'You signed in with two steps, so you do not have to enter a code here. Read well what it says before you say yes.',
  },
} as const;
