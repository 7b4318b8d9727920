-- Quality: rules by which two records are taken for one, the keys by which likely twins are found,
-- merges that can be undone. Privacy: classes of data, requests of the people that data is about,
-- holds that forbid erasing, and the proof of what was erased.

-- ── Duplicates ───────────────────────────────────────────────────────────────────────────────

CREATE TABLE duplicate_rules (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  resource text NOT NULL CHECK (resource IN ('accounts', 'contacts', 'consumers')),
  conditions jsonb NOT NULL CHECK (jsonb_typeof(conditions) = 'array'),
  threshold integer NOT NULL DEFAULT 100 CHECK (threshold BETWEEN 1 AND 1000),
  action text NOT NULL DEFAULT 'warn' CHECK (action IN ('warn', 'block')),
  country text CHECK (country ~ '^[A-Z]{2}$'),
  active boolean NOT NULL DEFAULT true,
  scanned_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT duplicate_rules_name UNIQUE (tenant_id, name)
);
CREATE INDEX duplicate_rules_by_name ON duplicate_rules (tenant_id, name, id);
CREATE INDEX duplicate_rules_by_age ON duplicate_rules (tenant_id, created_at, id);
CREATE INDEX duplicate_rules_of_resource ON duplicate_rules (tenant_id, resource, id) WHERE active;
CALL app_tenant_table('duplicate_rules');

-- A key is a digest of something that twins share; records with a key in common are compared.
CREATE TABLE match_keys (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  resource text NOT NULL,
  record_id uuid NOT NULL,
  key text NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT match_keys_once UNIQUE (tenant_id, resource, record_id, key)
);
CREATE INDEX match_keys_key ON match_keys (tenant_id, resource, key, record_id);
CALL app_tenant_table('match_keys');

-- Two entries of the same person at the same moment wait for each other here.
CREATE TABLE match_locks (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  key text NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT match_locks_key UNIQUE (tenant_id, key)
);
CALL app_tenant_table('match_locks');

