#!/bin/sh
# Fill an empty database from a dump that backup.sh wrote.
# Needs ATRIUM_RESTORE_DSN: a superuser's address of the new, empty database (roles.sh run before).
set -eu

: "${ATRIUM_RESTORE_DSN:?the address of the empty database, as a superuser}"
dump=${1:?usage: restore.sh DUMP}

if [ -f "$dump.sha256" ]; then
    (cd "$(dirname "$dump")" && sha256sum --check --quiet "$(basename "$dump").sha256")
fi
tables=$(psql --no-psqlrc --tuples-only --no-align --dbname "$ATRIUM_RESTORE_DSN" \
    --command "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
if [ "$tables" -ne 0 ]; then
    echo "refused: the database already holds $tables tables; restore into an empty one" >&2
    exit 1
fi
# All or nothing: a half-restored database must not look like a whole one. The schema itself is
# there already, so it is left out of the list.
list=$(mktemp)
trap 'rm -f "$list"' EXIT
pg_restore --list "$dump" | grep -Ev ' SCHEMA - |COMMENT - SCHEMA' >"$list"
pg_restore --single-transaction --exit-on-error --use-list "$list" \
    --dbname "$ATRIUM_RESTORE_DSN" "$dump"
psql --no-psqlrc --quiet --dbname "$ATRIUM_RESTORE_DSN" --command "ANALYZE"
