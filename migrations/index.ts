/** The list of migrations, in order. A migration is never edited after it has landed. */
export { CreateFoundation1763700000000 } from './1763700000000-create-foundation.ts';
