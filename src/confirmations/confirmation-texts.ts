import type { CodeState, PagePurpose } from '../codes/code.ts';
import type { Language } from '../policy/vocabulary.ts';

/** How it ended, in words. */
export interface Ending {
  readonly title: string;
  readonly text: string;
}

/** The words of the page behind a message. Reading level B1. */
export interface ConfirmationTexts {
  /** What is asked, by what the code is for. */
  readonly asked: Readonly<Record<PagePurpose, string>>;
  readonly readOut: string;
  readonly notYouTitle: string;
  readonly notYouText: string;
  readonly asks: string;
  readonly what: string;
  readonly proxy: string;
  /** For whom, where the reader passes it on. */
  readonly holder: string;
  readonly scopes: string;
  /** Before what a scope never includes. */
  readonly never: string;
  readonly contracts: string;
  readonly passOn: string;
  readonly mayPassOn: string;
  readonly starts: string;
  /** The last day that counts. */
  readonly ends: string;
  readonly reference: string;
  readonly agent: string;
  readonly until: string;
  readonly yourself: string;
  readonly unknown: string;
  readonly neverAsk: string;
  readonly code: string;
  readonly codeHint: string;
  readonly yes: string;
  readonly noTitle: string;
  readonly noText: string;
  readonly canBlock: string;
  readonly no: string;
  readonly noAndBlock: string;
  readonly block: string;
  readonly blockText: string;
  readonly blocked: string;
  readonly empty: string;
  /** Not compared: the day's budget of wrong codes is spent. */
  readonly refused: string;
  /** `{n}` = tries that are left. */
  readonly wrong: string;
  readonly goneTitle: string;
  readonly goneText: string;
  readonly identified: Ending;
  readonly ended: Readonly<Record<Exclude<CodeState, 'pending'>, Ending>>;
}

