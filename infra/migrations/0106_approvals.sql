-- Consent to what is about to happen: who is asked is configuration, who was asked and what they said
-- are records. Verbs that a rule is about wait for it.

CREATE TABLE approval_rules (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  key text NOT NULL CHECK (key ~ '^[a-z][a-z0-9_]{1,62}$'),
  name text NOT NULL,
  summary text NOT NULL DEFAULT '',
  resource text NOT NULL,
  action text NOT NULL DEFAULT '' CHECK (action ~ '^([a-z][a-z0-9_]{0,62})?$'),
  condition text NOT NULL DEFAULT '',
  pins text[] NOT NULL DEFAULT '{}',
  levels jsonb NOT NULL CHECK (jsonb_typeof(levels) = 'array'),
  fyi jsonb NOT NULL DEFAULT '[]',
  position integer NOT NULL DEFAULT 100,
  active boolean NOT NULL DEFAULT false,
  allows_own boolean NOT NULL DEFAULT false,
  by_mail boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT approval_rules_key UNIQUE (tenant_id, key)
);
CREATE INDEX approval_rules_by_position ON approval_rules (tenant_id, position, id);
CREATE INDEX approval_rules_by_name ON approval_rules (tenant_id, name, id);
CREATE INDEX approval_rules_by_age ON approval_rules (tenant_id, created_at, id);
CREATE INDEX approval_rules_in_force ON approval_rules (tenant_id, resource, action, position, id) WHERE active;
CALL app_tenant_table('approval_rules');

-- Which verbs wait is remembered by the version of the tenant's configuration.
CREATE TRIGGER approval_rules_changed AFTER INSERT OR UPDATE OR DELETE ON approval_rules
  FOR EACH ROW EXECUTE FUNCTION configuration_changed();
COMMENT ON TRIGGER approval_rules_changed ON approval_rules IS 'citus:ok row-local: moves the tenant''s own configuration version';

-- One question about one record. `action` and `body` are what waits to be done; none where only the
-- record as it is was asked about.
CREATE TABLE approval_requests (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  number text,
  kind text NOT NULL,
  record_id uuid NOT NULL,
  subject text NOT NULL,
  action text NOT NULL DEFAULT '',
  body jsonb NOT NULL DEFAULT '{}',
  body_hash text NOT NULL DEFAULT '',
  note text NOT NULL DEFAULT '',
  state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'approved', 'rejected', 'recalled', 'stale')),
  level integer NOT NULL DEFAULT 0,
  waits_for_answer boolean NOT NULL DEFAULT false,
  requested_by_id uuid NOT NULL,
  requester_name text NOT NULL DEFAULT '',
  follows_id uuid,
  reason text,
  requested_at timestamptz NOT NULL,
  decided_at timestamptz,
  performed_at timestamptz,
  failure text,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT approval_requests_number UNIQUE (tenant_id, number),
  CONSTRAINT approval_requests_decided CHECK ((state = 'pending') = (decided_at IS NULL)),
  CONSTRAINT approval_requests_performed CHECK (performed_at IS NULL OR state = 'approved'),
  CONSTRAINT approval_requests_requester FOREIGN KEY (tenant_id, requested_by_id) REFERENCES profiles (tenant_id, id),
  CONSTRAINT approval_requests_follows FOREIGN KEY (tenant_id, follows_id) REFERENCES approval_requests (tenant_id, id)
);
-- Nobody is asked the same twice at once.
CREATE UNIQUE INDEX approval_requests_one_open ON approval_requests (tenant_id, record_id, action) WHERE state = 'pending';
CREATE INDEX approval_requests_by_age ON approval_requests (tenant_id, created_at, id);
CREATE INDEX approval_requests_by_time ON approval_requests (tenant_id, requested_at, id);
CREATE INDEX approval_requests_about ON approval_requests (tenant_id, record_id, requested_at, id);
CREATE INDEX approval_requests_of_requester ON approval_requests (tenant_id, requested_by_id, requested_at, id);
CREATE INDEX approval_requests_in_state ON approval_requests (tenant_id, state, requested_at, id);
CREATE INDEX approval_requests_follow ON approval_requests (tenant_id, follows_id) WHERE follows_id IS NOT NULL;
CALL app_tenant_table('approval_requests');