CREATE TABLE duplicate_candidates (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  resource text NOT NULL,
  record_id uuid NOT NULL,
  other_id uuid NOT NULL,
  rule_id uuid NOT NULL,
  score integer NOT NULL,
  reasons text[] NOT NULL DEFAULT '{}',
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'dismissed', 'merged')),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT duplicate_candidates_pair UNIQUE (tenant_id, resource, record_id, other_id),
  CONSTRAINT duplicate_candidates_order CHECK (record_id < other_id),
  CONSTRAINT duplicate_candidates_rule FOREIGN KEY (tenant_id, rule_id) REFERENCES duplicate_rules (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX duplicate_candidates_by_score ON duplicate_candidates (tenant_id, score, id);
CREATE INDEX duplicate_candidates_by_age ON duplicate_candidates (tenant_id, created_at, id);
CREATE INDEX duplicate_candidates_other ON duplicate_candidates (tenant_id, resource, other_id);
CREATE INDEX duplicate_candidates_rule_used ON duplicate_candidates (tenant_id, rule_id);
CALL app_tenant_table('duplicate_candidates');

-- ── Merges ───────────────────────────────────────────────────────────────────────────────────

ALTER TABLE accounts ADD COLUMN merged_into_id uuid,
  ADD CONSTRAINT accounts_merged_into FOREIGN KEY (tenant_id, merged_into_id) REFERENCES accounts (tenant_id, id);
CREATE INDEX accounts_merged ON accounts (tenant_id, merged_into_id) WHERE merged_into_id IS NOT NULL;
ALTER TABLE contacts ADD COLUMN merged_into_id uuid,
  ADD CONSTRAINT contacts_merged_into FOREIGN KEY (tenant_id, merged_into_id) REFERENCES contacts (tenant_id, id);
CREATE INDEX contacts_merged ON contacts (tenant_id, merged_into_id) WHERE merged_into_id IS NOT NULL;
ALTER TABLE consumers ADD COLUMN merged_into_id uuid,
  ADD CONSTRAINT consumers_merged_into FOREIGN KEY (tenant_id, merged_into_id) REFERENCES consumers (tenant_id, id);
CREATE INDEX consumers_merged ON consumers (tenant_id, merged_into_id) WHERE merged_into_id IS NOT NULL;

CREATE TABLE merges (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  resource text NOT NULL,
  record_id uuid NOT NULL,
  merged_ids uuid[] NOT NULL CHECK (cardinality(merged_ids) BETWEEN 1 AND 20),
  taken jsonb NOT NULL DEFAULT '{}',
  rows_changed integer NOT NULL DEFAULT 0,
  state text NOT NULL DEFAULT 'applied' CHECK (state IN ('applied', 'undone', 'final')),
  undone_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX merges_by_age ON merges (tenant_id, created_at, id);
CREATE INDEX merges_of_record ON merges (tenant_id, resource, record_id, id);
CALL app_tenant_table('merges');

-- Every row that a merge touched, as it was and as it became: what undoing compares and restores.
CREATE TABLE merge_rows (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  merge_id uuid NOT NULL,
  step integer NOT NULL,
  table_name text NOT NULL,
  row_id uuid NOT NULL,
  before jsonb,
  after jsonb,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT merge_rows_once UNIQUE (tenant_id, merge_id, step, table_name, row_id),
  CONSTRAINT merge_rows_merge FOREIGN KEY (tenant_id, merge_id) REFERENCES merges (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX merge_rows_of_row ON merge_rows (tenant_id, table_name, row_id);
CALL app_tenant_table('merge_rows');

-- ── Classes of data ──────────────────────────────────────────────────────────────────────────

CREATE TABLE data_classes (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  key text NOT NULL CHECK (key ~ '^[a-z][a-z0-9_]{1,62}$'),
  name text NOT NULL,
  summary text NOT NULL DEFAULT '',
  restricted boolean NOT NULL DEFAULT false,
  cleared_roles text[] NOT NULL DEFAULT '{}',
  on_erasure text NOT NULL DEFAULT 'keep' CHECK (on_erasure IN ('keep', 'erase')),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT data_classes_key UNIQUE (tenant_id, key)
);
CREATE INDEX data_classes_by_key ON data_classes (tenant_id, key, id);
CREATE INDEX data_classes_by_age ON data_classes (tenant_id, created_at, id);
CALL app_tenant_table('data_classes');

CREATE TABLE field_classifications (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  resource text NOT NULL,
  field text NOT NULL,
  data_class_id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT field_classifications_field UNIQUE (tenant_id, resource, field),
  CONSTRAINT field_classifications_class FOREIGN KEY (tenant_id, data_class_id) REFERENCES data_classes (tenant_id, id)
);
CREATE INDEX field_classifications_by_resource ON field_classifications (tenant_id, resource, id);
CREATE INDEX field_classifications_by_age ON field_classifications (tenant_id, created_at, id);
CREATE INDEX field_classifications_of_class ON field_classifications (tenant_id, data_class_id);
CALL app_tenant_table('field_classifications');

CREATE TRIGGER data_classes_changed AFTER UPDATE OR DELETE ON data_classes FOR EACH ROW
  EXECUTE FUNCTION configuration_changed();
COMMENT ON TRIGGER data_classes_changed ON data_classes IS 'citus:ok row-local: moves the tenant''s own configuration version';
CREATE TRIGGER field_classifications_changed AFTER INSERT OR UPDATE OR DELETE ON field_classifications FOR EACH ROW
  EXECUTE FUNCTION configuration_changed();
COMMENT ON TRIGGER field_classifications_changed ON field_classifications IS 'citus:ok row-local: moves the tenant''s own configuration version';

-- Resource → columns that are of a restricted class for which none of these roles is cleared.
CREATE OR REPLACE FUNCTION app_masked(roles text[]) RETURNS jsonb LANGUAGE sql STABLE
AS $$
  SELECT coalesce(jsonb_object_agg(m.resource, m.fields), '{}') FROM (
    SELECT f.resource, jsonb_agg(f.field ORDER BY f.field) AS fields
      FROM field_classifications f
      JOIN data_classes c ON c.tenant_id = f.tenant_id AND c.id = f.data_class_id
     WHERE f.tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid
       AND c.restricted AND NOT c.cleared_roles && $1 AND NOT 'admin' = ANY ($1)
     GROUP BY f.resource) m
$$;

-- ── People's rights ──────────────────────────────────────────────────────────────────────────

CREATE TABLE legal_holds (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('users', 'contacts', 'consumers', 'accounts', 'cases')),
  record_id uuid NOT NULL,
  reason text NOT NULL,
  released_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX legal_holds_by_age ON legal_holds (tenant_id, created_at, id);
CREATE INDEX legal_holds_of_record ON legal_holds (tenant_id, record_id);
CALL app_tenant_table('legal_holds');

CREATE TABLE retention_rules (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  resource text NOT NULL,
  keep_days integer NOT NULL CHECK (keep_days BETWEEN 1 AND 36500),
  reason text NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT retention_rules_resource UNIQUE (tenant_id, resource)
);
CREATE INDEX retention_rules_by_age ON retention_rules (tenant_id, created_at, id);
CALL app_tenant_table('retention_rules');

CREATE TABLE subject_requests (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('access', 'erasure', 'restriction')),
  subject_kind text NOT NULL CHECK (subject_kind IN ('users', 'contacts', 'consumers')),
  subject_id uuid NOT NULL,
  note text NOT NULL DEFAULT '',
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'running', 'blocked', 'done', 'rejected')),
  due_at timestamptz NOT NULL,
  progress jsonb NOT NULL DEFAULT '{}',
  attachment_id uuid,
  finished_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX subject_requests_by_due ON subject_requests (tenant_id, due_at, id);
CREATE INDEX subject_requests_by_age ON subject_requests (tenant_id, created_at, id);
CREATE INDEX subject_requests_of_subject ON subject_requests (tenant_id, subject_id, due_at, id);
CREATE UNIQUE INDEX subject_requests_running ON subject_requests (tenant_id, subject_id, kind) WHERE state = 'running';
CALL app_tenant_table('subject_requests');

CREATE TABLE erasure_certificates (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  request_id uuid NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('erased', 'partly', 'blocked')),
  counts jsonb NOT NULL,
  digest text NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT erasure_certificates_request FOREIGN KEY (tenant_id, request_id) REFERENCES subject_requests (tenant_id, id)
);
CREATE INDEX erasure_certificates_of_request ON erasure_certificates (tenant_id, request_id);
CREATE INDEX erasure_certificates_by_age ON erasure_certificates (tenant_id, created_at, id);
CALL app_tenant_table('erasure_certificates', 'SELECT, INSERT, DELETE');

-- One line a record: what of it was erased, or why it was kept.
CREATE TABLE erasure_entries (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  request_id uuid NOT NULL,
  collection text NOT NULL,
  record_id uuid NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('erased', 'kept', 'blocked')),
  columns text[] NOT NULL DEFAULT '{}',
  reason text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT erasure_entries_once UNIQUE (tenant_id, request_id, collection, record_id, outcome, reason),
  CONSTRAINT erasure_entries_request FOREIGN KEY (tenant_id, request_id) REFERENCES subject_requests (tenant_id, id)
);
CREATE INDEX erasure_entries_by_age ON erasure_entries (tenant_id, created_at, id);
CALL app_tenant_table('erasure_entries');

