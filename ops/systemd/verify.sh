#!/bin/sh
# Verifies the audit and writes how it went into the folder given, for node_exporter. Its exit code is that of the
# verification. Further arguments go to "audit verify".
set -u
folder=${1:?the folder of the textfile collector}
shift
node dist/src/cli/main.js audit verify "$@"
status=$?
unfinished=$(mktemp "$folder/.mandaat.XXXXXX") || exit 1
{
  echo '# HELP mandaat_audit_verify_succeeded 1 when every chain of the audit held at the last verification.'
  echo '# TYPE mandaat_audit_verify_succeeded gauge'
  echo "mandaat_audit_verify_succeeded $([ "$status" = 0 ] && echo 1 || echo 0)"
  echo '# HELP mandaat_audit_verify_timestamp_seconds When the audit was last verified, with whatever result.'
  echo '# TYPE mandaat_audit_verify_timestamp_seconds gauge'
  echo "mandaat_audit_verify_timestamp_seconds $(date +%s)"
} >"$unfinished"
# Whoever reads the folder never sees half a file.
chmod 0644 "$unfinished" && mv "$unfinished" "$folder/mandaat_audit.prom"
exit "$status"