export const confirmationTexts: Readonly<Record<Language, ConfirmationTexts>> = {
  nl: {
    asked: {
      action: 'Vindt u dit goed?',
      mandate: 'Geeft u deze machtiging?',
      verification: 'Hebt u nu contact met ons?',
    },
    readOut:
      'Met de code uit het bericht weten wij dat u het bent. Geef de code alleen aan de medewerker die u nu spreekt.',
    notYouTitle: 'Hebt u nu geen contact met ons?',
    notYouText: 'Dan probeert iemand anders zich voor u uit te geven. Kies nee: de code werkt dan niet meer.',
    asks: 'Wie vraagt dit',
    what: 'Waarvoor',
    proxy: 'Wie u machtigt',
    holder: 'Voor wie',
    scopes: 'Wat die persoon mag',
    never: 'Nooit',
    contracts: 'Voor welke contracten',
    passOn: 'Doorgeven',
    mayPassOn: 'Deze persoon mag het ook door iemand anders laten doen.',
    starts: 'Vanaf',
    ends: 'Tot en met',
    reference: 'Nummer van de machtiging',
    agent: 'Onze medewerker',
    until: 'De code werkt tot',
    yourself: 'U zelf',
    unknown: 'Iemand van wie wij de naam niet weten',
    neverAsk: 'Wij bellen u nooit om deze code te vragen. Vul de code alleen in als u dit wilt.',
    code: 'Code uit het bericht',
    codeHint: 'Alleen cijfers. Spaties mogen.',
    yes: 'Ja, ik vind dit goed',
    noTitle: 'Wilt u dit niet?',
    noText: 'Kies dan nee. Het gebeurt dan niet.',
    canBlock: 'U kunt deze persoon ook blokkeren. Dan kan die bij ons niets meer voor u regelen.',
    no: 'Nee',
    noAndBlock: 'Nee, en blokkeer deze persoon',
    block: 'Blokkeer deze persoon',
    blockText: 'Vertrouwt u dit niet? Blokkeer deze persoon. Dan kan die bij ons niets meer voor u regelen.',
    blocked: 'Deze persoon is geblokkeerd.',
    empty: 'Vul de code uit het bericht in',
    refused:
      'Er zijn vandaag te veel verkeerde codes ingevuld. Daarom kijken wij nu niet naar uw code. Vraag morgen een nieuwe ' +
      'code, of neem contact met ons op.',
    wrong: 'Deze code klopt niet. U kunt het nog {n} keer proberen.',
    goneTitle: 'Deze link werkt niet meer',
    goneText: 'Gebruik de link in het nieuwste bericht, of neem contact met ons op.',
    identified: { title: 'De code is gebruikt', text: 'Onze medewerker weet nu dat u het bent.' },
    ended: {
      approved: { title: 'U hebt ja gezegd', text: 'Wij weten nu dat u dit goed vindt.' },
      declined: { title: 'U hebt nee gezegd', text: 'Het gebeurt niet.' },
      expired: { title: 'De code is verlopen', text: 'Er is niets gebeurd. Vraag zo nodig een nieuwe code.' },
      cancelled: { title: 'De vraag is ingetrokken', text: 'U hoeft niets te doen.' },
      superseded: { title: 'Er is een nieuwe vraag', text: 'Gebruik de link in het nieuwste bericht.' },
      tries_exhausted: {
        title: 'Te vaak een verkeerde code',
        text: 'Er is niets gebeurd. Vraag zo nodig een nieuwe code.',
      },
      undeliverable: { title: 'Het bericht kwam niet aan', text: 'Er is niets gebeurd.' },
    },
  },
  en: {
    asked: {
      action: 'Do you agree to this?',
      mandate: 'Do you give this mandate?',
      verification: 'Are you in contact with us now?',
    },
    readOut:
      'The code from the message tells us that it is you. Give it only to the employee whom you are talking to now.',
    notYouTitle: 'Are you not in contact with us now?',
    notYouText: 'Then somebody else is trying to pass for you. Choose no: the code will stop working.',
    asks: 'Who asks',
    what: 'For what',
    proxy: 'Whom you authorise',
    holder: 'For whom',
    scopes: 'What that person may do',
    never: 'Never',
    contracts: 'For which contracts',
    passOn: 'Passing it on',
    mayPassOn: 'This person may also have somebody else do it.',
    starts: 'From',
    ends: 'Up to and including',
    reference: 'Number of the mandate',
    agent: 'Our employee',
    until: 'The code works until',
    yourself: 'You yourself',
    unknown: 'Somebody whose name we do not know',
    neverAsk: 'We never call you to ask for this code. Only enter it if you want this.',
    code: 'Code from the message',
    codeHint: 'Digits only. Spaces are fine.',
    yes: 'Yes, I agree',
    noTitle: 'Do you not want this?',
    noText: 'Then choose no, and it will not happen.',
    canBlock: 'You can also block this person. They can then arrange nothing more for you with us.',
    no: 'No',
    noAndBlock: 'No, and block this person',
    block: 'Block this person',
    blockText: 'Do you not trust this? Block this person. They can then arrange nothing more for you with us.',
    blocked: 'This person is blocked.',
    empty: 'Enter the code from the message',
    refused:
      'Too many wrong codes were entered today, so we do not look at your code now. Ask for a new code tomorrow, or ' +
      'contact us.',
    wrong: 'This code is not right. You can try {n, plural, one {# more time} other {# more times}}.',
    goneTitle: 'This link no longer works',
    goneText: 'Use the link in the newest message, or contact us.',
    identified: { title: 'The code was used', text: 'Our employee now knows that it is you.' },
    ended: {
      approved: { title: 'You said yes', text: 'We now know that you agree.' },
      declined: { title: 'You said no', text: 'It will not happen.' },
      expired: { title: 'The code has expired', text: 'Nothing happened. Ask for a new code if you need one.' },
      cancelled: { title: 'The question was taken back', text: 'You do not have to do anything.' },
      superseded: { title: 'There is a new question', text: 'Use the link in the newest message.' },
      tries_exhausted: { title: 'Too many wrong codes', text: 'Nothing happened. Ask for a new code if you need one.' },
      undeliverable: { title: 'The message did not arrive', text: 'Nothing happened.' },
    },
  },
};
