/** Every folder of this suite begins with it; the process that made it follows. */
export const PREFIX = 'mandaat-faults-';
/** Where the built program is; set it to a folder with a `dist` of your own to save the minute that building takes. */
export const PROGRAM_VARIABLE = 'MANDAAT_FAULTS_PROGRAM';
