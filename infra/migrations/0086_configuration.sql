-- The history of a tenant's configuration: each state it was in, as the bundle of files that it was.

CREATE TABLE config_revisions (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  number integer NOT NULL CHECK (number > 0),
  origin text NOT NULL CHECK (origin IN ('found', 'by_hand', 'applied', 'rolled_back', 'pack')),
  comment text NOT NULL DEFAULT '',
  checksum text NOT NULL CHECK (checksum ~ '^sha256:[0-9a-f]{64}$'),
  counts jsonb NOT NULL DEFAULT '{}',
  changed_by jsonb NOT NULL DEFAULT '[]',
  differences jsonb NOT NULL DEFAULT '[]',
  bundle bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT config_revisions_number UNIQUE (tenant_id, number)
);
CREATE INDEX config_revisions_by_number ON config_revisions (tenant_id, number, id);
CREATE INDEX config_revisions_by_age ON config_revisions (tenant_id, created_at, id);
-- What was is not rewritten: no right to change. It goes with the tenant alone, by erasure.
CALL app_tenant_table('config_revisions', 'SELECT, INSERT, DELETE');