-- ── Taking words out of what is kept ─────────────────────────────────────────────────────────

-- A JSON value with every match in its strings and names replaced.
CREATE FUNCTION app_redacted(told jsonb, pattern text) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, public AS $$
BEGIN
  IF told IS NULL OR told::text !~* pattern THEN
    RETURN told;
  END IF;
  CASE jsonb_typeof(told)
    WHEN 'string' THEN
      RETURN to_jsonb(regexp_replace(told #>> '{}', pattern, '[erased]', 'gi'));
    WHEN 'array' THEN
      RETURN (SELECT coalesce(jsonb_agg(app_redacted(e, pattern) ORDER BY n), '[]')
                FROM jsonb_array_elements(told) WITH ORDINALITY AS x (e, n));
    WHEN 'object' THEN
      RETURN (SELECT coalesce(jsonb_object_agg(regexp_replace(k, pattern, '[erased]', 'gi'), app_redacted(v, pattern)), '{}')
                FROM jsonb_each(told) AS x (k, v));
    ELSE
      RETURN told;
  END CASE;
END $$;

-- Sealed entries of the audit are never rewritten; words can be taken out of them, and nothing put in.
-- The digest that the chain was closed over stays beside the entry, so the chain verifies; that the
-- entry was redacted, and to what, must be told by a later entry of the chain, or the verifier refuses.
ALTER TABLE audit_entries ADD COLUMN redacted_digest bytea;
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'audit_redactor') THEN
    CREATE ROLE audit_redactor NOLOGIN NOSUPERUSER NOBYPASSRLS;
  END IF;
END $$;
GRANT audit_redactor TO CURRENT_USER WITH SET TRUE;
GRANT USAGE, CREATE ON SCHEMA public TO audit_redactor;
GRANT SELECT ON subject_requests TO audit_redactor;
GRANT SELECT, UPDATE (actor, changes, redacted_digest) ON audit_entries TO audit_redactor;
CREATE POLICY redacting ON audit_entries TO audit_redactor
  USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY redacting ON subject_requests FOR SELECT TO audit_redactor
  USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);

CREATE OR REPLACE FUNCTION audit_entries_sealed_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.seq IS NOT NULL AND current_user <> 'audit_redactor' THEN
    RAISE EXCEPTION 'a sealed audit entry cannot be changed' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION app_redact_audit(request uuid, entries uuid[], digests bytea[], whole boolean[], pattern text)
RETURNS SETOF uuid LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
DECLARE
  bound uuid := NULLIF(current_setting('app.tenant_id', true), '')::uuid;
BEGIN
  IF NOT EXISTS (SELECT FROM public.subject_requests r WHERE r.tenant_id = bound AND r.id = request
                  AND r.kind = 'erasure' AND r.state = 'running') THEN
    RAISE EXCEPTION 'only a running erasure takes words out of the audit' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN QUERY
  UPDATE public.audit_entries a SET
    actor = public.app_redacted(a.actor, pattern),
    changes = CASE WHEN n.whole THEN (
        SELECT coalesce(jsonb_object_agg(k, '["[erased]", "[erased]"]'::jsonb), '{}') FROM jsonb_object_keys(
          CASE jsonb_typeof(a.changes) WHEN 'object' THEN a.changes ELSE '{}'::jsonb END) k)
      ELSE public.app_redacted(a.changes, pattern) END,
    redacted_digest = coalesce(a.redacted_digest, n.digest)
   FROM unnest(entries, digests, whole) AS n (id, digest, whole)
  WHERE a.tenant_id = bound AND a.id = n.id AND a.seq IS NOT NULL RETURNING a.id;
END $$;
ALTER FUNCTION app_redact_audit(uuid, uuid[], bytea[], boolean[], text) OWNER TO audit_redactor;
REVOKE ALL ON FUNCTION app_redact_audit(uuid, uuid[], bytea[], boolean[], text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app_redact_audit(uuid, uuid[], bytea[], boolean[], text) TO app_rw;