-- What one rule asks for on one of its levels. `fingerprint` is of what the rule looked at.
CREATE TABLE approval_steps (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  request_id uuid NOT NULL,
  level integer NOT NULL CHECK (level BETWEEN 1 AND 20),
  position integer NOT NULL,
  rule_key text NOT NULL,
  name text NOT NULL,
  why text NOT NULL DEFAULT '',
  plan jsonb NOT NULL,
  fingerprint text NOT NULL,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'open', 'approved', 'rejected', 'closed')),
  carried_from_id uuid,
  opened_at timestamptz,
  due_at timestamptz,
  remind_at timestamptz,
  overdue_at timestamptz,
  held_at timestamptz,
  decided_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT approval_steps_once UNIQUE (tenant_id, request_id, rule_key, level),
  CONSTRAINT approval_steps_request FOREIGN KEY (tenant_id, request_id) REFERENCES approval_requests (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX approval_steps_by_age ON approval_steps (tenant_id, created_at, id);
CREATE INDEX approval_steps_in_order ON approval_steps (tenant_id, request_id, position, id);
CREATE INDEX approval_steps_by_position ON approval_steps (tenant_id, position, id);
CREATE INDEX approval_steps_due ON approval_steps (tenant_id, due_at, id) WHERE state = 'open' AND overdue_at IS NULL AND held_at IS NULL AND due_at IS NOT NULL;
CREATE INDEX approval_steps_remind ON approval_steps (tenant_id, remind_at, id) WHERE state = 'open' AND held_at IS NULL AND remind_at IS NOT NULL;
CALL app_tenant_table('approval_steps');

-- One person who is asked, or only told. People of one slot count together: so many of them must agree.
CREATE TABLE approvals (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  request_id uuid NOT NULL,
  step_id uuid,
  slot integer NOT NULL DEFAULT 0,
  need integer NOT NULL DEFAULT 1,
  first_decides boolean NOT NULL DEFAULT false,
  approver_id uuid NOT NULL,
  approver_user_id uuid NOT NULL,
  approver_kind text NOT NULL,
  approver_name text NOT NULL DEFAULT '',
  group_id uuid,
  why text NOT NULL DEFAULT '',
  kind text NOT NULL,
  record_id uuid NOT NULL,
  subject text NOT NULL,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'approved', 'rejected', 'moved', 'closed', 'told')),
  due_at timestamptz,
  decided_at timestamptz,
  decided_by_id uuid,
  door text CHECK (door IN ('page', 'link')),
  token_hash bytea,
  token_expires_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT approvals_decided CHECK ((state IN ('approved', 'rejected')) = (decided_at IS NOT NULL)),
  CONSTRAINT approvals_request FOREIGN KEY (tenant_id, request_id) REFERENCES approval_requests (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT approvals_step FOREIGN KEY (tenant_id, step_id) REFERENCES approval_steps (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT approvals_approver FOREIGN KEY (tenant_id, approver_id) REFERENCES profiles (tenant_id, id),
  CONSTRAINT approvals_person FOREIGN KEY (tenant_id, approver_user_id) REFERENCES users (tenant_id, id),
  CONSTRAINT approvals_decided_by FOREIGN KEY (tenant_id, decided_by_id) REFERENCES profiles (tenant_id, id)
);
CREATE INDEX approvals_by_age ON approvals (tenant_id, created_at, id);
CREATE INDEX approvals_of_request ON approvals (tenant_id, request_id, created_at, id);
CREATE INDEX approvals_of_step ON approvals (tenant_id, step_id, id) WHERE step_id IS NOT NULL;
CREATE INDEX approvals_of_approver ON approvals (tenant_id, approver_id, state, id);
CREATE INDEX approvals_of_person ON approvals (tenant_id, approver_user_id, created_at, id);
CREATE INDEX approvals_waiting ON approvals (tenant_id, approver_user_id, state, created_at, id);
CREATE INDEX approvals_about ON approvals (tenant_id, record_id, created_at, id);
CREATE INDEX approvals_decided_by_whom ON approvals (tenant_id, decided_by_id) WHERE decided_by_id IS NOT NULL;
CALL app_tenant_table('approvals');

-- What happened, in the order in which it did.
CREATE TABLE approval_entries (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  request_id uuid NOT NULL,
  record_id uuid NOT NULL,
  what text NOT NULL CHECK (what ~ '^[a-z_]{2,30}$'),
  by_id uuid,
  by_name text NOT NULL DEFAULT '',
  for_name text,
  text text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT approval_entries_request FOREIGN KEY (tenant_id, request_id) REFERENCES approval_requests (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT approval_entries_by FOREIGN KEY (tenant_id, by_id) REFERENCES profiles (tenant_id, id)
);
CREATE INDEX approval_entries_by_age ON approval_entries (tenant_id, created_at, id);
CREATE INDEX approval_entries_of_request ON approval_entries (tenant_id, request_id, created_at, id);
CREATE INDEX approval_entries_about ON approval_entries (tenant_id, record_id, created_at, id);
CREATE INDEX approval_entries_by_whom ON approval_entries (tenant_id, by_id) WHERE by_id IS NOT NULL;
CALL app_tenant_table('approval_entries');

-- Who decides for somebody who is away. `active` is whether the time has come and is not over: access
-- is read by it, so it is a column and not a comparison of dates.
CREATE TABLE approval_deputies (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  principal_id uuid NOT NULL,
  principal_user_id uuid NOT NULL,
  deputy_id uuid NOT NULL,
  deputy_user_id uuid NOT NULL,
  deputy_name text NOT NULL DEFAULT '',
  principal_name text NOT NULL DEFAULT '',
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  reason text NOT NULL DEFAULT '',
  active boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT approval_deputies_window CHECK (ends_at > starts_at),
  CONSTRAINT approval_deputies_another CHECK (principal_user_id <> deputy_user_id),
  CONSTRAINT approval_deputies_principal FOREIGN KEY (tenant_id, principal_id) REFERENCES profiles (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT approval_deputies_deputy FOREIGN KEY (tenant_id, deputy_id) REFERENCES profiles (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT approval_deputies_principal_person FOREIGN KEY (tenant_id, principal_user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT approval_deputies_deputy_person FOREIGN KEY (tenant_id, deputy_user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX approval_deputies_by_age ON approval_deputies (tenant_id, created_at, id);
CREATE INDEX approval_deputies_by_start ON approval_deputies (tenant_id, starts_at, id);
CREATE INDEX approval_deputies_of_principal ON approval_deputies (tenant_id, principal_user_id, starts_at, id);
CREATE INDEX approval_deputies_of_deputy ON approval_deputies (tenant_id, deputy_user_id, starts_at, id);
CREATE INDEX approval_deputies_by_principal ON approval_deputies (tenant_id, principal_id);
CREATE INDEX approval_deputies_by_deputy ON approval_deputies (tenant_id, deputy_id);
CREATE INDEX approval_deputies_to_begin ON approval_deputies (tenant_id, starts_at) WHERE NOT active;
CREATE INDEX approval_deputies_to_end ON approval_deputies (tenant_id, ends_at) WHERE active;
CALL app_tenant_table('approval_deputies');

-- Tenants that are there already get the responsibilities by which approvers read. Forced policies hide
-- every row from the owner too, so they are lifted for these statements and put back.
ALTER TABLE responsibilities NO FORCE ROW LEVEL SECURITY;
ALTER TABLE access_configurations NO FORCE ROW LEVEL SECURITY;
INSERT INTO responsibilities (tenant_id, id, key, name, description, kind, created_at, updated_at)
  SELECT t.id, gen_random_uuid(), s.key, s.name, s.description, s.kind, now(), now()
    FROM tenants t CROSS JOIN (VALUES
      ('approver', 'Approver', 'Reads what the own consent is asked for, until it is decided.', 'employee'),
      ('approving_contact', 'Approver on the customer''s side', 'Reads what the own consent is asked for, until it is decided.', 'contact'),
      ('purchase_approver', 'Approver of a company''s requests', 'Is asked before what the company''s people requested is begun; sees the company.', 'contact')
    ) s (key, name, description, kind)
  ON CONFLICT DO NOTHING;
INSERT INTO access_configurations (tenant_id, id, key, responsibility_id, resource, via, verbs, conditions, created_at, updated_at)
  SELECT r.tenant_id, gen_random_uuid(), g.key, r.id, g.resource, g.via, '{read}', g.conditions::jsonb, now(), now()
    FROM responsibilities r JOIN (VALUES
      ('approver', 'approver_accounts', 'accounts', '', '{}'),
      ('approver', 'approver_contacts', 'contacts', '', '{}'),
      ('approver', 'approver_cases', 'cases', '', '{}'),
      ('approver', 'approver_activity_entries_via_case', 'activity_entries', 'case', '{"kind": "cases", "visibility": "public"}'),
      ('approver', 'approver_catalog_requests', 'catalog_requests', '', '{}'),
      ('approver', 'approver_sold_products', 'sold_products', '', '{}'),
      ('approver', 'approver_service_contracts', 'service_contracts', '', '{}'),
      ('approver', 'approver_entitlements', 'entitlements', '', '{}'),
      ('approving_contact', 'approving_contact_accounts', 'accounts', '', '{}'),
      ('approving_contact', 'approving_contact_contacts', 'contacts', '', '{}'),
      ('approving_contact', 'approving_contact_cases', 'cases', '', '{}'),
      ('approving_contact', 'approving_contact_activity_entries_via_case', 'activity_entries', 'case', '{"kind": "cases", "visibility": "public"}'),
      ('approving_contact', 'approving_contact_catalog_requests', 'catalog_requests', '', '{}'),
      ('approving_contact', 'approving_contact_sold_products', 'sold_products', '', '{}'),
      ('approving_contact', 'approving_contact_service_contracts', 'service_contracts', '', '{}'),
      ('approving_contact', 'approving_contact_entitlements', 'entitlements', '', '{}'),
      ('purchase_approver', 'purchase_approver_accounts', 'accounts', '', '{}')
    ) g (responsibility, key, resource, via, conditions) ON g.responsibility = r.key
  ON CONFLICT DO NOTHING;
ALTER TABLE access_configurations FORCE ROW LEVEL SECURITY;
ALTER TABLE responsibilities FORCE ROW LEVEL SECURITY;
