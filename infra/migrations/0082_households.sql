-- Households and who belongs to them; billing accounts and whom they pay for; supported assets and the
-- contacts who look after them.

-- ── Households ───────────────────────────────────────────────────────────────────────────────

CREATE TABLE households (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  number text,
  name text NOT NULL,
  location_id uuid,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT households_number UNIQUE (tenant_id, number),
  CONSTRAINT households_location FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id)
);
CREATE INDEX households_by_name ON households (tenant_id, name, id);
CREATE INDEX households_by_age ON households (tenant_id, created_at, id);
CREATE INDEX households_at_location ON households (tenant_id, location_id) WHERE location_id IS NOT NULL;
CALL app_tenant_table('households');

-- At the end of each transaction a consumer has exactly one primary household, or belongs nowhere: the
-- unique index says at most one, the deferred trigger at least one.
CREATE TABLE household_members (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  household_id uuid NOT NULL,
  consumer_id uuid NOT NULL,
  is_primary boolean NOT NULL DEFAULT false,
  is_head boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT household_members_once UNIQUE (tenant_id, household_id, consumer_id),
  CONSTRAINT household_members_household FOREIGN KEY (tenant_id, household_id) REFERENCES households (tenant_id, id),
  CONSTRAINT household_members_consumer FOREIGN KEY (tenant_id, consumer_id) REFERENCES consumers (tenant_id, id)
);
CREATE UNIQUE INDEX household_members_one_primary ON household_members (tenant_id, consumer_id) WHERE is_primary;
CREATE UNIQUE INDEX household_members_one_head ON household_members (tenant_id, household_id) WHERE is_head;
CREATE INDEX household_members_by_age ON household_members (tenant_id, created_at, id);
CREATE INDEX household_members_of_household ON household_members (tenant_id, household_id, created_at, id);
CREATE INDEX household_members_of_consumer ON household_members (tenant_id, consumer_id, created_at, id);
CALL app_tenant_table('household_members');

