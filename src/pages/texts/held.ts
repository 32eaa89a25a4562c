/** The mandates that the reader holds: what each lets them do, and laying one down. */
export const heldTexts = {
  'held.title': { nl: 'Wat u voor anderen mag', en: 'What you may do for others' },
  'held.intro': {
    nl: 'Deze machtigingen heeft u van anderen gekregen. Met een machtiging mag u iets regelen voor een ander.',
    en: 'Others gave you these mandates. With a mandate you may arrange something for somebody else.',
  },
  'held.none': { nl: 'U heeft nu geen machtigingen van anderen.', en: 'You have no mandates from others now.' },
  'held.none_ended': {
    nl: 'In de laatste 15 maanden is er geen machtiging gestopt.',
    en: 'No mandate has ended in the last 15 months.',
  },
  'held.of': { nl: 'Voor {holder}', en: 'For {holder}' },
  'held.somebody': { nl: 'iemand die hier geen klant meer is', en: 'somebody who is no customer here any more' },
  'held.waiting': { nl: 'Wacht op uw antwoord', en: 'Waits for your answer' },
  'held.look': { nl: 'Bekijk deze machtiging', en: 'Look at this mandate' },
  'held.look_hidden': { nl: 'voor {holder}, {ref}', en: 'for {holder}, {ref}' },
  'held.what': { nl: 'Waarvoor', en: 'What for' },
  'held.ended_title': { nl: 'Machtigingen die zijn gestopt', en: 'Mandates that have ended' },
  'held.to_live': { nl: 'Naar de machtigingen die u nu heeft', en: 'To the mandates that you have now' },
  'held.more': { nl: 'Meer machtigingen', en: 'More mandates' },

  'held.one_title': { nl: 'Uw machtiging voor {holder}', en: 'Your mandate for {holder}' },
  'held.may': { nl: 'Wat u mag', en: 'What you may do' },
  'held.may_intro': {
    nl: 'Dit is de tekst die {holder} heeft gelezen. ‘Deze persoon’ bent u; ‘u’ is {holder}.',
    en: 'This is the text that {holder} read. “This person” is you; “you” is {holder}.',
  },
  'held.never': { nl: 'Nooit:', en: 'Never:' },
  'held.state': { nl: 'Stand', en: 'Status' },
  'held.contracts': { nl: 'Contracten', en: 'Contracts' },
  'held.from': { nl: 'Vanaf', en: 'From' },
  'held.until': { nl: 'Tot en met', en: 'Up to and including' },
  'held.ref': { nl: 'Nummer van de machtiging', en: 'Number of the mandate' },

  'held.state.draft': { nl: 'Wacht op een antwoord van de klant', en: 'Waits for an answer from the customer' },
  'held.state.pending_acceptance': { nl: 'Wacht op uw antwoord', en: 'Waits for your answer' },
  'held.state.active': { nl: 'Geldig', en: 'Valid' },
  'held.state.suspended': { nl: 'Staat nu uit', en: 'Switched off now' },
  'held.ending.expired': { nl: 'Voorbij: de tijd is om', en: 'Over: its time has passed' },
  'held.ending.withdrawn_by_holder': { nl: 'Gestopt door de klant', en: 'Ended by the customer' },
  'held.ending.renounced_by_proxy': { nl: 'Door u neergelegd', en: 'Laid down by you' },
  'held.ending.refused_by_organisation': { nl: 'Gestopt door ons', en: 'Ended by us' },
  'held.ending.withdrawn_by_proxy': {
    nl: 'Gestopt door wie de machtiging aan u doorgaf',
    en: 'Ended by who passed the mandate on to you',
  },
  'held.ending.life_event': {
    nl: 'Gestopt door een gebeurtenis die ons is gemeld',
    en: 'Ended by an event that was reported to us',
  },

  'held.renounce': { nl: 'Deze machtiging neerleggen', en: 'Lay this mandate down' },
  'held.refuse': { nl: 'Nee, ik wil deze machtiging niet', en: 'No, I do not want this mandate' },
  'held.renounce_title': { nl: 'Machtiging voor {holder} neerleggen', en: 'Lay down the mandate for {holder}' },
  'held.refuse_title': { nl: 'Machtiging voor {holder} weigeren', en: 'Say no to the mandate for {holder}' },
  'held.renounce_text': {
    nl: 'U mag dan direct niets meer regelen voor {holder}. U kunt dit niet terugdraaien: {holder} moet u dan een nieuwe machtiging geven. Wij laten het {holder} weten.',
    en: 'You may then arrange nothing any more for {holder}, at once. You cannot undo this: {holder} then has to give you a new mandate. We tell {holder}.',
  },
  'held.refuse_text': {
    nl: 'U mag dan niets regelen voor {holder}. Wij laten het {holder} weten.',
    en: 'You may then arrange nothing for {holder}. We tell {holder}.',
  },
  'held.renounce_yes': { nl: 'Ja, neerleggen', en: 'Yes, lay it down' },
  'held.refuse_yes': { nl: 'Nee zeggen', en: 'Say no' },
  'held.keep': { nl: 'Toch niet', en: 'Rather not' },
  'held.back': { nl: 'Terug naar het overzicht van uw machtigingen', en: 'Back to the overview of your mandates' },
} as const;
