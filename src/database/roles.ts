/** Owns every database and runs the migrations. */
export const OWNER_ROLE = 'mandaat_owner';
/** What the application signs in as. It owns nothing and gets its rights from the migrations' grants. */
export const APP_ROLE = 'mandaat_app';
/** For the embedded server's own upkeep. */
export const SUPERUSER = 'postgres';
