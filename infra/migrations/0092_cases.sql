-- Types of cases, escalations, watchers, macros, duplicates and follow-ups; surveys of customers.

-- ── Types: what a case of this kind must say, which verbs it allows where, how urgent it is ──

CREATE TABLE case_types (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  key text NOT NULL CHECK (key ~ '^[a-z][a-z0-9_]{0,59}$'),
  name text NOT NULL,
  description text NOT NULL DEFAULT '',
  active boolean NOT NULL DEFAULT true,
  portal_visible boolean NOT NULL DEFAULT false,
  required_fields text[] NOT NULL DEFAULT '{}',
  hidden_fields text[] NOT NULL DEFAULT '{}',
  verbs jsonb NOT NULL DEFAULT '{}',
  priorities jsonb NOT NULL DEFAULT '{}',
  default_priority integer CHECK (default_priority BETWEEN 1 AND 4),
  assignment_group_id uuid,
  playbook text,
  reopen_days integer CHECK (reopen_days BETWEEN 0 AND 3650),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT case_types_key UNIQUE (tenant_id, key),
  CONSTRAINT case_types_group FOREIGN KEY (tenant_id, assignment_group_id) REFERENCES groups (tenant_id, id)
);
CREATE INDEX case_types_by_name ON case_types (tenant_id, name, id);
CREATE INDEX case_types_by_age ON case_types (tenant_id, created_at, id);
CREATE INDEX case_types_of_group ON case_types (tenant_id, assignment_group_id) WHERE assignment_group_id IS NOT NULL;
CALL app_tenant_table('case_types');

ALTER TABLE cases ADD COLUMN case_type_id uuid;
ALTER TABLE cases ADD COLUMN follows_id uuid;
ALTER TABLE cases ADD COLUMN duplicate_of_id uuid;
ALTER TABLE cases ADD CONSTRAINT cases_type FOREIGN KEY (tenant_id, case_type_id) REFERENCES case_types (tenant_id, id);
ALTER TABLE cases ADD CONSTRAINT cases_follows FOREIGN KEY (tenant_id, follows_id) REFERENCES cases (tenant_id, id);
ALTER TABLE cases ADD CONSTRAINT cases_duplicate FOREIGN KEY (tenant_id, duplicate_of_id) REFERENCES cases (tenant_id, id);
ALTER TABLE cases ADD CONSTRAINT cases_not_own_duplicate CHECK (duplicate_of_id <> id);
ALTER TABLE cases ADD CONSTRAINT cases_not_own_follower CHECK (follows_id <> id);
CREATE INDEX cases_of_type ON cases (tenant_id, case_type_id, opened_at, id) WHERE case_type_id IS NOT NULL;
CREATE INDEX cases_that_follow ON cases (tenant_id, follows_id, opened_at, id) WHERE follows_id IS NOT NULL;
CREATE INDEX cases_duplicates ON cases (tenant_id, duplicate_of_id, opened_at, id) WHERE duplicate_of_id IS NOT NULL;

-- ── Escalations ──────────────────────────────────────────────────────────────────────────────

CREATE TABLE escalation_rules (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  moment text NOT NULL CHECK (moment IN ('warned', 'breached')),
  target text CHECK (target IN ('response', 'resolution')),
  priority_most integer CHECK (priority_most BETWEEN 1 AND 4),
  level integer NOT NULL DEFAULT 1 CHECK (level BETWEEN 1 AND 3),
  assignment_group_id uuid,
  due_minutes integer CHECK (due_minutes BETWEEN 1 AND 525600),
  hands_over boolean NOT NULL DEFAULT false,
  active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT escalation_rules_name UNIQUE (tenant_id, name),
  CONSTRAINT escalation_rules_to CHECK (NOT hands_over OR assignment_group_id IS NOT NULL),
  CONSTRAINT escalation_rules_group FOREIGN KEY (tenant_id, assignment_group_id) REFERENCES groups (tenant_id, id)
);
CREATE INDEX escalation_rules_by_age ON escalation_rules (tenant_id, created_at, id);
CREATE INDEX escalation_rules_of_group ON escalation_rules (tenant_id, assignment_group_id) WHERE assignment_group_id IS NOT NULL;
CALL app_tenant_table('escalation_rules');

