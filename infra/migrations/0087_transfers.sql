-- Files that become records and records that become files; the names that other systems have for ours.

CREATE TABLE external_ids (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL,
  source text NOT NULL CHECK (source ~ '^[a-z0-9][a-z0-9_.-]*$' AND length(source) <= 60),
  external_id text NOT NULL CHECK (length(external_id) BETWEEN 1 AND 200),
  record_id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT external_ids_name UNIQUE (tenant_id, kind, source, external_id),
  CONSTRAINT external_ids_record UNIQUE (tenant_id, record_id, source)
);
CREATE INDEX external_ids_by_age ON external_ids (tenant_id, created_at, id);
CALL app_tenant_table('external_ids');

CREATE TABLE import_mappings (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  resource text NOT NULL,
  mapping jsonb NOT NULL,
  options jsonb NOT NULL DEFAULT '{}',
  created_by uuid,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT import_mappings_name UNIQUE (tenant_id, name)
);
CREATE INDEX import_mappings_by_age ON import_mappings (tenant_id, created_at, id);
CREATE INDEX import_mappings_resource ON import_mappings (tenant_id, resource, name);
CALL app_tenant_table('import_mappings');

-- `position` counts the rows of the file that are dealt with: it moves in the transaction of those rows.
CREATE TABLE imports (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  resource text NOT NULL,
  attachment_id uuid NOT NULL,
  format text NOT NULL CHECK (format IN ('csv', 'xlsx', 'ndjson')),
  mode text NOT NULL CHECK (mode IN ('create', 'update', 'upsert')),
  match_on text,
  source text NOT NULL,
  mapping jsonb NOT NULL DEFAULT '{}',
  options jsonb NOT NULL DEFAULT '{}',
  dry_run boolean NOT NULL DEFAULT false,
  on_error text NOT NULL DEFAULT 'skip' CHECK (on_error IN ('skip', 'stop')),
  state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'stopped', 'failed', 'cancelled')),
  position bigint NOT NULL DEFAULT 0,
  progress integer NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
  created_count bigint NOT NULL DEFAULT 0,
  updated_count bigint NOT NULL DEFAULT 0,
  unchanged_count bigint NOT NULL DEFAULT 0,
  failed_count bigint NOT NULL DEFAULT 0,
  ignored_columns text[] NOT NULL DEFAULT '{}',
  problem jsonb,
  report_id uuid,
  profile_id uuid NOT NULL,
  caller_roles text[] NOT NULL,
  caller_scopes text[],
  started_at timestamptz,
  finished_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT imports_matched CHECK (mode = 'create' OR match_on IS NOT NULL),
  CONSTRAINT imports_counted CHECK (dry_run OR created_count + updated_count + unchanged_count + failed_count <= position)
);
CREATE INDEX imports_by_age ON imports (tenant_id, created_at, id);
CREATE INDEX imports_own ON imports (tenant_id, profile_id, created_at, id);
CREATE INDEX imports_open ON imports (tenant_id) WHERE state IN ('queued', 'running');
CALL app_tenant_table('imports');

CREATE TABLE import_faults (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  import_id uuid NOT NULL,
  row_number bigint NOT NULL,
  cells jsonb NOT NULL,
  faults jsonb NOT NULL,
  profile_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT import_faults_row UNIQUE (tenant_id, import_id, row_number),
  CONSTRAINT import_faults_import FOREIGN KEY (tenant_id, import_id) REFERENCES imports (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX import_faults_by_age ON import_faults (tenant_id, created_at, id);
CREATE INDEX import_faults_own ON import_faults (tenant_id, profile_id, row_number, id);
CREATE INDEX import_faults_in_order ON import_faults (tenant_id, row_number, id);
CALL app_tenant_table('import_faults');

CREATE TABLE exports (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  resource text NOT NULL,
  format text NOT NULL CHECK (format IN ('csv', 'xlsx', 'ndjson')),
  columns text[] NOT NULL,
  conditions jsonb NOT NULL DEFAULT '{}',
  sort text,
  words text,
  state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled', 'expired')),
  row_count bigint NOT NULL DEFAULT 0,
  problem jsonb,
  attachment_id uuid,
  expires_at timestamptz,
  profile_id uuid NOT NULL,
  caller_roles text[] NOT NULL,
  caller_scopes text[],
  started_at timestamptz,
  finished_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT exports_kept CHECK ((state = 'done') = (attachment_id IS NOT NULL))
);
CREATE INDEX exports_by_age ON exports (tenant_id, created_at, id);
CREATE INDEX exports_own ON exports (tenant_id, profile_id, created_at, id);
CREATE INDEX exports_open ON exports (tenant_id) WHERE state IN ('queued', 'running');
CREATE INDEX exports_expiring ON exports (tenant_id, expires_at) WHERE state = 'done';
CALL app_tenant_table('exports');
