#!/bin/sh
# A whole copy of the database server, checked, in a folder of its own below the one given: backup.sh FOLDER [METRICS_FOLDER]
# Reaches the server by the usual variables (PGHOST, PGUSER with REPLICATION, PGPASSFILE) with tools of its version or newer.
# Keeps what was there; write-ahead logs are archived by the server itself (docs/operations.md). With METRICS_FOLDER the moment
# goes there for node_exporter's textfile collector.
set -eu
umask 077
folder=${1:?the folder for backups}
metrics=${2:-}
name=$(date -u +%Y-%m-%dT%H%M%SZ)

mkdir -p "$folder"
pg_basebackup --pgdata "$folder/$name.unfinished" --checkpoint=fast --wal-method=stream --no-password
# Every file against the manifest, and the write-ahead log from the first byte that a restore needs to the last.
pg_verifybackup --quiet "$folder/$name.unfinished"
sync -f "$folder/$name.unfinished"
mv "$folder/$name.unfinished" "$folder/$name"
echo "$folder/$name"

if [ -n "$metrics" ]; then
  unfinished=$(mktemp "$metrics/.mandaat.XXXXXX")
  {
    echo '# HELP mandaat_backup_timestamp_seconds When the last whole backup was made and checked.'
    echo '# TYPE mandaat_backup_timestamp_seconds gauge'
    echo "mandaat_backup_timestamp_seconds $(date +%s)"
  } >"$unfinished"
  chmod 0644 "$unfinished"
  mv "$unfinished" "$metrics/mandaat_backup.prom"
fi
