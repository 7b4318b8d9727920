#!/bin/sh
# Put one tenant back as it was in a back-up; no other tenant's rows are read or touched.
# Needs ATRIUM_SIDE_DSN (the back-up, restored beside by restore.sh; same schema version) and
# ATRIUM_RESTORE_DSN (the live database, as a superuser). Suspend the tenant first.
set -eu

: "${ATRIUM_SIDE_DSN:?the restored back-up}" "${ATRIUM_RESTORE_DSN:?the live database, as a superuser}"
tenant=${1:?usage: restore-tenant.sh TENANT_ID}
case $tenant in
    *[!0-9a-fA-F-]* | '') echo "refused: $tenant is no tenant id" >&2; exit 2 ;;
esac
[ "${#tenant}" -eq 36 ] || { echo "refused: $tenant is no tenant id" >&2; exit 2; }

ask() { # ask DSN SQL
    psql --no-psqlrc --tuples-only --no-align --set ON_ERROR_STOP=1 --dbname "$1" --command "$2"
}
# Every tenant's table, with its writable columns. Partitions follow their parents; the directory
# (marked citus:reference) stays as it is, so that a host released since is not taken back.
columns_of="
SELECT format('%I|%s', c.relname, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname))
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
   AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
   AND coalesce(obj_description(c.oid, 'pg_class'), '') !~ 'citus:'
   AND EXISTS (SELECT FROM pg_attribute t WHERE t.attrelid = c.oid AND t.attname = 'tenant_id')
 GROUP BY c.relname ORDER BY c.relname"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ask "$ATRIUM_RESTORE_DSN" "$columns_of" >"$work/live"
ask "$ATRIUM_SIDE_DSN" "$columns_of" >"$work/side"
if ! cmp -s "$work/live" "$work/side"; then
    echo "refused: the back-up's schema differs; migrate it to the live version first" >&2
    diff "$work/side" "$work/live" >&2 || true
    exit 1
fi

# The copy keeps foreign keys and append-only triggers asleep, because rows of one table come
# before those they point to. Both sides are one consistent snapshot of one tenant, and no key
# leaves a tenant, so what was whole in the back-up is whole here.
{
    echo "SET LOCAL session_replication_role = replica;"
    while IFS='|' read -r table columns; do
        echo "DELETE FROM public.$table WHERE tenant_id = '$tenant';"
    done <"$work/live"
} >"$work/script.sql"
while IFS='|' read -r table columns; do
    echo "COPY public.$table ($columns) FROM STDIN;"
    # The row's end mark is psql's own; COPY's text form escapes backslashes in values.
    ask "$ATRIUM_SIDE_DSN" "COPY (SELECT $columns FROM public.$table WHERE tenant_id = '$tenant') TO STDOUT" </dev/null
    echo '\.'
done <"$work/live" >>"$work/script.sql"
psql --no-psqlrc --quiet --single-transaction --set ON_ERROR_STOP=1 \
    --dbname "$ATRIUM_RESTORE_DSN" --file "$work/script.sql"
echo "restored $tenant in $(wc -l <"$work/live") tables"
