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
