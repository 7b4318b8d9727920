-- What every tenant stands on: the directory of tenants, credentials, the outbox, jobs, audit,
-- search, idempotency, files and webhooks. Run as the owner of the schema, which is no superuser.

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app_rw') THEN
    CREATE ROLE app_rw LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'search_reader') THEN
    CREATE ROLE search_reader NOLOGIN NOSUPERUSER NOBYPASSRLS;
  END IF;
END $$;

GRANT search_reader TO CURRENT_USER WITH SET TRUE;
GRANT USAGE ON SCHEMA public TO app_rw, search_reader;
GRANT CREATE ON SCHEMA public TO search_reader;

-- So that readiness can say which migrations are missing.
DO $$
BEGIN
  IF to_regclass('public.schema_migrations') IS NOT NULL THEN
    GRANT SELECT ON schema_migrations TO app_rw;
  END IF;
END $$;

-- The tenant that this transaction is bound to; null where none is, so that every policy fails closed.
CREATE FUNCTION app_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  SET search_path = pg_catalog
  AS $$ SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid $$;

-- Binds a script's transaction to a tenant. The service itself binds in BEGIN.
CREATE FUNCTION app_set_tenant(tenant uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('SET LOCAL app.tenant_id = %L', tenant::text);
END $$;

-- Makes a table a tenant's: row-level security on and forced, one policy, rights for the application.
CREATE PROCEDURE app_tenant_table(target text, rights text DEFAULT 'SELECT, INSERT, UPDATE, DELETE')
LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %I ALTER COLUMN tenant_id SET DEFAULT NULLIF(current_setting(''app.tenant_id'', true), '''')::uuid', target);
  EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', target);
  EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', target);
  EXECUTE format('CREATE POLICY tenant ON %I TO app_rw USING (tenant_id = NULLIF(current_setting(''app.tenant_id'', true), '''')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting(''app.tenant_id'', true), '''')::uuid)', target);
  EXECUTE format('GRANT %s ON %I TO app_rw', rights, target);
END $$;

-- ── The directory ────────────────────────────────────────────────────────────────────────────

CREATE TABLE tenants (
  id uuid PRIMARY KEY,
  slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z][a-z0-9-]{1,38}[a-z0-9]$'),
  name text NOT NULL,
  state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'suspended', 'erasing', 'erased')),
  plan text NOT NULL DEFAULT 'standard',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE tenants IS 'citus:reference the directory of tenants; written by operators only';
GRANT SELECT, INSERT, UPDATE ON tenants TO app_rw;

CREATE TABLE tenant_hosts (
  host text PRIMARY KEY CHECK (host = lower(host)),
  tenant_id uuid NOT NULL REFERENCES tenants (id),
  verified_at timestamptz,
  challenge text,
  released_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE tenant_hosts IS 'citus:reference which host name is which tenant''s; only verified rows decide';
GRANT SELECT, INSERT, UPDATE, DELETE ON tenant_hosts TO app_rw;

-- One row a tenant: bumped whenever roles, groups, grants or settings change, so that no compiled
-- access plan outlives what it was compiled from.
CREATE TABLE tenant_state (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  config_version bigint NOT NULL DEFAULT 1,
  settings jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT tenant_state_one UNIQUE (tenant_id)
);
CALL app_tenant_table('tenant_state');

-- Whatever lets somebody in: browser sessions, API keys, OAuth tokens, widget sessions.
CREATE TABLE credentials (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('session', 'api_key', 'access_token', 'refresh_token', 'module_session')),
  name text NOT NULL DEFAULT '',
  secret_hash bytea NOT NULL,
  user_id uuid,
  profile_id uuid,
  client_id uuid,
  module_id uuid,
  family_id uuid,
  scopes text[] NOT NULL DEFAULT '{}',
  roles text[] NOT NULL DEFAULT '{}',
  claims jsonb NOT NULL DEFAULT '{}',
  stamp bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX credentials_user ON credentials (tenant_id, user_id);
CREATE INDEX credentials_family ON credentials (tenant_id, family_id) WHERE family_id IS NOT NULL;
CALL app_tenant_table('credentials');

-- Called inside BEGIN with what the process has cached of a caller. It costs no round trip, and a
-- revoked session, a changed role or a suspended tenant is noticed within one request.
CREATE FUNCTION app_assert(credential uuid, expected_stamp bigint, expected_config bigint) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
  PERFORM 1 FROM credentials c
   WHERE c.tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid AND c.id = credential
     AND c.stamp = expected_stamp AND c.revoked_at IS NULL
     AND (c.expires_at IS NULL OR c.expires_at > clock_timestamp());
  IF NOT FOUND THEN
    RAISE EXCEPTION 'credential is no longer valid' USING ERRCODE = 'AT401';
  END IF;
  PERFORM 1 FROM tenant_state s
   WHERE s.tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid AND s.config_version = expected_config;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'configuration has changed' USING ERRCODE = 'AT409';
  END IF;
END $$;

-- ── Numbers, leased in blocks ────────────────────────────────────────────────────────────────

CREATE TABLE counters (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  value bigint NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT counters_name UNIQUE (tenant_id, name)
);
CALL app_tenant_table('counters');

-- ── Audit: content is appended in the business transaction, sealed into a chain after commit ──

CREATE TABLE audit_entries (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  at timestamptz NOT NULL,
  actor jsonb NOT NULL,
  action text NOT NULL,
  kind text NOT NULL,
  record_id uuid NOT NULL,
  changes jsonb NOT NULL,
  request_id text NOT NULL DEFAULT '',
  origin text NOT NULL DEFAULT '',
  seq bigint,
  hash bytea,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX audit_entries_record ON audit_entries (tenant_id, kind, record_id, id);
CREATE INDEX audit_entries_unsealed ON audit_entries (tenant_id, id) WHERE seq IS NULL;
CREATE UNIQUE INDEX audit_entries_seq ON audit_entries (tenant_id, seq);
CALL app_tenant_table('audit_entries', 'SELECT, INSERT');
GRANT UPDATE (seq, hash) ON audit_entries TO app_rw;

CREATE FUNCTION audit_entries_sealed_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.seq IS NOT NULL THEN
    RAISE EXCEPTION 'a sealed audit entry cannot be changed' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER audit_entries_sealed_once BEFORE UPDATE ON audit_entries
  FOR EACH ROW EXECUTE FUNCTION audit_entries_sealed_once();
COMMENT ON TRIGGER audit_entries_sealed_once ON audit_entries IS 'citus:ok row-local: refuses to change what is sealed';

CREATE TABLE audit_heads (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  seq bigint NOT NULL DEFAULT 0,
  hash bytea NOT NULL DEFAULT '',
  signature bytea NOT NULL DEFAULT '',
  sealed_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT audit_heads_one UNIQUE (tenant_id)
);
CALL app_tenant_table('audit_heads', 'SELECT, INSERT, UPDATE');

-- ── Outbox: rows of the business transaction; a relay gives them their position ───────────────

CREATE TABLE events (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  type text NOT NULL,
  kind text NOT NULL,
  record_id uuid NOT NULL,
  at timestamptz NOT NULL,
  actor jsonb NOT NULL,
  payload jsonb NOT NULL,
  request_id text NOT NULL DEFAULT '',
  position bigint,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX events_waiting ON events (tenant_id, id) WHERE position IS NULL;
CREATE UNIQUE INDEX events_position ON events (tenant_id, position);
CREATE INDEX events_record ON events (tenant_id, kind, record_id);
CALL app_tenant_table('events');

CREATE TABLE event_heads (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  position bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT event_heads_one UNIQUE (tenant_id)
);
CALL app_tenant_table('event_heads');

-- ── Jobs ─────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE jobs (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  queue text NOT NULL DEFAULT 'default',
  arguments jsonb NOT NULL DEFAULT '{}',
  actor jsonb NOT NULL DEFAULT '{}',
  dedupe_key text,
  state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'dead', 'cancelled')),
  priority smallint NOT NULL DEFAULT 5,
  run_at timestamptz NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  attempts_max integer NOT NULL DEFAULT 8,
  fence bigint NOT NULL DEFAULT 0,
  lease_until timestamptz,
  worker text,
  progress jsonb,
  result jsonb,
  error text,
  request_id text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  finished_at timestamptz,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX jobs_due ON jobs (tenant_id, priority, run_at, id) WHERE state = 'queued';
CREATE INDEX jobs_leased ON jobs (tenant_id, lease_until) WHERE state = 'running';
CREATE UNIQUE INDEX jobs_dedupe ON jobs (tenant_id, dedupe_key) WHERE state = 'queued' AND dedupe_key IS NOT NULL;
CREATE INDEX jobs_finished ON jobs (tenant_id, finished_at) WHERE state IN ('done', 'cancelled');
CALL app_tenant_table('jobs');

-- ── Replays of POST ──────────────────────────────────────────────────────────────────────────

CREATE TABLE idempotency_keys (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  caller text NOT NULL,
  key text NOT NULL,
  fingerprint bytea NOT NULL,
  status integer NOT NULL,
  headers jsonb NOT NULL DEFAULT '{}',
  body bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT idempotency_keys_key UNIQUE (tenant_id, caller, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (tenant_id, created_at);
CALL app_tenant_table('idempotency_keys');

-- ── Full-text search ─────────────────────────────────────────────────────────────────────────

CREATE TABLE search_entries (
  tenant_id uuid NOT NULL,
  kind text NOT NULL,
  id uuid NOT NULL,
  words tsvector NOT NULL,
  PRIMARY KEY (tenant_id, kind, id)
);
CREATE INDEX search_entries_words ON search_entries USING gin (words);
CALL app_tenant_table('search_entries');
-- The match operator is not leakproof: behind any policy that must be evaluated it cannot use its
-- index. This role's policy therefore folds to true. It cannot log in, reads only this table, and is
-- used only by the function below, which names the tenant itself.
CREATE POLICY bound ON search_entries FOR SELECT TO search_reader
  USING (true OR NULLIF(current_setting('app.tenant_id', true), '') IS NOT NULL);
GRANT SELECT ON search_entries TO search_reader;

CREATE FUNCTION app_search(wanted_kind text, query tsquery, most integer)
RETURNS TABLE (id uuid, rank real) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
  SELECT s.id, ts_rank_cd(s.words, query, 1) AS rank
    FROM (SELECT e.id, e.words FROM public.search_entries e
           WHERE e.tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid
             AND e.kind = wanted_kind AND e.words @@ query
           ORDER BY e.id DESC LIMIT most) s
$$;
ALTER FUNCTION app_search(text, tsquery, integer) OWNER TO search_reader;
REVOKE ALL ON FUNCTION app_search(text, tsquery, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app_search(text, tsquery, integer) TO app_rw;

-- ── Files, mail, webhooks ────────────────────────────────────────────────────────────────────

CREATE TABLE attachments (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  kind text,
  record_id uuid,
  name text NOT NULL,
  media_type text NOT NULL,
  size_bytes bigint NOT NULL,
  sha256 bytea NOT NULL,
  storage_key text NOT NULL,
  visibility text NOT NULL DEFAULT 'public' CHECK (visibility IN ('public', 'internal')),
  created_by uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX attachments_record ON attachments (tenant_id, kind, record_id, id);
CREATE INDEX attachments_owner ON attachments (tenant_id, created_by, id);
CALL app_tenant_table('attachments');

CREATE TABLE outbound_mails (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  message_id text NOT NULL,
  sender text NOT NULL,
  recipient text NOT NULL,
  subject text NOT NULL,
  text_body text NOT NULL,
  html_body text,
  headers jsonb NOT NULL DEFAULT '{}',
  kind text,
  record_id uuid,
  state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sent', 'failed')),
  error text,
  sent_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT outbound_mails_message UNIQUE (tenant_id, message_id)
);
CREATE INDEX outbound_mails_record ON outbound_mails (tenant_id, kind, record_id, id);
CALL app_tenant_table('outbound_mails');

CREATE TABLE webhooks (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  url text NOT NULL,
  event_types text[] NOT NULL DEFAULT '{}',
  secrets jsonb NOT NULL DEFAULT '[]',
  active boolean NOT NULL DEFAULT true,
  failures integer NOT NULL DEFAULT 0,
  disabled_reason text,
  profile_id uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id)
);
CALL app_tenant_table('webhooks');

CREATE TABLE webhook_deliveries (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  webhook_id uuid NOT NULL,
  event_id uuid NOT NULL,
  event_type text NOT NULL,
  state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'delivered', 'failed', 'dead')),
  attempts integer NOT NULL DEFAULT 0,
  status integer,
  error text,
  delivered_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT webhook_deliveries_once UNIQUE (tenant_id, webhook_id, event_id),
  CONSTRAINT webhook_deliveries_webhook FOREIGN KEY (tenant_id, webhook_id) REFERENCES webhooks (tenant_id, id) ON DELETE CASCADE
);
CALL app_tenant_table('webhook_deliveries');
