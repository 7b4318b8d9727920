-- Conversations and their messages, mailboxes; queues, presence, work items and routing decisions.

-- ── Routing ──────────────────────────────────────────────────────────────────────────────────

CREATE TABLE queues (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  channel text NOT NULL CHECK (channel IN ('web', 'portal', 'widget', 'email', 'chat', 'phone', 'api')),
  priority integer NOT NULL DEFAULT 5 CHECK (priority BETWEEN 1 AND 9),
  offer_seconds integer NOT NULL DEFAULT 30 CHECK (offer_seconds BETWEEN 1 AND 3600),
  retry_seconds integer NOT NULL DEFAULT 60 CHECK (retry_seconds BETWEEN 1 AND 86400),
  item_size integer NOT NULL DEFAULT 1 CHECK (item_size BETWEEN 1 AND 100),
  presence_after_timeout text NOT NULL DEFAULT 'available' CHECK (presence_after_timeout IN ('available', 'away')),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT queues_channel UNIQUE (tenant_id, channel)
);
CREATE INDEX queues_by_name ON queues (tenant_id, name, id);
CALL app_tenant_table('queues');

-- What work of a category, or of a whole queue, needs beside the skills of its product.
CREATE TABLE skill_rules (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  queue_id uuid,
  category text,
  skill_id uuid NOT NULL,
  level integer NOT NULL DEFAULT 1 CHECK (level BETWEEN 1 AND 5),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT skill_rules_condition CHECK (queue_id IS NOT NULL OR category IS NOT NULL),
  CONSTRAINT skill_rules_queue FOREIGN KEY (tenant_id, queue_id) REFERENCES queues (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT skill_rules_skill FOREIGN KEY (tenant_id, skill_id) REFERENCES skills (tenant_id, id)
);
CREATE INDEX skill_rules_by_age ON skill_rules (tenant_id, created_at, id);
CREATE INDEX skill_rules_of_queue ON skill_rules (tenant_id, queue_id) WHERE queue_id IS NOT NULL;
CREATE INDEX skill_rules_skill_needed ON skill_rules (tenant_id, skill_id);
CALL app_tenant_table('skill_rules');

-- `used` is the size of all that is offered to the agent or accepted by them: places are taken at
-- the offer, so that no interleaving of offers and answers goes beyond the capacity.
CREATE TABLE agent_presence (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  profile_id uuid NOT NULL,
  state text NOT NULL DEFAULT 'offline' CHECK (state IN ('available', 'away', 'offline')),
  capacity integer NOT NULL DEFAULT 5 CHECK (capacity BETWEEN 0 AND 1000),
  used integer NOT NULL DEFAULT 0 CHECK (used >= 0),
  customer_kinds text[] NOT NULL DEFAULT '{}',
  last_assigned_at timestamptz,
  state_since timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT agent_presence_profile_once UNIQUE (tenant_id, profile_id),
  CONSTRAINT agent_presence_profile FOREIGN KEY (tenant_id, profile_id) REFERENCES profiles (tenant_id, id) ON DELETE CASCADE
) WITH (fillfactor = 70);
CREATE INDEX agent_presence_by_age ON agent_presence (tenant_id, created_at, id);
CALL app_tenant_table('agent_presence');

-- `offered_to_id` has no foreign key: it is copied from a presence row, which has one, in the same
-- transaction, and checking it again for each of a batch would cost as much as the batch.
CREATE TABLE work_items (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('cases', 'interactions')),
  record_id uuid NOT NULL,
  queue_id uuid NOT NULL,
  channel text NOT NULL,
  title text NOT NULL,
  customer_name text NOT NULL DEFAULT '',
  customer_kind text NOT NULL CHECK (customer_kind IN ('business', 'consumer', 'unknown')),
  priority integer NOT NULL DEFAULT 3 CHECK (priority BETWEEN 1 AND 4),
  rank integer NOT NULL,
  required_skills uuid[] NOT NULL DEFAULT '{}',
  required_levels integer[] NOT NULL DEFAULT '{}',
  size integer NOT NULL DEFAULT 1 CHECK (size BETWEEN 1 AND 100),
  state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'offered', 'accepted', 'completed', 'cancelled')),
  queued_at timestamptz NOT NULL,
  waiting_reason text CHECK (waiting_reason IN ('routing', 'no_agent', 'declined_by_all')),
  retry_at timestamptz,
  offered_to_id uuid,
  offered_at timestamptz,
  offer_expires_at timestamptz,
  offer_reason text,
  accepted_by_id uuid,
  accepted_at timestamptz,
  finished_at timestamptz,
  declined_by_ids uuid[] NOT NULL DEFAULT '{}',
  pass_id uuid,
  pass_place integer,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT work_items_once UNIQUE (tenant_id, record_id),
  CONSTRAINT work_items_levels CHECK (cardinality(required_skills) = cardinality(required_levels)),
  CONSTRAINT work_items_queued CHECK ((state = 'queued') = (waiting_reason IS NOT NULL)),
  CONSTRAINT work_items_offered CHECK ((state = 'offered') = (offered_to_id IS NOT NULL)
                                       AND (state = 'offered') = (offer_expires_at IS NOT NULL)),
  CONSTRAINT work_items_accepted CHECK (state NOT IN ('queued', 'offered') OR accepted_by_id IS NULL),
  CONSTRAINT work_items_holder CHECK (state <> 'accepted' OR accepted_by_id IS NOT NULL),
  CONSTRAINT work_items_queue FOREIGN KEY (tenant_id, queue_id) REFERENCES queues (tenant_id, id),
  CONSTRAINT work_items_holder_known FOREIGN KEY (tenant_id, accepted_by_id) REFERENCES profiles (tenant_id, id)
) WITH (fillfactor = 80);
CREATE INDEX work_items_by_age ON work_items (tenant_id, queued_at, id);
CREATE INDEX work_items_waiting ON work_items (tenant_id, rank, queued_at, id) WHERE state = 'queued';
CREATE INDEX work_items_retry ON work_items (tenant_id, retry_at) WHERE retry_at IS NOT NULL;
-- Also how overdue offers are found: there are never more offers than places.
CREATE INDEX work_items_offers ON work_items (tenant_id, offered_to_id, queued_at, id) WHERE offered_to_id IS NOT NULL;
CREATE INDEX work_items_held ON work_items (tenant_id, accepted_by_id, queued_at, id) WHERE accepted_by_id IS NOT NULL;
CALL app_tenant_table('work_items');

