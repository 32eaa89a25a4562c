/** What is recorded about somebody's life, and who acts for them by law. */
export const lifeTexts = {
  'life.title': { nl: 'Veranderingen in uw leven', en: 'Changes in your life' },
  'life.link': {
    nl: 'Curatele, bewind en andere veranderingen in uw leven',
    en: 'Guardianship and other changes in your life',
  },
  'life.intro': {
    nl: 'Soms verandert er iets waardoor wij anders met u om moeten gaan. Bijvoorbeeld als iemand voortaan uw geld beheert. Hier ziet u wat wij daarover hebben vastgelegd.',
    en: 'Sometimes something changes, so that we must treat you differently. For example when somebody manages your money from now on. Here you see what we recorded about that.',
  },
  'life.events': { nl: 'Wat er is veranderd', en: 'What has changed' },
  'life.none': { nl: 'Wij hebben niets vastgelegd.', en: 'We recorded nothing.' },
  'life.representations': { nl: 'Wie volgens de wet voor een ander regelt', en: 'Who acts for another person by law' },
  'life.representations_none': {
    nl: 'Wij hebben niemand vastgelegd die volgens de wet voor u regelt, of voor wie u regelt.',
    en: 'We recorded nobody who acts for you by law, or for whom you act.',
  },
  'life.state': { nl: 'Hoe het ermee staat', en: 'How it stands' },
  'life.occurred': { nl: 'Sinds', en: 'Since' },
  'life.recorded': { nl: 'Vastgelegd op', en: 'Recorded on' },
  'life.until': { nl: 'Tot', en: 'Until' },
  'life.question': { nl: 'Dit klopt niet', en: 'This is not right' },
  'life.question_hidden': { nl: '– {what}', en: '– {what}' },
  'life.event.death': { nl: 'Een overlijden', en: 'A death' },
  'life.event.curatele': { nl: 'U staat onder curatele', en: 'You are under guardianship (curatele)' },
  'life.event.bewind': { nl: 'Iemand beheert uw geld (bewind)', en: 'Somebody manages your money (bewind)' },
  'life.event.mentorschap': {
    nl: 'Iemand beslist over uw zorg (mentorschap)',
    en: 'Somebody decides about your care (mentorschap)',
  },
  'life.event.bankruptcy': { nl: 'Een faillissement', en: 'A bankruptcy' },
  'life.event.debt_rescheduling': { nl: 'Een schuldsanering (WSNP)', en: 'Debt rescheduling (WSNP)' },
  'life.event.separation': { nl: 'Een scheiding', en: 'A divorce or separation' },
  'life.event.majority': { nl: 'U bent 18 geworden', en: 'You turned 18' },
  'life.reversal': { nl: 'Niet meer zo: {what}', en: 'No longer so: {what}' },
  'life.state.suspended_pending_evidence': {
    nl: 'Gemeld. Wij wachten op bewijs tot {until}. Tot dan doen wij maar weinig voor u en voor wie u machtigde.',
    en: 'Reported. We wait for proof until {until}. Until then we do only little for you and for whom you gave a mandate.',
  },
  'life.state.waiting': {
    nl: 'Gemeld. Een tweede medewerker kijkt ernaar. Tot dan verandert er niets.',
    en: 'Reported. A second employee is looking at it. Nothing changes until then.',
  },
  'life.state.lapsed': {
    nl: 'Er kwam geen bewijs. De melding telt niet meer.',
    en: 'No proof came. The report counts no more.',
  },
  'life.state.in_force': { nl: 'Dit geldt.', en: 'This counts.' },
  'life.state.approved': { nl: 'Dit geldt.', en: 'This counts.' },
  'life.state.rejected': {
    nl: 'Het bleek niet te kloppen. Dit telt niet.',
    en: 'It proved to be wrong. It does not count.',
  },
  'life.state.reversed': {
    nl: 'Dit geldt niet meer. Machtigingen die zijn gestopt, blijven gestopt.',
    en: 'This counts no more. Mandates that ended stay ended.',
  },
  'life.representation': {
    nl: '{side, select, holder {{other} regelt voor u} other {U regelt voor {other}}}: {kind, select, curatele {curatele} bewind {bewind} mentorschap {mentorschap} parental_authority {ouder of voogd} executor {executeur} other {schulden}}',
    en: '{side, select, holder {{other} acts for you} other {You act for {other}}}: {kind, select, curatele {guardianship (curatele)} bewind {money (bewind)} mentorschap {care (mentorschap)} parental_authority {parent or guardian of a child} executor {executor} other {debts}}',
  },
  'life.nobody': { nl: 'iemand', en: 'somebody' },
  'life.standing.reported': { nl: 'Gemeld. Het telt nog niet.', en: 'Reported. It does not count yet.' },
  'life.standing.rejected': {
    nl: 'Het bleek niet te kloppen. Dit telt niet.',
    en: 'It proved to be wrong. It does not count.',
  },
  'life.standing.not_started': { nl: 'Dit gaat later in.', en: 'This starts later.' },
  'life.standing.in_force': { nl: 'Dit geldt.', en: 'This counts.' },
  'life.standing.ended': { nl: 'Dit is afgelopen.', en: 'This is over.' },
  'life.standing.revoked': { nl: 'Dit geldt niet meer.', en: 'This counts no more.' },
} as const;
