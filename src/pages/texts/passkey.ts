/** Passkeys: adding one, and signing in with one. */
export const passkeyTexts = {
  'passkey.sign_in': { nl: 'Inloggen met een toegangssleutel (passkey)', en: 'Sign in with a passkey' },
  'passkey.prove': {
    nl: 'Laat met een toegangssleutel zien dat u het bent',
    en: 'Show with a passkey that it is you',
  },
  'passkey.show_intro': {
    nl: 'Uw telefoon of computer vraagt om uw vinger, uw gezicht of uw pincode. Die gegevens blijven op uw apparaat.',
    en: 'Your phone or computer asks for your finger, your face or your PIN. That stays on your device.',
  },
  'passkey.show_now': { nl: 'Toegangssleutel gebruiken', en: 'Use a passkey' },
  'passkey.otherwise': { nl: 'Liever een code krijgen', en: 'Get a code instead' },
  'passkey.add_title': { nl: 'Een toegangssleutel (passkey) toevoegen', en: 'Add a passkey' },
  'passkey.what': {
    nl: 'Met een toegangssleutel logt u in met uw vinger, uw gezicht of de pincode van uw apparaat. U hoeft dan geen code meer over te nemen.',
    en: 'With a passkey you sign in with your finger, your face or the PIN of your device. You do not have to copy a code any more.',
  },
  'passkey.shared_device': {
    nl: 'Doe dit alleen op een apparaat dat van u is. Wie het kan ontgrendelen, kan ook hier inloggen.',
    en: 'Do this only on a device of your own. Who can unlock it can sign in here too.',
  },
  'passkey.add_now': { nl: 'Toegangssleutel toevoegen', en: 'Add a passkey' },
  'passkey.without': {
    nl: 'Deze browser kan geen toegangssleutel gebruiken, of JavaScript staat uit. Gebruik dan een code.',
    en: 'This browser cannot use a passkey, or JavaScript is off. Use a code instead.',
  },
  'passkey.failed': {
    nl: 'Het is niet gelukt, of u heeft het gestopt. Probeer het nog een keer, of gebruik een code.',
    en: 'It did not work, or you stopped it. Try again, or use a code.',
  },
  'passkey.refused': {
    nl: 'Deze toegangssleutel is niet aangenomen. Probeer het nog een keer, of gebruik een code.',
    en: 'This passkey was not accepted. Try again, or use a code.',
  },
} as const;
