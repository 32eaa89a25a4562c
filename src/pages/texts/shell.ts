/** What stands around every page. */
export const shellTexts = {
  'shell.skip': { nl: 'Ga naar de inhoud', en: 'Skip to the content' },
  'shell.language': { nl: 'Taal', en: 'Language' },
  'shell.other': { nl: 'English', en: 'Nederlands' },
  'shell.errors': { nl: 'Er ging iets mis', en: 'Something went wrong' },
  'shell.error': { nl: 'Fout:', en: 'Error:' },
  'shell.contact': { nl: 'Contact', en: 'Contact' },
} as const;
