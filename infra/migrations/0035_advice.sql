-- Advice beside a case: what admins recommend, what each case asks, and summaries that were written.

CREATE EXTENSION IF NOT EXISTS vector;

-- `condition` is CEL over the case; `action` names a verb of the case and its arguments.
CREATE TABLE recommendation_rules (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  condition text NOT NULL,
  title text NOT NULL,
  reason text NOT NULL,
  guidance text NOT NULL DEFAULT '',
  action jsonb,
  active boolean NOT NULL DEFAULT true,
  rank integer NOT NULL DEFAULT 100 CHECK (rank BETWEEN 1 AND 1000),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT recommendation_rules_name UNIQUE (tenant_id, name)
);
CREATE INDEX recommendation_rules_by_rank ON recommendation_rules (tenant_id, rank, id);
CREATE INDEX recommendation_rules_by_name ON recommendation_rules (tenant_id, name, id);
CREATE INDEX recommendation_rules_by_age ON recommendation_rules (tenant_id, created_at, id);
CALL app_tenant_table('recommendation_rules');

-- A case's own words as a vector, made by a job, so that asking for advice calls no network. Its id
-- is the case's.
CREATE TABLE case_questions (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  content_hash text NOT NULL,
  model text NOT NULL CHECK (length(model) BETWEEN 1 AND 100),
  embedding halfvec(256),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT case_questions_case FOREIGN KEY (tenant_id, id) REFERENCES cases (tenant_id, id) ON DELETE CASCADE
);
CALL app_tenant_table('case_questions');

-- `basis` is a digest of the passages that a summary was made of: it is shown only to whoever reads
-- exactly these. `asked` says that the tenant's endpoint was called, which counts towards its limit.
CREATE TABLE case_summaries (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  case_id uuid NOT NULL,
  basis text NOT NULL,
  sentences jsonb NOT NULL,
  model text NOT NULL,
  made_at timestamptz NOT NULL,
  fallback_reason text,
  asked boolean NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT case_summaries_case FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX case_summaries_of_case ON case_summaries (tenant_id, case_id, basis, made_at);
CREATE INDEX case_summaries_by_time ON case_summaries (tenant_id, made_at, id);
CALL app_tenant_table('case_summaries');
