-- Calendars with any number of windows, holidays of a country and special days, chosen by whose task
-- it is; promises with clocks of their own, whose next moments are found by an index.

ALTER TABLE calendars
  ADD COLUMN country text CHECK (country ~ '^[A-Z]{2}$'),
  ADD COLUMN region text CHECK (length(region) BETWEEN 1 AND 40),
  ADD COLUMN exceptions jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN is_default boolean NOT NULL DEFAULT false,
  ADD CONSTRAINT calendars_region_of_country CHECK (region IS NULL OR country IS NOT NULL);
CREATE UNIQUE INDEX calendars_default ON calendars (tenant_id) WHERE is_default;
CREATE INDEX calendars_by_age ON calendars (tenant_id, created_at, id);

-- By whose calendar a customer is served, or a team works.
CREATE TABLE calendar_assignments (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  calendar_id uuid NOT NULL,
  account_id uuid,
  consumer_id uuid,
  group_id uuid,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT calendar_assignments_one_holder CHECK (num_nonnulls(account_id, consumer_id, group_id) = 1),
  CONSTRAINT calendar_assignments_calendar FOREIGN KEY (tenant_id, calendar_id) REFERENCES calendars (tenant_id, id),
  CONSTRAINT calendar_assignments_account FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id),
  CONSTRAINT calendar_assignments_consumer FOREIGN KEY (tenant_id, consumer_id) REFERENCES consumers (tenant_id, id),
  CONSTRAINT calendar_assignments_group FOREIGN KEY (tenant_id, group_id) REFERENCES groups (tenant_id, id)
);
CREATE UNIQUE INDEX calendar_assignments_of_account ON calendar_assignments (tenant_id, account_id) WHERE account_id IS NOT NULL;
CREATE UNIQUE INDEX calendar_assignments_of_consumer ON calendar_assignments (tenant_id, consumer_id) WHERE consumer_id IS NOT NULL;
CREATE UNIQUE INDEX calendar_assignments_of_group ON calendar_assignments (tenant_id, group_id) WHERE group_id IS NOT NULL;
CREATE INDEX calendar_assignments_calendar_used ON calendar_assignments (tenant_id, calendar_id);
CREATE INDEX calendar_assignments_by_age ON calendar_assignments (tenant_id, created_at, id);
CALL app_tenant_table('calendar_assignments');

ALTER TABLE sla_definitions
  DROP CONSTRAINT sla_definitions_kind_check,
  DROP CONSTRAINT sla_definitions_promise,
  ADD COLUMN next_response_minutes integer CHECK (next_response_minutes BETWEEN 1 AND 525600),
  ADD COLUMN channel text CHECK (channel ~ '^[a-z][a-z0-9_]{0,39}$'),
  ADD COLUMN customer_kind text CHECK (customer_kind IN ('business', 'consumer')),
  ADD COLUMN account_id uuid,
  ADD COLUMN consumer_id uuid,
  ADD COLUMN milestones jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN calendar_order text[] NOT NULL DEFAULT '{own,customer,team,tenant}',
  ADD COLUMN escalates boolean NOT NULL DEFAULT false,
  ADD CONSTRAINT sla_definitions_promise CHECK (milestones <> '[]'
    OR num_nonnulls(response_minutes, next_response_minutes, resolution_minutes) > 0),
  ADD CONSTRAINT sla_definitions_one_customer CHECK (num_nonnulls(account_id, consumer_id) <= 1),
  ADD CONSTRAINT sla_definitions_kind_check CHECK (kind ~ '^[a-z][a-z0-9_]{0,62}$'),
  ADD CONSTRAINT sla_definitions_account FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id),
  ADD CONSTRAINT sla_definitions_consumer FOREIGN KEY (tenant_id, consumer_id) REFERENCES consumers (tenant_id, id);
CREATE INDEX sla_definitions_account_used ON sla_definitions (tenant_id, account_id) WHERE account_id IS NOT NULL;
CREATE INDEX sla_definitions_consumer_used ON sla_definitions (tenant_id, consumer_id) WHERE consumer_id IS NOT NULL;
CREATE INDEX sla_definitions_by_age ON sla_definitions (tenant_id, created_at, id);

-- A clock that has not begun yet is pending; a recurring one has a row each time, counted by sequence.
-- What fires next is a column of its own, so that the due ones are a range of an index.
ALTER TABLE task_slas
  DROP CONSTRAINT task_slas_kind_check,
  DROP CONSTRAINT task_slas_target_check,
  DROP CONSTRAINT task_slas_state_check,
  DROP CONSTRAINT task_slas_once,
  ALTER COLUMN started_at DROP NOT NULL,
  ALTER COLUMN warn_at DROP NOT NULL,
  ALTER COLUMN due_at DROP NOT NULL,
  ADD COLUMN name text NOT NULL DEFAULT '',
  ADD COLUMN sequence integer NOT NULL DEFAULT 1 CHECK (sequence >= 1),
  ADD COLUMN terms jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN escalates boolean NOT NULL DEFAULT false,
  ADD COLUMN resets jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN reset_holds boolean NOT NULL DEFAULT false,
  ADD COLUMN rule_faults jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN next_at timestamptz GENERATED ALWAYS AS (CASE WHEN state = 'running' THEN
    CASE WHEN warned_at IS NULL THEN least(warn_at, due_at) ELSE due_at END END) STORED,
  ADD CONSTRAINT task_slas_kind_check CHECK (kind ~ '^[a-z][a-z0-9_]{0,62}$'),
  ADD CONSTRAINT task_slas_target_check CHECK (target ~ '^[a-z][a-z0-9_]{0,39}$'),
  ADD CONSTRAINT task_slas_state_check CHECK (state IN ('pending', 'running', 'paused', 'met', 'breached', 'cancelled')),
  ADD CONSTRAINT task_slas_begun CHECK (state IN ('pending', 'cancelled')
    OR num_nulls(started_at, warn_at, due_at) = 0),
  ADD CONSTRAINT task_slas_once UNIQUE (tenant_id, record_id, target, sequence);
CREATE INDEX task_slas_next ON task_slas (tenant_id, next_at, id) WHERE next_at IS NOT NULL;
CREATE INDEX task_slas_by_age ON task_slas (tenant_id, created_at, id);
CREATE INDEX task_slas_open ON task_slas (tenant_id, definition_id, record_id, id)
  WHERE stopped_at IS NULL AND state <> 'cancelled';

-- Since when the customer waits for our answer.
ALTER TABLE cases ADD COLUMN awaits_answer_since timestamptz;
