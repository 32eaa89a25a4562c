/** What employees put on file, and see to for each other. */
export const FILES = '/desk/files';
export const EVENTS = `${FILES}/life-events`;
export const REPRESENTATIONS = `${FILES}/representations`;
export const IMPORT = `${REPRESENTATIONS}/import`;
export const REGISTRATIONS = `${FILES}/registrations`;
