-- What follows by itself when something happens: automations and their runs; texts for letters and
-- replies; what people are told within Atrium.

-- ── Texts ────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE message_templates (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  key text NOT NULL CHECK (key ~ '^[a-z][a-z0-9_]{1,62}$'),
  name text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('mail', 'reply')),
  resource text NOT NULL,
  default_locale text NOT NULL DEFAULT 'en',
  texts jsonb NOT NULL CHECK (jsonb_typeof(texts) = 'object'),
  active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT message_templates_key UNIQUE (tenant_id, key),
  CONSTRAINT message_templates_fallback CHECK (texts ? default_locale)
);
CREATE INDEX message_templates_by_name ON message_templates (tenant_id, name, id);
CREATE INDEX message_templates_by_age ON message_templates (tenant_id, created_at, id);
CREATE INDEX message_templates_for ON message_templates (tenant_id, resource, kind, name, id);
CALL app_tenant_table('message_templates');

-- ── What people are told ─────────────────────────────────────────────────────────────────────

CREATE TABLE notifications (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  user_id uuid NOT NULL,
  topic text NOT NULL CHECK (topic ~ '^[a-z][a-z0-9_.]{0,62}$'),
  title text NOT NULL,
  body text NOT NULL DEFAULT '',
  kind text,
  record_id uuid,
  mail text NOT NULL DEFAULT 'none' CHECK (mail IN ('none', 'sent', 'due')),
  shown boolean NOT NULL DEFAULT true,
  read_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT notifications_record CHECK ((kind IS NULL) = (record_id IS NULL)),
  CONSTRAINT notifications_user FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX notifications_by_age ON notifications (tenant_id, created_at, id);
CREATE INDEX notifications_of_user ON notifications (tenant_id, user_id, created_at, id);
CREATE INDEX notifications_unread ON notifications (tenant_id, user_id, created_at, id) WHERE read_at IS NULL;
CREATE INDEX notifications_due ON notifications (tenant_id, user_id, id) WHERE mail = 'due';
CREATE INDEX notifications_about ON notifications (tenant_id, kind, record_id, id);
CALL app_tenant_table('notifications');

-- `topic` empty stands for every topic that has no choice of its own.
CREATE TABLE notification_preferences (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  user_id uuid NOT NULL,
  topic text NOT NULL DEFAULT '' CHECK (topic ~ '^([a-z][a-z0-9_.]{0,62})?$'),
  shown boolean NOT NULL DEFAULT true,
  mail text NOT NULL DEFAULT 'none' CHECK (mail IN ('none', 'now', 'daily')),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT notification_preferences_once UNIQUE (tenant_id, user_id, topic),
  CONSTRAINT notification_preferences_user FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX notification_preferences_by_age ON notification_preferences (tenant_id, created_at, id);
CREATE INDEX notification_preferences_of_user ON notification_preferences (tenant_id, user_id, created_at, id);
CREATE INDEX notification_preferences_by_topic ON notification_preferences (tenant_id, topic, id);
CALL app_tenant_table('notification_preferences');

-- ── Automations ──────────────────────────────────────────────────────────────────────────────

-- An active one always says as whom it acts.
CREATE TABLE automations (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  key text NOT NULL CHECK (key ~ '^[a-z][a-z0-9_]{1,62}$'),
  name text NOT NULL,
  summary text NOT NULL DEFAULT '',
  event_types text[] NOT NULL CHECK (cardinality(event_types) BETWEEN 1 AND 20),
  changed text[] NOT NULL DEFAULT '{}',
  condition text NOT NULL DEFAULT '',
  steps jsonb NOT NULL CHECK (jsonb_typeof(steps) = 'array'),
  position integer NOT NULL DEFAULT 100,
  active boolean NOT NULL DEFAULT false,
  runs_as_id uuid,
  author_id uuid,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT automations_key UNIQUE (tenant_id, key),
  CONSTRAINT automations_active_as_somebody CHECK (NOT active OR runs_as_id IS NOT NULL),
  CONSTRAINT automations_runs_as FOREIGN KEY (tenant_id, runs_as_id) REFERENCES profiles (tenant_id, id),
  CONSTRAINT automations_author FOREIGN KEY (tenant_id, author_id) REFERENCES profiles (tenant_id, id)
);
CREATE INDEX automations_by_name ON automations (tenant_id, name, id);
CREATE INDEX automations_by_position ON automations (tenant_id, position, id);
CREATE INDEX automations_by_age ON automations (tenant_id, created_at, id);
CREATE INDEX automations_active ON automations (tenant_id, position, id) WHERE active;
CREATE INDEX automations_acting_as ON automations (tenant_id, runs_as_id) WHERE runs_as_id IS NOT NULL;
CREATE INDEX automations_written_by ON automations (tenant_id, author_id) WHERE author_id IS NOT NULL;
CALL app_tenant_table('automations');

-- One automation answers one event once: the key says so, whoever is quicker.
CREATE TABLE automation_runs (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  automation_id uuid NOT NULL,
  automation_version integer NOT NULL,
  event_id uuid NOT NULL,
  event_type text NOT NULL,
  kind text NOT NULL,
  record_id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'retrying', 'done', 'skipped', 'dead', 'stopped')),
  fault text,
  reason text,
  outcomes jsonb NOT NULL DEFAULT '[]',
  pinned jsonb,
  next_step integer NOT NULL DEFAULT 0,
  attempts integer NOT NULL DEFAULT 1,
  depth integer NOT NULL DEFAULT 0,
  chain text[] NOT NULL DEFAULT '{}',
  root_event_id uuid NOT NULL,
  caused_by_id uuid,
  started_at timestamptz NOT NULL,
  resume_at timestamptz,
  finished_at timestamptz,
  duration_ms integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT automation_runs_once UNIQUE (tenant_id, automation_id, event_id),
  CONSTRAINT automation_runs_named_fault CHECK ((state IN ('dead', 'stopped', 'retrying')) <= (fault IS NOT NULL)),
  CONSTRAINT automation_runs_goes_on CHECK ((state IN ('waiting', 'retrying')) = (resume_at IS NOT NULL)),
  CONSTRAINT automation_runs_automation FOREIGN KEY (tenant_id, automation_id) REFERENCES automations (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX automation_runs_by_age ON automation_runs (tenant_id, created_at, id);
CREATE INDEX automation_runs_by_start ON automation_runs (tenant_id, started_at, id);
CREATE INDEX automation_runs_of_automation ON automation_runs (tenant_id, automation_id, started_at, id);
CREATE INDEX automation_runs_on_record ON automation_runs (tenant_id, automation_id, record_id, started_at);
CREATE INDEX automation_runs_about ON automation_runs (tenant_id, record_id, started_at, id);
CREATE INDEX automation_runs_of_root ON automation_runs (tenant_id, root_event_id);
CREATE INDEX automation_runs_caused ON automation_runs (tenant_id, caused_by_id) WHERE caused_by_id IS NOT NULL;
CREATE INDEX automation_runs_in_state ON automation_runs (tenant_id, state, started_at, id);
CALL app_tenant_table('automation_runs');

-- Until when the runs that are allotted already take up the tenant's share of a minute.
CREATE TABLE automation_budgets (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  taken_until timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT automation_budgets_one UNIQUE (tenant_id)
);
CALL app_tenant_table('automation_budgets');