-- One that runs, at most, for a case and a level.
CREATE TABLE case_escalations (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  case_id uuid NOT NULL,
  level integer NOT NULL CHECK (level BETWEEN 1 AND 3),
  state text NOT NULL CHECK (state IN ('open', 'acknowledged', 'ended')),
  cause text NOT NULL CHECK (cause IN ('person', 'task', 'rule')),
  reason text NOT NULL,
  raised_by_id uuid,
  assignment_group_id uuid,
  assigned_to_id uuid,
  due_at timestamptz,
  acknowledged_at timestamptz,
  acknowledged_by_id uuid,
  ended_at timestamptz,
  ended_by_id uuid,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT case_escalations_end CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
  CONSTRAINT case_escalations_acknowledged CHECK (state <> 'acknowledged' OR acknowledged_at IS NOT NULL),
  CONSTRAINT case_escalations_case FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id),
  CONSTRAINT case_escalations_group FOREIGN KEY (tenant_id, assignment_group_id) REFERENCES groups (tenant_id, id),
  CONSTRAINT case_escalations_assignee FOREIGN KEY (tenant_id, assigned_to_id) REFERENCES profiles (tenant_id, id)
);
CREATE UNIQUE INDEX case_escalations_running ON case_escalations (tenant_id, case_id, level) WHERE state <> 'ended';
CREATE INDEX case_escalations_by_age ON case_escalations (tenant_id, created_at, id);
CREATE INDEX case_escalations_of_case ON case_escalations (tenant_id, case_id, created_at, id);
CREATE INDEX case_escalations_in_state ON case_escalations (tenant_id, state, created_at, id);
CREATE INDEX case_escalations_of_group ON case_escalations (tenant_id, assignment_group_id, created_at, id) WHERE assignment_group_id IS NOT NULL;
CREATE INDEX case_escalations_of_assignee ON case_escalations (tenant_id, assigned_to_id, created_at, id) WHERE assigned_to_id IS NOT NULL;
CALL app_tenant_table('case_escalations');

-- The tier of support that an article is for: the second reads the first's, not the other way round.
ALTER TABLE articles ADD COLUMN tier integer NOT NULL DEFAULT 1 CHECK (tier BETWEEN 1 AND 2);
ALTER TABLE articles ADD CONSTRAINT articles_tier CHECK (tier = 1 OR audience = 'internal');

-- ── Watchers and macros ──────────────────────────────────────────────────────────────────────

CREATE TABLE case_watchers (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  case_id uuid NOT NULL,
  profile_id uuid NOT NULL,
  added_by_id uuid,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT case_watchers_once UNIQUE (tenant_id, case_id, profile_id),
  CONSTRAINT case_watchers_case FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id),
  CONSTRAINT case_watchers_profile FOREIGN KEY (tenant_id, profile_id) REFERENCES profiles (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX case_watchers_by_age ON case_watchers (tenant_id, created_at, id);
CREATE INDEX case_watchers_of_case ON case_watchers (tenant_id, case_id, created_at, id);
CREATE INDEX case_watchers_of_profile ON case_watchers (tenant_id, profile_id, created_at, id);
CALL app_tenant_table('case_watchers');

CREATE TABLE macros (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  description text NOT NULL DEFAULT '',
  steps jsonb NOT NULL CHECK (jsonb_typeof(steps) = 'array' AND jsonb_array_length(steps) BETWEEN 1 AND 20),
  active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT macros_name UNIQUE (tenant_id, name)
);
CREATE INDEX macros_by_age ON macros (tenant_id, created_at, id);
CALL app_tenant_table('macros');

-- ── Surveys ──────────────────────────────────────────────────────────────────────────────────

CREATE TABLE surveys (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  title text NOT NULL,
  intro text NOT NULL DEFAULT '',
  moment text NOT NULL DEFAULT 'resolved' CHECK (moment IN ('resolved', 'closed')),
  questions jsonb NOT NULL DEFAULT '[]',
  delay_minutes integer NOT NULL DEFAULT 0 CHECK (delay_minutes BETWEEN 0 AND 43200),
  sample_percent integer NOT NULL DEFAULT 100 CHECK (sample_percent BETWEEN 0 AND 100),
  quiet_days integer NOT NULL DEFAULT 0 CHECK (quiet_days BETWEEN 0 AND 365),
  open_days integer NOT NULL DEFAULT 14 CHECK (open_days BETWEEN 1 AND 365),
  active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT surveys_name UNIQUE (tenant_id, name)
);
CREATE INDEX surveys_by_age ON surveys (tenant_id, created_at, id);
CALL app_tenant_table('surveys');

-- Who was asked about which case, or why not; the round counts how often the case was reopened.
CREATE TABLE survey_invitations (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  survey_id uuid NOT NULL,
  case_id uuid NOT NULL,
  round integer NOT NULL DEFAULT 0,
  contact_id uuid,
  consumer_id uuid,
  assigned_to_id uuid,
  assignment_group_id uuid,
  state text NOT NULL CHECK (state IN ('waiting', 'sent', 'answered', 'withheld')),
  withheld_reason text CHECK (withheld_reason IN ('sampled_out', 'quiet', 'no_address', 'reopened', 'ended')),
  token_hash bytea,
  sent_at timestamptz,
  expires_at timestamptz,
  answered_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT survey_invitations_once UNIQUE (tenant_id, survey_id, case_id, round),
  CONSTRAINT survey_invitations_person CHECK (contact_id IS NULL OR consumer_id IS NULL),
  CONSTRAINT survey_invitations_sent CHECK (state NOT IN ('sent', 'answered') OR (sent_at IS NOT NULL AND expires_at IS NOT NULL)),
  CONSTRAINT survey_invitations_withheld CHECK ((state = 'withheld') = (withheld_reason IS NOT NULL)),
  CONSTRAINT survey_invitations_survey FOREIGN KEY (tenant_id, survey_id) REFERENCES surveys (tenant_id, id),
  CONSTRAINT survey_invitations_case FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id),
  CONSTRAINT survey_invitations_contact FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id),
  CONSTRAINT survey_invitations_consumer FOREIGN KEY (tenant_id, consumer_id) REFERENCES consumers (tenant_id, id),
  CONSTRAINT survey_invitations_agent FOREIGN KEY (tenant_id, assigned_to_id) REFERENCES profiles (tenant_id, id),
  CONSTRAINT survey_invitations_group FOREIGN KEY (tenant_id, assignment_group_id) REFERENCES groups (tenant_id, id)
);
CREATE INDEX survey_invitations_by_age ON survey_invitations (tenant_id, created_at, id);
CREATE INDEX survey_invitations_of_survey ON survey_invitations (tenant_id, survey_id, created_at, id);
CREATE INDEX survey_invitations_of_case ON survey_invitations (tenant_id, case_id, created_at, id);
CREATE INDEX survey_invitations_of_contact ON survey_invitations (tenant_id, contact_id, created_at, id) WHERE contact_id IS NOT NULL;
CREATE INDEX survey_invitations_of_consumer ON survey_invitations (tenant_id, consumer_id, created_at, id) WHERE consumer_id IS NOT NULL;
CREATE INDEX survey_invitations_of_agent ON survey_invitations (tenant_id, assigned_to_id, created_at, id) WHERE assigned_to_id IS NOT NULL;
CREATE INDEX survey_invitations_of_group ON survey_invitations (tenant_id, assignment_group_id, created_at, id) WHERE assignment_group_id IS NOT NULL;
CALL app_tenant_table('survey_invitations');

