#!/bin/sh
# Make the database roles, once, as a superuser (PostgreSQL 16 or later); run again it only sets
# the passwords.
# Needs PGDATABASE (or POSTGRES_DB) and ATRIUM_{OWNER,APP,BACKUP}_PASSWORD.
#
#   atrium_owner   owns the schema and changes it; used by `atrium migrate` alone
#   app_rw         what API and workers use: owns nothing, cannot step round row-level security
#   search_reader  nobody signs in as it; owns the one function that reads the full-text index
#   atrium_backup  reads everything, every tenant; used by backup.sh alone
set -eu
export PGOPTIONS='-c client_min_messages=warning'

: "${ATRIUM_OWNER_PASSWORD:?}" "${ATRIUM_APP_PASSWORD:?}" "${ATRIUM_BACKUP_PASSWORD:?}"
database=${PGDATABASE:-${POSTGRES_DB:-atrium}}

# The passwords are read by psql from its environment, so no process list shows them.
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 \
    --username "${PGUSER:-${POSTGRES_USER:-postgres}}" --dbname "$database" \
    --set "database=$database" <<'SQL'
\set owner_password `printenv ATRIUM_OWNER_PASSWORD`
\set app_password `printenv ATRIUM_APP_PASSWORD`
\set backup_password `printenv ATRIUM_BACKUP_PASSWORD`
SELECT format('CREATE ROLE %I', wanted.name)
  FROM (VALUES ('atrium_owner'), ('app_rw'), ('search_reader'), ('audit_eraser'), ('audit_redactor'),
               ('atrium_backup')) AS wanted(name)
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted.name) \gexec
ALTER ROLE atrium_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE
  PASSWORD :'owner_password';
ALTER ROLE app_rw LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE
  PASSWORD :'app_password';
ALTER ROLE atrium_backup LOGIN NOSUPERUSER BYPASSRLS NOCREATEDB NOCREATEROLE
  PASSWORD :'backup_password';
ALTER ROLE search_reader NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
ALTER ROLE audit_eraser NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
ALTER ROLE audit_redactor NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
GRANT search_reader, audit_eraser, audit_redactor TO atrium_owner WITH ADMIN OPTION;
GRANT pg_read_all_data TO atrium_backup;
ALTER ROLE app_rw IN DATABASE :"database" SET statement_timeout = '30s';
ALTER ROLE app_rw IN DATABASE :"database" SET idle_in_transaction_session_timeout = '15s';
ALTER DATABASE :"database" OWNER TO atrium_owner;
ALTER SCHEMA public OWNER TO atrium_owner;
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO app_rw, atrium_backup;
CREATE EXTENSION IF NOT EXISTS vector;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS btree_gin;
SQL