-- All that a batch was decided on and what was decided, enough to do it again: compressed JSON, for
-- a batch of five hundred names five hundred agents in each of its decisions. Work items and their
-- events say in which pass, and at which place in it, they were decided.
CREATE TABLE routing_passes (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  at timestamptz NOT NULL,
  config_version bigint NOT NULL,
  decided integer NOT NULL,
  content bytea NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
ALTER TABLE routing_passes ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE INDEX routing_passes_age ON routing_passes (tenant_id, at);
CALL app_tenant_table('routing_passes', 'SELECT, INSERT, DELETE');

-- ── Conversations ────────────────────────────────────────────────────────────────────────────

CREATE TABLE interactions (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  number text,
  channel text NOT NULL CHECK (channel IN ('web_chat', 'email', 'widget', 'portal', 'phone')),
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
  subject text NOT NULL DEFAULT '',
  case_id uuid,
  customer_kind text NOT NULL CHECK (customer_kind IN ('business', 'consumer', 'unknown')),
  account_id uuid,
  contact_id uuid,
  consumer_id uuid,
  visitor_id uuid,
  customer_name text NOT NULL DEFAULT '',
  assigned_to_id uuid,
  started_at timestamptz NOT NULL,
  last_message_at timestamptz,
  ended_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT interactions_number UNIQUE (tenant_id, number),
  CONSTRAINT interactions_ended CHECK ((state = 'closed') = (ended_at IS NOT NULL)),
  CONSTRAINT interactions_case FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id),
  CONSTRAINT interactions_account FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id),
  CONSTRAINT interactions_contact FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id),
  CONSTRAINT interactions_consumer FOREIGN KEY (tenant_id, consumer_id) REFERENCES consumers (tenant_id, id),
  CONSTRAINT interactions_assignee FOREIGN KEY (tenant_id, assigned_to_id) REFERENCES profiles (tenant_id, id)
);
CREATE INDEX interactions_by_start ON interactions (tenant_id, started_at, id);
CREATE INDEX interactions_of_case ON interactions (tenant_id, case_id, started_at, id) WHERE case_id IS NOT NULL;
CREATE INDEX interactions_of_contact ON interactions (tenant_id, contact_id, started_at, id) WHERE contact_id IS NOT NULL;
CREATE INDEX interactions_of_consumer ON interactions (tenant_id, consumer_id, started_at, id) WHERE consumer_id IS NOT NULL;
CREATE INDEX interactions_of_account ON interactions (tenant_id, account_id, started_at, id) WHERE account_id IS NOT NULL;
CREATE INDEX interactions_of_visitor ON interactions (tenant_id, visitor_id, started_at, id) WHERE visitor_id IS NOT NULL;
CREATE INDEX interactions_of_assignee ON interactions (tenant_id, assigned_to_id, started_at, id) WHERE assigned_to_id IS NOT NULL;
CREATE INDEX interactions_of_kind ON interactions (tenant_id, customer_kind, started_at, id);
CALL app_tenant_table('interactions');