CREATE FUNCTION household_primary_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  tenant uuid;
  touched uuid[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    tenant := NEW.tenant_id; touched := ARRAY[NEW.consumer_id];
  ELSIF TG_OP = 'DELETE' THEN
    tenant := OLD.tenant_id; touched := ARRAY[OLD.consumer_id];
  ELSE
    tenant := NEW.tenant_id; touched := ARRAY[OLD.consumer_id, NEW.consumer_id];
  END IF;
  IF EXISTS (SELECT FROM household_members m
              WHERE m.tenant_id = tenant AND m.consumer_id = ANY (touched)
              GROUP BY m.consumer_id HAVING NOT bool_or(m.is_primary)) THEN
    RAISE EXCEPTION 'a consumer of several households violates the rule that one of them is primary'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'household_members_has_primary';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER household_members_has_primary AFTER INSERT OR UPDATE OR DELETE ON household_members
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION household_primary_kept();
COMMENT ON TRIGGER household_members_has_primary ON household_members IS 'citus:ok row-local: looks at the same tenant''s rows only';

CREATE TABLE household_team_members (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  household_id uuid NOT NULL,
  profile_id uuid NOT NULL,
  responsibility_id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT household_team_members_once UNIQUE (tenant_id, household_id, profile_id, responsibility_id),
  CONSTRAINT household_team_members_household FOREIGN KEY (tenant_id, household_id) REFERENCES households (tenant_id, id),
  CONSTRAINT household_team_members_profile FOREIGN KEY (tenant_id, profile_id) REFERENCES profiles (tenant_id, id),
  CONSTRAINT household_team_members_responsibility FOREIGN KEY (tenant_id, responsibility_id) REFERENCES responsibilities (tenant_id, id)
);
CREATE INDEX household_team_members_by_age ON household_team_members (tenant_id, created_at, id);
CREATE INDEX household_team_members_of_household ON household_team_members (tenant_id, household_id, created_at, id);
CREATE INDEX household_team_members_of_profile ON household_team_members (tenant_id, profile_id, created_at, id);
CREATE INDEX household_team_members_give ON household_team_members (tenant_id, responsibility_id);
CALL app_tenant_table('household_team_members');

-- ── Billing accounts ─────────────────────────────────────────────────────────────────────────

CREATE TABLE billing_accounts (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  number text,
  name text NOT NULL,
  account_id uuid,
  consumer_id uuid,
  parent_id uuid,
  bills_to_parent boolean NOT NULL DEFAULT false,
  is_default boolean NOT NULL DEFAULT false,
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  payment_days integer NOT NULL DEFAULT 30 CHECK (payment_days BETWEEN 0 AND 365),
  invoice_delivery text NOT NULL DEFAULT 'email' CHECK (invoice_delivery IN ('email', 'post', 'portal', 'electronic')),
  invoice_email text,
  location_id uuid,
  reference text,
  state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'suspended', 'closed')),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT billing_accounts_number UNIQUE (tenant_id, number),
  CONSTRAINT billing_accounts_one_owner CHECK (num_nonnulls(account_id, consumer_id) = 1),
  CONSTRAINT billing_accounts_not_own_parent CHECK (parent_id <> id),
  CONSTRAINT billing_accounts_bills_upwards CHECK (NOT bills_to_parent OR parent_id IS NOT NULL),
  CONSTRAINT billing_accounts_open_default CHECK (NOT is_default OR state <> 'closed'),
  CONSTRAINT billing_accounts_account FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id),
  CONSTRAINT billing_accounts_consumer FOREIGN KEY (tenant_id, consumer_id) REFERENCES consumers (tenant_id, id),
  CONSTRAINT billing_accounts_parent FOREIGN KEY (tenant_id, parent_id) REFERENCES billing_accounts (tenant_id, id),
  CONSTRAINT billing_accounts_location FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id)
);
CREATE INDEX billing_accounts_by_name ON billing_accounts (tenant_id, name, id);
CREATE INDEX billing_accounts_by_age ON billing_accounts (tenant_id, created_at, id);
CREATE INDEX billing_accounts_of_account ON billing_accounts (tenant_id, account_id, name, id) WHERE account_id IS NOT NULL;
CREATE INDEX billing_accounts_of_consumer ON billing_accounts (tenant_id, consumer_id, name, id) WHERE consumer_id IS NOT NULL;
CREATE INDEX billing_accounts_children ON billing_accounts (tenant_id, parent_id, name, id) WHERE parent_id IS NOT NULL;
CREATE INDEX billing_accounts_at_location ON billing_accounts (tenant_id, location_id) WHERE location_id IS NOT NULL;
CREATE UNIQUE INDEX billing_accounts_account_default ON billing_accounts (tenant_id, account_id) WHERE is_default AND account_id IS NOT NULL;
CREATE UNIQUE INDEX billing_accounts_consumer_default ON billing_accounts (tenant_id, consumer_id) WHERE is_default AND consumer_id IS NOT NULL;
CALL app_tenant_table('billing_accounts');

-- Whom a billing account pays for beside its own customer, with which share and for how long.
CREATE TABLE billing_arrangements (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  billing_account_id uuid NOT NULL,
  account_id uuid,
  consumer_id uuid,
  basis_points integer NOT NULL DEFAULT 10000 CHECK (basis_points BETWEEN 1 AND 10000),
  starts_on date NOT NULL,
  ends_on date,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT billing_arrangements_one_customer CHECK (num_nonnulls(account_id, consumer_id) = 1),
  CONSTRAINT billing_arrangements_period CHECK (ends_on >= starts_on),
  CONSTRAINT billing_arrangements_billing_account FOREIGN KEY (tenant_id, billing_account_id) REFERENCES billing_accounts (tenant_id, id),
  CONSTRAINT billing_arrangements_account FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id),
  CONSTRAINT billing_arrangements_consumer FOREIGN KEY (tenant_id, consumer_id) REFERENCES consumers (tenant_id, id)
);
CREATE INDEX billing_arrangements_by_start ON billing_arrangements (tenant_id, starts_on, id);
CREATE INDEX billing_arrangements_by_age ON billing_arrangements (tenant_id, created_at, id);
CREATE INDEX billing_arrangements_of_payer ON billing_arrangements (tenant_id, billing_account_id, starts_on, id);
CREATE INDEX billing_arrangements_of_account ON billing_arrangements (tenant_id, account_id, starts_on, id) WHERE account_id IS NOT NULL;
CREATE INDEX billing_arrangements_of_consumer ON billing_arrangements (tenant_id, consumer_id, starts_on, id) WHERE consumer_id IS NOT NULL;
CALL app_tenant_table('billing_arrangements');

-- ── Assets ───────────────────────────────────────────────────────────────────────────────────

