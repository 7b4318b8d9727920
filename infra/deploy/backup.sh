#!/bin/sh
# Write one dump of the whole database, checked and with its digest beside it.
# Needs ATRIUM_BACKUP_DSN: a role with BYPASSRLS that may read everything. The owner will not do:
# row-level security is forced on it too, and pg_dump refuses rather than leave rows out.
set -eu
umask 077

: "${ATRIUM_BACKUP_DSN:?the address of a role that may read every tenant}"
folder=${1:?usage: backup.sh FOLDER}
dump="$folder/atrium-$(date -u +%Y%m%dT%H%M%SZ).dump"

mkdir -p "$folder"
trap 'rm -f "$dump.partial"' EXIT
pg_dump --format=custom --compress=6 --lock-wait-timeout=60s \
    --dbname "$ATRIUM_BACKUP_DSN" --file "$dump.partial"
# A dump whose table of contents cannot be read is no back-up.
pg_restore --list "$dump.partial" >/dev/null
mv "$dump.partial" "$dump"
(cd "$folder" && sha256sum "$(basename "$dump")" >"$(basename "$dump").sha256")
echo "$dump"
