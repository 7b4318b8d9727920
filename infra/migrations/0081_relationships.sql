-- Who stands for whom: accounts among each other, contacts for further accounts, consumers for each
-- other, teams of accounts and consumers, related parties of cases and products.

-- A reference to a responsibility carries its kind, so that one of a kind cannot reach the other.
ALTER TABLE responsibilities ADD CONSTRAINT responsibilities_of_kind UNIQUE (tenant_id, id, kind);

-- ── Accounts among each other ────────────────────────────────────────────────────────────────

CREATE TABLE account_relationship_types (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  reverse_name text NOT NULL,
  from_role text NOT NULL CHECK (from_role IN ('customer', 'partner')),
  to_role text NOT NULL CHECK (to_role IN ('customer', 'partner')),
  responsibility_id uuid,
  reverse_responsibility_id uuid,
  holder_kind text GENERATED ALWAYS AS ('contact') STORED,
  active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT account_relationship_types_name UNIQUE (tenant_id, name),
  CONSTRAINT account_relationship_types_responsibility FOREIGN KEY (tenant_id, responsibility_id, holder_kind) REFERENCES responsibilities (tenant_id, id, kind),
  CONSTRAINT account_relationship_types_reverse FOREIGN KEY (tenant_id, reverse_responsibility_id, holder_kind) REFERENCES responsibilities (tenant_id, id, kind)
);
CREATE INDEX account_relationship_types_by_age ON account_relationship_types (tenant_id, created_at, id);
CREATE INDEX account_relationship_types_gives ON account_relationship_types (tenant_id, responsibility_id) WHERE responsibility_id IS NOT NULL;
CREATE INDEX account_relationship_types_gives_back ON account_relationship_types (tenant_id, reverse_responsibility_id) WHERE reverse_responsibility_id IS NOT NULL;
CALL app_tenant_table('account_relationship_types');

-- A relationship is two rows, each the other's reverse. The deferred key holds them together: at the
-- end of a transaction the reverse is there, joins the same two accounts the other way round, is of
-- the same type, as alive, as long, and points back. No row of a pair is ever alone.
CREATE TABLE account_relationships (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  type_id uuid NOT NULL,
  direction text NOT NULL CHECK (direction IN ('forward', 'reverse')),
  opposite text GENERATED ALWAYS AS (CASE direction WHEN 'forward' THEN 'reverse' ELSE 'forward' END) STORED,
  account_id uuid NOT NULL,
  related_account_id uuid NOT NULL,
  reverse_id uuid NOT NULL,
  state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'ended')),
  ends_on date,
  until date GENERATED ALWAYS AS (coalesce(ends_on, 'infinity'::date)) STORED,
  ended_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT account_relationships_two_accounts CHECK (account_id <> related_account_id),
  CONSTRAINT account_relationships_ended CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
  CONSTRAINT account_relationships_seen_from UNIQUE (tenant_id, id, account_id),
  CONSTRAINT account_relationships_pair UNIQUE (tenant_id, id, account_id, related_account_id, type_id, direction, reverse_id, state, until),
  CONSTRAINT account_relationships_type FOREIGN KEY (tenant_id, type_id) REFERENCES account_relationship_types (tenant_id, id),
  CONSTRAINT account_relationships_account FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id),
  CONSTRAINT account_relationships_related FOREIGN KEY (tenant_id, related_account_id) REFERENCES accounts (tenant_id, id),
  CONSTRAINT account_relationships_reverse
    FOREIGN KEY (tenant_id, reverse_id, related_account_id, account_id, type_id, opposite, id, state, until)
    REFERENCES account_relationships (tenant_id, id, account_id, related_account_id, type_id, direction, reverse_id, state, until)
    DEFERRABLE INITIALLY DEFERRED
);
CREATE UNIQUE INDEX account_relationships_once ON account_relationships (tenant_id, account_id, related_account_id, type_id) WHERE state = 'active';
CREATE INDEX account_relationships_by_age ON account_relationships (tenant_id, created_at, id);
CREATE INDEX account_relationships_of_account ON account_relationships (tenant_id, account_id, created_at, id);
CREATE INDEX account_relationships_of_related ON account_relationships (tenant_id, related_account_id);
CREATE INDEX account_relationships_of_type ON account_relationships (tenant_id, type_id, state);
CREATE INDEX account_relationships_reversed ON account_relationships (tenant_id, reverse_id);
CALL app_tenant_table('account_relationships');

