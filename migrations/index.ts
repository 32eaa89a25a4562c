/** The list of migrations, in order. A migration is never edited after it has landed. */
export { CreateFoundation1763700000000 } from './1763700000000-create-foundation.ts';
export { AddCheckpoints1763810000000 } from './1763810000000-add-checkpoints.ts';
export { AddLetters1763820000000 } from './1763820000000-add-letters.ts';
export { AddClaimBudgets1763900000000 } from './1763900000000-add-claim-budgets.ts';
export { CoverContactPoints1763910000000 } from './1763910000000-cover-contact-points.ts';
export { DropContactPointsIndex1763910000001 } from './1763910000001-drop-contact-points-index.ts';
export { AddSequenceCheck1763920000000 } from './1763920000000-add-sequence-check.ts';
export { ValidateSequenceCheck1763920000001 } from './1763920000001-validate-sequence-check.ts';
export { IndexPastClaims1764000000000 } from './1764000000000-index-past-claims.ts';
export { AddSessions1764100000000 } from './1764100000000-add-sessions.ts';
export { AddGrantDrafts1764110000000 } from './1764110000000-add-grant-drafts.ts';
export { AddChallenges1764120000000 } from './1764120000000-add-challenges.ts';
export { AddPasskeys1764120000001 } from './1764120000001-add-passkeys.ts';
export { AddMandateRequests1764140000000 } from './1764140000000-add-mandate-requests.ts';
