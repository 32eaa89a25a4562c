/** The proof of an entry of one's own activity, and reporting that an entry is not right. */
export const proofTexts = {
  'proof.download': { nl: 'Bewaar een bewijs hiervan', en: 'Keep a proof of this' },
  'proof.text': {
    nl: 'Bewaar dit bestand en onze openbare sleutels. Daarmee kunt u later laten zien wat wij hebben ondertekend. Wij moeten dan laten zien dat het hetzelfde is gebleven.',
    en: 'Keep this file and our public keys. With them you can show later what we signed. We must then show that it has stayed the same.',
  },
  'proof.keys': { nl: 'Onze openbare sleutels', en: 'Our public keys' },
  'proof.later': { nl: 'Dit bewijs is er nog niet', en: 'This proof is not there yet' },
  'proof.later_text': {
    nl: 'Dit is kort geleden gebeurd. Wij maken het bewijs binnen {count, plural, one {# minuut} other {# minuten}}. Probeer het dan nog een keer.',
    en: 'This happened a short time ago. We make the proof within {count, plural, one {# minute} other {# minutes}}. Try again then.',
  },
  'proof.none': { nl: 'Wij kunnen dit bewijs niet geven', en: 'We cannot give this proof' },
  'proof.none_text': {
    nl: 'Dit is misschien veranderd. Daarom kunnen wij geen bewijs geven. Bel ons: {phone}. Noem dit nummer: {id}.',
    en: 'This may have been changed. That is why we cannot give a proof. Call us: {phone}. Tell us this number: {id}.',
  },
  'proof.back': { nl: 'Terug naar deze regel', en: 'Back to this entry' },

  'incident.title': { nl: 'Meld dat dit niet klopt', en: 'Report that this is not right' },
  'incident.intro': {
    nl: 'Vertel ons wat er niet klopt. Wij zoeken het uit.',
    en: 'Tell us what is not right. We will look into it.',
  },
  'incident.text': { nl: 'Wat klopt er niet?', en: 'What is not right?' },
  'incident.text_hint': {
    nl: 'Hoogstens 1000 tekens. Schrijf hier geen wachtwoord en geen code op.',
    en: 'At most 1,000 characters. Do not write a password or a code here.',
  },
  'incident.text_fault': {
    nl: 'Vertel in hoogstens 1000 tekens wat er niet klopt, zonder wachtwoord of code',
    en: 'Tell in at most 1,000 characters what is not right, without a password or a code',
  },
  'incident.stop': {
    nl: 'Er {count, plural, one {is # machtiging} other {zijn # machtigingen}} waarmee deze persoon iets voor u mag. Wat wilt u daarmee doen?',
    en: 'There {count, plural, one {is # mandate} other {are # mandates}} by which this person may arrange something for you. What do you want to do about that?',
  },
  'incident.stop_none': { nl: 'Niets veranderen', en: 'Change nothing' },
  'incident.stop_suspend': {
    nl: 'Nu stilzetten. U kunt later kiezen of het weer mag.',
    en: 'Suspend now. You can decide later whether it counts again.',
  },
  'incident.stop_withdraw': {
    nl: 'Nu intrekken, voor altijd.',
    en: 'Withdraw now, for good.',
  },
  'incident.send': { nl: 'Melden', en: 'Report' },
  'incident.done': { nl: 'Wij hebben uw melding', en: 'We have your report' },
  'incident.done_text': {
    nl: 'Uw nummer is {id}. Wilt u er nu over praten? Bel ons: {phone}.',
    en: 'Your number is {id}. Do you want to talk about it now? Call us: {phone}.',
  },
  'incident.stopped': {
    nl: '{count, plural, =0 {Aan machtigingen is niets veranderd.} one {# machtiging geldt niet meer.} other {# machtigingen gelden niet meer.}}',
    en: '{count, plural, =0 {No mandate was changed.} one {# mandate does not count any more.} other {# mandates do not count any more.}}',
  },
  'incident.back': { nl: 'Terug naar wat er is gebeurd', en: 'Back to what happened' },
} as const;