-- A case may name the relationship it came by, seen from its own account. Both move together when two
-- accounts become one, so the key is asked at the end.
ALTER TABLE cases ADD COLUMN account_relationship_id uuid;
ALTER TABLE cases ADD CONSTRAINT cases_account_relationship
  FOREIGN KEY (tenant_id, account_relationship_id, account_id) REFERENCES account_relationships (tenant_id, id, account_id)
  DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE cases ADD CONSTRAINT cases_relationship_of_account CHECK (account_relationship_id IS NULL OR account_id IS NOT NULL);
CREATE INDEX cases_by_relationship ON cases (tenant_id, account_relationship_id) WHERE account_relationship_id IS NOT NULL;

-- What ON DELETE SET NULL (account_relationship_id) would say, in the form a distributed schema can
-- have: cases outlive the relationship, and nothing else of them changes.
CREATE FUNCTION account_relationship_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE cases SET account_relationship_id = NULL
   WHERE tenant_id = OLD.tenant_id AND account_relationship_id = OLD.id;
  RETURN OLD;
END $$;
CREATE TRIGGER account_relationships_leave_cases BEFORE DELETE ON account_relationships FOR EACH ROW
  EXECUTE FUNCTION account_relationship_removed();
COMMENT ON TRIGGER account_relationships_leave_cases ON account_relationships IS 'citus:ok row-local: cases of the same tenant let go of the row';

-- ── People who stand for others ──────────────────────────────────────────────────────────────

CREATE TABLE contact_relationships (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  contact_id uuid NOT NULL,
  account_id uuid NOT NULL,
  responsibility_id uuid NOT NULL,
  holder_kind text GENERATED ALWAYS AS ('contact') STORED,
  state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'ended')),
  ends_on date,
  ended_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT contact_relationships_ended CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
  CONSTRAINT contact_relationships_contact FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id),
  CONSTRAINT contact_relationships_account FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id),
  CONSTRAINT contact_relationships_responsibility FOREIGN KEY (tenant_id, responsibility_id, holder_kind) REFERENCES responsibilities (tenant_id, id, kind)
);
CREATE UNIQUE INDEX contact_relationships_once ON contact_relationships (tenant_id, contact_id, account_id, responsibility_id) WHERE state = 'active';
CREATE INDEX contact_relationships_by_age ON contact_relationships (tenant_id, created_at, id);
CREATE INDEX contact_relationships_of_contact ON contact_relationships (tenant_id, contact_id, created_at, id);
CREATE INDEX contact_relationships_of_account ON contact_relationships (tenant_id, account_id, created_at, id);
CREATE INDEX contact_relationships_give ON contact_relationships (tenant_id, responsibility_id);
CALL app_tenant_table('contact_relationships');

-- `representative_id` acts for `consumer_id`.
CREATE TABLE consumer_relationships (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  consumer_id uuid NOT NULL,
  representative_id uuid NOT NULL,
  responsibility_id uuid NOT NULL,
  holder_kind text GENERATED ALWAYS AS ('contact') STORED,
  state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'ended')),
  ends_on date,
  ended_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT consumer_relationships_two_people CHECK (consumer_id <> representative_id),
  CONSTRAINT consumer_relationships_ended CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
  CONSTRAINT consumer_relationships_consumer FOREIGN KEY (tenant_id, consumer_id) REFERENCES consumers (tenant_id, id),
  CONSTRAINT consumer_relationships_representative FOREIGN KEY (tenant_id, representative_id) REFERENCES consumers (tenant_id, id),
  CONSTRAINT consumer_relationships_responsibility FOREIGN KEY (tenant_id, responsibility_id, holder_kind) REFERENCES responsibilities (tenant_id, id, kind)
);
CREATE UNIQUE INDEX consumer_relationships_once ON consumer_relationships (tenant_id, consumer_id, representative_id, responsibility_id) WHERE state = 'active';
CREATE INDEX consumer_relationships_by_age ON consumer_relationships (tenant_id, created_at, id);
CREATE INDEX consumer_relationships_of_consumer ON consumer_relationships (tenant_id, consumer_id, created_at, id);
CREATE INDEX consumer_relationships_of_representative ON consumer_relationships (tenant_id, representative_id, created_at, id);
CREATE INDEX consumer_relationships_give ON consumer_relationships (tenant_id, responsibility_id);
CALL app_tenant_table('consumer_relationships');

