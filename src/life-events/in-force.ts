/** SQL: nobody has proven that the event `e` is over, or never was. */
const IS_UNREVERSED = `NOT EXISTS (SELECT FROM life_events r JOIN legal_verdicts w ON w.life_event_id = r.id AND w.verdict = 'approved'
      WHERE r.reverses_id = e.id)`;

/**
 * SQL: whether the event `e` takes authority away at the moment `now`, with its verdict left-joined as `v`. Proven and not
 * reversed since; or only reported, by nobody rejected, and not lapsed.
 */
export const inForceSql = (now: string): string => `e.reverses_id IS NULL
    AND (v.verdict = 'approved' OR (v.id IS NULL AND e.suspends_until > ${now}))
    AND ${IS_UNREVERSED}`;

/**
 * SQL: the death of this person was proven, and not reversed since. A report alone is none.
 *
 * @param personId SQL that names them
 */
export const hasDiedSql = (personId: string): string => `EXISTS (
    SELECT FROM life_events e JOIN legal_verdicts v ON v.life_event_id = e.id AND v.verdict = 'approved'
    WHERE e.person_id = ${personId} AND e.kind = 'death' AND e.reverses_id IS NULL AND ${IS_UNREVERSED})`;

/** SQL: nobody rejected or revoked the representation `r`. Its period is another matter. */
export const STANDS = `NOT EXISTS (SELECT FROM legal_verdicts v
    WHERE v.representation_id = r.id AND v.verdict IN ('rejected', 'revoked'))`;
/** SQL: a second employee has seen the proof of the representation `r`. */
export const IS_PROVEN = `EXISTS (SELECT FROM legal_verdicts v
    WHERE v.representation_id = r.id AND v.verdict = 'approved')`;