-- One answer an invitation: the second is refused by the key.
CREATE TABLE survey_answers (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  invitation_id uuid NOT NULL,
  survey_id uuid NOT NULL,
  case_id uuid NOT NULL,
  assigned_to_id uuid,
  assignment_group_id uuid,
  contact_id uuid,
  consumer_id uuid,
  score integer NOT NULL CHECK (score BETWEEN 1 AND 5),
  comment text,
  answers jsonb NOT NULL DEFAULT '{}',
  door text NOT NULL CHECK (door IN ('link', 'portal')),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT survey_answers_once UNIQUE (tenant_id, invitation_id),
  CONSTRAINT survey_answers_invitation FOREIGN KEY (tenant_id, invitation_id) REFERENCES survey_invitations (tenant_id, id),
  CONSTRAINT survey_answers_survey FOREIGN KEY (tenant_id, survey_id) REFERENCES surveys (tenant_id, id),
  CONSTRAINT survey_answers_case FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id),
  CONSTRAINT survey_answers_agent FOREIGN KEY (tenant_id, assigned_to_id) REFERENCES profiles (tenant_id, id),
  CONSTRAINT survey_answers_group FOREIGN KEY (tenant_id, assignment_group_id) REFERENCES groups (tenant_id, id),
  CONSTRAINT survey_answers_contact FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id),
  CONSTRAINT survey_answers_consumer FOREIGN KEY (tenant_id, consumer_id) REFERENCES consumers (tenant_id, id)
);
CREATE INDEX survey_answers_by_age ON survey_answers (tenant_id, created_at, id);
CREATE INDEX survey_answers_of_survey ON survey_answers (tenant_id, survey_id, created_at, id);
CREATE INDEX survey_answers_of_case ON survey_answers (tenant_id, case_id, created_at, id);
CREATE INDEX survey_answers_of_agent ON survey_answers (tenant_id, assigned_to_id, created_at, id) WHERE assigned_to_id IS NOT NULL;
CREATE INDEX survey_answers_of_group ON survey_answers (tenant_id, assignment_group_id, created_at, id) WHERE assignment_group_id IS NOT NULL;
CREATE INDEX survey_answers_of_contact ON survey_answers (tenant_id, contact_id, created_at, id) WHERE contact_id IS NOT NULL;
CREATE INDEX survey_answers_of_consumer ON survey_answers (tenant_id, consumer_id, created_at, id) WHERE consumer_id IS NOT NULL;
CALL app_tenant_table('survey_answers');