-- A message of a conversation about a case has its entry in the case's activity stream, once; the
-- entry is the case's view of it, this row the channel's.
CREATE TABLE messages (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  interaction_id uuid NOT NULL,
  case_id uuid,
  activity_entry_id uuid,
  direction text NOT NULL CHECK (direction IN ('inbound', 'outbound')),
  visibility text NOT NULL DEFAULT 'public' CHECK (visibility IN ('public', 'internal')),
  customer_kind text NOT NULL CHECK (customer_kind IN ('business', 'consumer', 'unknown')),
  author_kind text NOT NULL CHECK (author_kind IN ('staff', 'customer', 'partner', 'visitor', 'system')),
  author_profile_id uuid,
  author_name text NOT NULL DEFAULT '',
  subject text NOT NULL DEFAULT '',
  body text NOT NULL,
  quoted text NOT NULL DEFAULT '',
  address text,
  mail_id text,
  in_reply_to text,
  mail_references text[] NOT NULL DEFAULT '{}',
  at timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT messages_mail_once UNIQUE (tenant_id, mail_id, address),
  CONSTRAINT messages_entry_once UNIQUE (tenant_id, activity_entry_id, address),
  CONSTRAINT messages_interaction FOREIGN KEY (tenant_id, interaction_id) REFERENCES interactions (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT messages_case FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id),
  CONSTRAINT messages_entry FOREIGN KEY (tenant_id, activity_entry_id) REFERENCES activity_entries (tenant_id, id)
);
CREATE INDEX messages_by_time ON messages (tenant_id, at, id);
CREATE INDEX messages_of_interaction ON messages (tenant_id, interaction_id, at, id);
CREATE INDEX messages_of_case ON messages (tenant_id, case_id, at, id) WHERE case_id IS NOT NULL;
CALL app_tenant_table('messages');

-- ── E-mail ───────────────────────────────────────────────────────────────────────────────────

CREATE TABLE mailboxes (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  address text NOT NULL CHECK (address = lower(address)),
  acknowledges boolean NOT NULL DEFAULT true,
  active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT mailboxes_address UNIQUE (tenant_id, address)
);
CREATE INDEX mailboxes_by_age ON mailboxes (tenant_id, created_at, id);
CALL app_tenant_table('mailboxes');