CREATE TABLE assets (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  number text,
  name text NOT NULL,
  account_id uuid,
  consumer_id uuid,
  product_model_id uuid NOT NULL,
  sold_product_id uuid,
  install_base_item_id uuid,
  location_id uuid,
  serial_number text,
  asset_tag text,
  state text NOT NULL DEFAULT 'in_use' CHECK (state IN ('planned', 'in_use', 'in_repair', 'retired')),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT assets_number UNIQUE (tenant_id, number),
  CONSTRAINT assets_tag UNIQUE (tenant_id, asset_tag),
  CONSTRAINT assets_one_owner CHECK (num_nonnulls(account_id, consumer_id) = 1),
  CONSTRAINT assets_account FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id),
  CONSTRAINT assets_consumer FOREIGN KEY (tenant_id, consumer_id) REFERENCES consumers (tenant_id, id),
  CONSTRAINT assets_model FOREIGN KEY (tenant_id, product_model_id) REFERENCES product_models (tenant_id, id),
  CONSTRAINT assets_sold_product FOREIGN KEY (tenant_id, sold_product_id) REFERENCES sold_products (tenant_id, id),
  CONSTRAINT assets_install_base_item FOREIGN KEY (tenant_id, install_base_item_id) REFERENCES install_base_items (tenant_id, id),
  CONSTRAINT assets_location FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id)
);
CREATE INDEX assets_by_name ON assets (tenant_id, name, id);
CREATE INDEX assets_by_age ON assets (tenant_id, created_at, id);
CREATE INDEX assets_of_account ON assets (tenant_id, account_id, name, id) WHERE account_id IS NOT NULL;
CREATE INDEX assets_of_consumer ON assets (tenant_id, consumer_id, name, id) WHERE consumer_id IS NOT NULL;
CREATE INDEX assets_of_model ON assets (tenant_id, product_model_id);
CREATE INDEX assets_of_sold_product ON assets (tenant_id, sold_product_id) WHERE sold_product_id IS NOT NULL;
CREATE UNIQUE INDEX assets_item_once ON assets (tenant_id, install_base_item_id) WHERE install_base_item_id IS NOT NULL;
CREATE INDEX assets_at_location ON assets (tenant_id, location_id) WHERE location_id IS NOT NULL;
CREATE INDEX assets_serial ON assets (tenant_id, serial_number) WHERE serial_number IS NOT NULL;
CALL app_tenant_table('assets');

CREATE TABLE asset_contacts (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  asset_id uuid NOT NULL,
  contact_id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT asset_contacts_once UNIQUE (tenant_id, asset_id, contact_id),
  CONSTRAINT asset_contacts_asset FOREIGN KEY (tenant_id, asset_id) REFERENCES assets (tenant_id, id),
  CONSTRAINT asset_contacts_contact FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id)
);
CREATE INDEX asset_contacts_by_age ON asset_contacts (tenant_id, created_at, id);
CREATE INDEX asset_contacts_of_asset ON asset_contacts (tenant_id, asset_id, created_at, id);
CREATE INDEX asset_contacts_of_contact ON asset_contacts (tenant_id, contact_id, created_at, id);
CALL app_tenant_table('asset_contacts');

-- ── What a case is about ─────────────────────────────────────────────────────────────────────

ALTER TABLE cases ADD COLUMN asset_id uuid;
ALTER TABLE cases ADD CONSTRAINT cases_asset FOREIGN KEY (tenant_id, asset_id) REFERENCES assets (tenant_id, id);
CREATE INDEX cases_about_asset ON cases (tenant_id, asset_id) WHERE asset_id IS NOT NULL;

ALTER TABLE cases ADD COLUMN household_id uuid;
ALTER TABLE cases ADD CONSTRAINT cases_household FOREIGN KEY (tenant_id, household_id) REFERENCES households (tenant_id, id);
CREATE INDEX cases_of_household ON cases (tenant_id, household_id) WHERE household_id IS NOT NULL;

-- Cases outlive the household they came from, and nothing else of them changes: what ON DELETE SET NULL
-- (household_id) would say, in the form that a distributed schema can have.
CREATE FUNCTION household_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE cases SET household_id = NULL WHERE tenant_id = OLD.tenant_id AND household_id = OLD.id;
  RETURN OLD;
END $$;
CREATE TRIGGER households_leave_cases BEFORE DELETE ON households FOR EACH ROW EXECUTE FUNCTION household_removed();
COMMENT ON TRIGGER households_leave_cases ON households IS 'citus:ok row-local: cases of the same tenant let go of the row';