-- ── Teams ────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE account_team_members (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  account_id uuid NOT NULL,
  profile_id uuid,
  contact_id uuid,
  responsibility_id uuid NOT NULL,
  holder_kind text GENERATED ALWAYS AS (CASE WHEN contact_id IS NULL THEN 'employee' ELSE 'contact' END) STORED,
  state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'ended')),
  ends_on date,
  ended_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT account_team_members_one_person CHECK (num_nonnulls(profile_id, contact_id) = 1),
  CONSTRAINT account_team_members_ended CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
  CONSTRAINT account_team_members_account FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id),
  CONSTRAINT account_team_members_profile FOREIGN KEY (tenant_id, profile_id) REFERENCES profiles (tenant_id, id),
  CONSTRAINT account_team_members_contact FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id),
  CONSTRAINT account_team_members_responsibility FOREIGN KEY (tenant_id, responsibility_id, holder_kind) REFERENCES responsibilities (tenant_id, id, kind)
);
CREATE UNIQUE INDEX account_team_members_staff_once ON account_team_members (tenant_id, account_id, profile_id, responsibility_id) WHERE state = 'active' AND profile_id IS NOT NULL;
CREATE UNIQUE INDEX account_team_members_contact_once ON account_team_members (tenant_id, account_id, contact_id, responsibility_id) WHERE state = 'active' AND contact_id IS NOT NULL;
CREATE INDEX account_team_members_by_age ON account_team_members (tenant_id, created_at, id);
CREATE INDEX account_team_members_of_account ON account_team_members (tenant_id, account_id, created_at, id);
CREATE INDEX account_team_members_of_profile ON account_team_members (tenant_id, profile_id, created_at, id) WHERE profile_id IS NOT NULL;
CREATE INDEX account_team_members_of_contact ON account_team_members (tenant_id, contact_id, created_at, id) WHERE contact_id IS NOT NULL;
CREATE INDEX account_team_members_give ON account_team_members (tenant_id, responsibility_id);
CALL app_tenant_table('account_team_members');

CREATE TABLE consumer_team_members (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  consumer_id uuid NOT NULL,
  profile_id uuid NOT NULL,
  responsibility_id uuid NOT NULL,
  holder_kind text GENERATED ALWAYS AS ('employee') STORED,
  state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'ended')),
  ends_on date,
  ended_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT consumer_team_members_ended CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
  CONSTRAINT consumer_team_members_consumer FOREIGN KEY (tenant_id, consumer_id) REFERENCES consumers (tenant_id, id),
  CONSTRAINT consumer_team_members_profile FOREIGN KEY (tenant_id, profile_id) REFERENCES profiles (tenant_id, id),
  CONSTRAINT consumer_team_members_responsibility FOREIGN KEY (tenant_id, responsibility_id, holder_kind) REFERENCES responsibilities (tenant_id, id, kind)
);
CREATE UNIQUE INDEX consumer_team_members_once ON consumer_team_members (tenant_id, consumer_id, profile_id, responsibility_id) WHERE state = 'active';
CREATE INDEX consumer_team_members_by_age ON consumer_team_members (tenant_id, created_at, id);
CREATE INDEX consumer_team_members_of_consumer ON consumer_team_members (tenant_id, consumer_id, created_at, id);
CREATE INDEX consumer_team_members_of_profile ON consumer_team_members (tenant_id, profile_id, created_at, id);
CREATE INDEX consumer_team_members_give ON consumer_team_members (tenant_id, responsibility_id);
CALL app_tenant_table('consumer_team_members');

-- ── Related parties ──────────────────────────────────────────────────────────────────────────

-- A relationship type that is offered where parties are added: what it is called, on which kind of
-- record, for which kind of party, and the responsibility that comes with it.
CREATE TABLE related_party_configurations (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  entity text NOT NULL CHECK (entity IN ('cases', 'sold_products', 'install_base_items', 'service_contracts')),
  party_kind text NOT NULL CHECK (party_kind IN ('contact', 'consumer', 'account')),
  category text,
  responsibility_id uuid NOT NULL,
  holder_kind text GENERATED ALWAYS AS ('contact') STORED,
  active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT related_party_configurations_category CHECK (category IS NULL OR entity = 'cases'),
  CONSTRAINT related_party_configurations_offer UNIQUE (tenant_id, id, entity, party_kind, responsibility_id),
  CONSTRAINT related_party_configurations_responsibility FOREIGN KEY (tenant_id, responsibility_id, holder_kind) REFERENCES responsibilities (tenant_id, id, kind)
);
CREATE UNIQUE INDEX related_party_configurations_once ON related_party_configurations (tenant_id, entity, party_kind, name) WHERE category IS NULL;
CREATE UNIQUE INDEX related_party_configurations_once_each ON related_party_configurations (tenant_id, entity, party_kind, name, category) WHERE category IS NOT NULL;
CREATE INDEX related_party_configurations_by_name ON related_party_configurations (tenant_id, name, id);
CREATE INDEX related_party_configurations_by_age ON related_party_configurations (tenant_id, created_at, id);
CREATE INDEX related_party_configurations_give ON related_party_configurations (tenant_id, responsibility_id);
CALL app_tenant_table('related_party_configurations');

