/** What only one person may know, by its usual names. Not inside a longer word: a postcode is none. */
const PASSWORD = String.raw`wachtwoord|paswoord|password|passwd|passcode|passphrase|ww|pw|pin|pincode|pin-code`;
const CODE = String.raw`code|sms-?code|toegangscode|inlogcode|beveiligingscode|verificatiecode|bevestigingscode|tan-?code|otp|pincode|pin`;
/** Codes that everybody may know. */
const PUBLIC = String.raw`error|fout|product|promo|promotion|discount|country|area|post|postal|zip|booking|reference|voucher|storing`;
/** What may stand between the name and what is named, a few of them. */
const BETWEEN = String.raw`(?:[\s:=–-]{1,4}(?:is|was|luidt|dus|namelijk|nu|now|reads|of|van|de|het|the|hem|haar|klant|customer|beller|caller)\b){0,4}[\s:=–-]{1,4}`;
/** A character that words alone have seldom: with it a run of characters was made up. */
const MADE_UP = String.raw`(?=[^\s]{0,60}[\d!@#$%^&*+])[^\s"'“”‘’]{4,60}`;
const QUOTED = String.raw`["'“”‘’„][^\s"'“”‘’„]{4,60}["'“”‘’]`;

export const LOOK_ALIKES: readonly RegExp[] = [
  new RegExp(String.raw`(?<![\p{L}\p{N}-])(?:${PASSWORD})${BETWEEN}(?:${MADE_UP}|${QUOTED})`, 'iu'),
  new RegExp(
    String.raw`(?<!\b(?:${PUBLIC})[\s-])(?<![\p{L}\p{N}-])(?:${CODE})${BETWEEN}["'“”‘’]?\d(?:[ .-]?\d){3,9}(?![\p{L}\p{N}])`,
    'iu',
  ),
  // Keys, sessions and webhook secrets of this service.
  /\b(?:md[a-z]|whsec)_[\w+/=-]{20}/,
];

/** What a form may show again of what somebody typed: nothing where it looks like a secret. */
export function withoutSecret(typed: string): string {
  return looksLikeSecret(typed) ? '' : typed;
}

/**
 * Whether somebody seems to have written down a password, or a code that is meant for elsewhere: by what stands before it, and not by
 * itself, as everything can be a password. It misses what is not named; a form says so in words, too.
 */
export function looksLikeSecret(text: string): boolean {
  return LOOK_ALIKES.some((one) => one.test(text));
}
