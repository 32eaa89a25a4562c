-- After a restore that lost the newest part of the database, and before the service starts again. Run it as the owner:
--   psql "$DATABASE_OWNER_URL" --no-psqlrc --single-transaction --set ON_ERROR_STOP=1 --file ops/postgres/after-lossy-restore.sql
--
-- What a holder took back in the lost time is in force again: a mandate that was withdrawn, a code that was refused or
-- used. Nothing in the database tells which. So nothing that was open stays open, and every mandate waits until its
-- holder says again that it holds (POST /v1/mandates/{id}/resume). These changes are yours and not the service's: they are not in the
-- audit. Keep what this prints with your report.
SET timezone = 'UTC';

-- Confirmations and verifications hang on a call; with it they are of no use any more.
WITH changed AS (
  UPDATE calls SET ended_at = greatest(now(), opened_at) WHERE ended_at IS NULL AND ends_at > now() RETURNING 1
) SELECT count(*) AS calls_ended FROM changed;

WITH changed AS (
  UPDATE codes SET state = 'cancelled', answered_at = now() WHERE state = 'pending' RETURNING 1
) SELECT count(*) AS codes_cancelled FROM changed;

WITH changed AS (
  UPDATE mandates SET state = 'suspended', revision = revision + 1 WHERE state = 'active' RETURNING 1
) SELECT count(*) AS mandates_suspended FROM changed;

-- Not accepted yet: perhaps withdrawn meanwhile. The holder can grant them anew.
WITH changed AS (
  UPDATE mandates
  SET state = 'ended', ending = 'refused_by_organisation', ended_at = now(), revision = revision + 1,
    accept_before = NULL, acceptance_key_id = NULL
  WHERE state IN ('draft', 'pending_acceptance') RETURNING 1
) SELECT count(*) AS mandates_refused FROM changed;

-- Most of them have been sent. A job whose message is settled does nothing.
WITH changed AS (
  UPDATE messages SET state = 'dropped', settled_at = now() WHERE state = 'queued' RETURNING 1
) SELECT count(*) AS messages_dropped FROM changed;