-- The composite key to the configuration says that the party, the record and the responsibility are
-- what was offered.
CREATE TABLE related_parties (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  configuration_id uuid NOT NULL,
  responsibility_id uuid NOT NULL,
  entity text NOT NULL,
  party_kind text NOT NULL,
  case_id uuid,
  sold_product_id uuid,
  install_base_item_id uuid,
  service_contract_id uuid,
  contact_id uuid,
  consumer_id uuid,
  account_id uuid,
  purpose text NOT NULL DEFAULT '',
  record uuid GENERATED ALWAYS AS (coalesce(case_id, sold_product_id, install_base_item_id, service_contract_id)) STORED,
  party uuid GENERATED ALWAYS AS (coalesce(contact_id, consumer_id, account_id)) STORED,
  state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'ended')),
  ends_on date,
  ended_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT related_parties_one_record CHECK (
    num_nonnulls(case_id, sold_product_id, install_base_item_id, service_contract_id) = 1
    AND CASE entity WHEN 'cases' THEN case_id WHEN 'sold_products' THEN sold_product_id
                    WHEN 'install_base_items' THEN install_base_item_id ELSE service_contract_id END IS NOT NULL),
  CONSTRAINT related_parties_one_party CHECK (
    num_nonnulls(contact_id, consumer_id, account_id) = 1
    AND CASE party_kind WHEN 'contact' THEN contact_id WHEN 'consumer' THEN consumer_id ELSE account_id END IS NOT NULL),
  CONSTRAINT related_parties_ended CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
  CONSTRAINT related_parties_offered FOREIGN KEY (tenant_id, configuration_id, entity, party_kind, responsibility_id)
    REFERENCES related_party_configurations (tenant_id, id, entity, party_kind, responsibility_id),
  CONSTRAINT related_parties_case FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id),
  CONSTRAINT related_parties_sold_product FOREIGN KEY (tenant_id, sold_product_id) REFERENCES sold_products (tenant_id, id),
  CONSTRAINT related_parties_install_base_item FOREIGN KEY (tenant_id, install_base_item_id) REFERENCES install_base_items (tenant_id, id),
  CONSTRAINT related_parties_service_contract FOREIGN KEY (tenant_id, service_contract_id) REFERENCES service_contracts (tenant_id, id),
  CONSTRAINT related_parties_contact FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id),
  CONSTRAINT related_parties_consumer FOREIGN KEY (tenant_id, consumer_id) REFERENCES consumers (tenant_id, id),
  CONSTRAINT related_parties_account FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);
CREATE UNIQUE INDEX related_parties_once ON related_parties (tenant_id, record, party, configuration_id) WHERE state = 'active';
CREATE INDEX related_parties_by_age ON related_parties (tenant_id, created_at, id);
CREATE INDEX related_parties_configured ON related_parties (tenant_id, configuration_id);
CREATE INDEX related_parties_of_case ON related_parties (tenant_id, case_id, created_at, id) WHERE case_id IS NOT NULL;
CREATE INDEX related_parties_of_sold_product ON related_parties (tenant_id, sold_product_id, created_at, id) WHERE sold_product_id IS NOT NULL;
CREATE INDEX related_parties_of_install_base_item ON related_parties (tenant_id, install_base_item_id, created_at, id) WHERE install_base_item_id IS NOT NULL;
CREATE INDEX related_parties_of_service_contract ON related_parties (tenant_id, service_contract_id, created_at, id) WHERE service_contract_id IS NOT NULL;
CREATE INDEX related_parties_by_entity ON related_parties (tenant_id, entity, created_at, id);
CREATE INDEX related_parties_as_contact ON related_parties (tenant_id, contact_id, created_at, id) WHERE contact_id IS NOT NULL;
CREATE INDEX related_parties_as_consumer ON related_parties (tenant_id, consumer_id, created_at, id) WHERE consumer_id IS NOT NULL;
CREATE INDEX related_parties_as_account ON related_parties (tenant_id, account_id, created_at, id) WHERE account_id IS NOT NULL;
CALL app_tenant_table('related_parties');
