/** Organisations, and who speaks for them. */
export const organisationTexts = {
  'organisations.title': { nl: 'Organisaties waarvoor u spreekt', en: 'Organisations for which you speak' },
  'organisations.intro': {
    nl: 'U bent contactpersoon van deze organisaties. U kunt hier voor hen machtigingen geven en intrekken.',
    en: 'You are a contact person of these organisations. Here you can give and withdraw mandates for them.',
  },
  'organisations.none': {
    nl: 'U bent van geen organisatie contactpersoon.',
    en: 'You are a contact person of no organisation.',
  },
  'organisation.title': { nl: 'U spreekt voor {name}', en: 'You speak for {name}' },
  'organisation.rule_several': { nl: 'U mag dit alleen doen.', en: 'You may do this alone.' },
  'organisation.rule_joint': {
    nl: 'U mag dit alleen samen met een andere contactpersoon doen. Die krijgt dan een code.',
    en: 'You may only do this together with another contact person. They then get a code.',
  },
  'organisation.may': { nl: 'Wat u mag regelen', en: 'What you may arrange' },
  'organisation.contracts': { nl: 'Voor deze contracten', en: 'For these contracts' },
  'organisation.mandates': { nl: 'Machtigingen van de organisatie', en: 'Mandates of the organisation' },
  'organisation.state': { nl: 'Hoe het ervoor staat', en: 'How it stands' },
  'organisation.contact': { nl: 'Contactpersoon', en: 'Contact person' },
  'organisation.contact_several': { nl: 'Ja, mag alleen handelen', en: 'Yes, may act alone' },
  'organisation.contact_joint': { nl: 'Ja, samen met een ander', en: 'Yes, together with another' },
  'organisation.give': { nl: 'Machtiging geven', en: 'Give a mandate' },
  'organisation.code': { nl: 'Bekijk de code voor {name}', en: 'See the code for {name}' },
  'organisation.withdraw': { nl: 'Trek de machtiging van {name} in', en: 'Withdraw the mandate of {name}' },
  'organisation.activity': { nl: 'Wat er is gebeurd', en: 'What happened' },
  'organisation.given': {
    nl: 'U hebt de machtiging gegeven. De gemachtigde krijgt een uitnodiging.',
    en: 'You have given the mandate. The person who gets it is sent an invitation.',
  },
  'organisation.asked': {
    nl: 'De machtiging wacht op een code. Die ging naar de organisatie, of naar een andere contactpersoon als u samen handelt. Zonder die code geldt er niets.',
    en: 'The mandate waits for a code. It went to the organisation, or to another contact person where you act together. Without that code nothing counts.',
  },
  'organisation.withdrawn': { nl: 'U hebt de machtiging ingetrokken.', en: 'You have withdrawn the mandate.' },
  'organisation.give_title': { nl: 'Machtiging geven namens {name}', en: 'Give a mandate for {name}' },
  'organisation.give_several': {
    nl: 'U kunt niet meer geven dan u zelf mag.',
    en: 'You cannot give more than you may do yourself.',
  },
  'organisation.give_joint': {
    nl: 'U kunt niet meer geven dan u zelf mag. Een andere contactpersoon krijgt een code, en moet ja zeggen.',
    en: 'You cannot give more than you may do yourself. Another contact person gets a code, and has to say yes.',
  },
  'organisation.back': { nl: 'Terug naar de organisatie', en: 'Back to the organisation' },
} as const;
