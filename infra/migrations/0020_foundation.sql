-- Calendars, service levels and the activity stream; accounts, contacts, consumers, skills, products,
-- contracts and entitlements.

-- ── Platform ─────────────────────────────────────────────────────────────────────────────────

CREATE TABLE calendars (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  zone text NOT NULL,
  hours jsonb NOT NULL,
  holidays jsonb NOT NULL DEFAULT '[]',
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT calendars_name UNIQUE (tenant_id, name)
);
CALL app_tenant_table('calendars');

CREATE TABLE sla_definitions (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('cases', 'case_tasks')),
  priority integer CHECK (priority BETWEEN 1 AND 4),
  tier text CHECK (tier IN ('platinum', 'gold', 'silver', 'bronze', 'standard')),
  response_minutes integer CHECK (response_minutes BETWEEN 1 AND 525600),
  resolution_minutes integer CHECK (resolution_minutes BETWEEN 1 AND 525600),
  warning_percent integer NOT NULL DEFAULT 75 CHECK (warning_percent BETWEEN 1 AND 99),
  calendar_id uuid,
  active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT sla_definitions_name UNIQUE (tenant_id, name),
  CONSTRAINT sla_definitions_promise CHECK (response_minutes IS NOT NULL OR resolution_minutes IS NOT NULL),
  CONSTRAINT sla_definitions_calendar FOREIGN KEY (tenant_id, calendar_id) REFERENCES calendars (tenant_id, id)
);
CREATE INDEX sla_definitions_kind ON sla_definitions (tenant_id, kind, active);
CREATE INDEX sla_definitions_calendar_used ON sla_definitions (tenant_id, calendar_id) WHERE calendar_id IS NOT NULL;
CALL app_tenant_table('sla_definitions');

-- One running promise: the target of one task, with every pause kept as a fact.
CREATE TABLE task_slas (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('cases', 'case_tasks')),
  record_id uuid NOT NULL,
  target text NOT NULL CHECK (target IN ('response', 'resolution')),
  definition_id uuid,
  calendar_id uuid,
  target_minutes integer NOT NULL,
  warning_percent integer NOT NULL,
  started_at timestamptz NOT NULL,
  warn_at timestamptz NOT NULL,
  due_at timestamptz NOT NULL,
  paused_at timestamptz,
  pauses jsonb NOT NULL DEFAULT '[]',
  warned_at timestamptz,
  breached_at timestamptz,
  stopped_at timestamptz,
  state text NOT NULL CHECK (state IN ('running', 'paused', 'met', 'breached', 'cancelled')),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT task_slas_once UNIQUE (tenant_id, record_id, target),
  CONSTRAINT task_slas_definition FOREIGN KEY (tenant_id, definition_id) REFERENCES sla_definitions (tenant_id, id),
  CONSTRAINT task_slas_calendar FOREIGN KEY (tenant_id, calendar_id) REFERENCES calendars (tenant_id, id)
);
CREATE INDEX task_slas_due ON task_slas (tenant_id, due_at, id);
CREATE INDEX task_slas_definition_used ON task_slas (tenant_id, definition_id) WHERE definition_id IS NOT NULL;
CREATE INDEX task_slas_calendar_used ON task_slas (tenant_id, calendar_id) WHERE calendar_id IS NOT NULL;
CALL app_tenant_table('task_slas');

CREATE TABLE activity_entries (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL,
  record_id uuid NOT NULL,
  entry_type text NOT NULL CHECK (entry_type IN ('comment', 'note', 'change', 'system', 'email')),
  visibility text NOT NULL CHECK (visibility IN ('public', 'internal')),
  body text NOT NULL DEFAULT '',
  details jsonb NOT NULL DEFAULT '{}',
  author_profile_id uuid,
  author_name text NOT NULL DEFAULT '',
  author_kind text NOT NULL CHECK (author_kind IN ('staff', 'customer', 'partner', 'system')),
  at timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT activity_entries_note CHECK (entry_type <> 'note' OR visibility = 'internal')
);
CREATE INDEX activity_entries_record ON activity_entries (tenant_id, record_id, at, id);
CREATE INDEX activity_entries_at ON activity_entries (tenant_id, at, id);
CALL app_tenant_table('activity_entries');

-- ── Accounts, contacts, consumers ────────────────────────────────────────────────────────────

-- The path is made of the codes from the top: P/C1/. Its range is the subtree.
CREATE TABLE accounts (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  number text,
  name text NOT NULL,
  code text NOT NULL CHECK (code ~ '^[A-Z0-9][A-Z0-9._-]*$' AND length(code) <= 40),
  parent_id uuid,
  path text NOT NULL,
  is_customer boolean NOT NULL DEFAULT true,
  is_partner boolean NOT NULL DEFAULT false,
  state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'inactive')),
  email text,
  phone text,
  website text,
  industry text,
  notes text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT accounts_number UNIQUE (tenant_id, number),
  CONSTRAINT accounts_code UNIQUE (tenant_id, code),
  CONSTRAINT accounts_path UNIQUE (tenant_id, path),
  CONSTRAINT accounts_role CHECK (is_customer OR is_partner),
  CONSTRAINT accounts_not_own_parent CHECK (parent_id <> id),
  CONSTRAINT accounts_parent FOREIGN KEY (tenant_id, parent_id) REFERENCES accounts (tenant_id, id)
);
CREATE INDEX accounts_by_name ON accounts (tenant_id, name, id);
CREATE INDEX accounts_by_age ON accounts (tenant_id, created_at, id);
CREATE INDEX accounts_children ON accounts (tenant_id, parent_id, name, id) WHERE parent_id IS NOT NULL;
CALL app_tenant_table('accounts');

CREATE TABLE contacts (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  number text,
  user_id uuid,
  account_id uuid NOT NULL,
  name text NOT NULL,
  email text,
  phone text,
  mobile text,
  title text,
  department text,
  preferred_channel text CHECK (preferred_channel IN ('email', 'phone', 'portal', 'chat')),
  locale text,
  zone text,
  state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'inactive')),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT contacts_number UNIQUE (tenant_id, number),
  CONSTRAINT contacts_once UNIQUE (tenant_id, account_id, user_id),
  CONSTRAINT contacts_account FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id),
  CONSTRAINT contacts_user FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);
CREATE INDEX contacts_by_name ON contacts (tenant_id, name, id);
CREATE INDEX contacts_by_age ON contacts (tenant_id, created_at, id);
CREATE INDEX contacts_of_account ON contacts (tenant_id, account_id, name, id);
CREATE INDEX contacts_of_user ON contacts (tenant_id, user_id) WHERE user_id IS NOT NULL;
CREATE INDEX contacts_email ON contacts (tenant_id, email) WHERE email IS NOT NULL;
CALL app_tenant_table('contacts');

CREATE TABLE consumers (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  number text,
  user_id uuid,
  name text NOT NULL,
  email text,
  phone text,
  mobile text,
  preferred_channel text CHECK (preferred_channel IN ('email', 'phone', 'portal', 'chat')),
  locale text,
  zone text,
  state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'inactive')),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT consumers_number UNIQUE (tenant_id, number),
  CONSTRAINT consumers_once UNIQUE (tenant_id, user_id),
  CONSTRAINT consumers_user FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);
CREATE INDEX consumers_by_name ON consumers (tenant_id, name, id);
CREATE INDEX consumers_by_age ON consumers (tenant_id, created_at, id);
CREATE INDEX consumers_email ON consumers (tenant_id, email) WHERE email IS NOT NULL;
CALL app_tenant_table('consumers');

-- A person's e-mail makes the user; without one there is nobody to sign in, and user_id stays null.
ALTER TABLE profiles ADD CONSTRAINT profiles_contact_known
  FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id);
ALTER TABLE profiles ADD CONSTRAINT profiles_consumer_known
  FOREIGN KEY (tenant_id, consumer_id) REFERENCES consumers (tenant_id, id);
ALTER TABLE profiles ADD CONSTRAINT profiles_account_known
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id);
CREATE INDEX profiles_of_account ON profiles (tenant_id, account_id) WHERE account_id IS NOT NULL;

-- Where an account or a consumer is: sites, billing and shipping addresses.
CREATE TABLE locations (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  account_id uuid,
  consumer_id uuid,
  name text NOT NULL,
  purpose text NOT NULL DEFAULT 'site' CHECK (purpose IN ('site', 'billing', 'shipping', 'home')),
  line1 text NOT NULL,
  line2 text,
  postal_code text,
  city text NOT NULL,
  region text,
  country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
  zone text,
  is_primary boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT locations_one_owner CHECK (num_nonnulls(account_id, consumer_id) = 1),
  CONSTRAINT locations_account FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id),
  CONSTRAINT locations_consumer FOREIGN KEY (tenant_id, consumer_id) REFERENCES consumers (tenant_id, id)
);
CREATE INDEX locations_by_name ON locations (tenant_id, name, id);
CREATE INDEX locations_of_account ON locations (tenant_id, account_id, name, id) WHERE account_id IS NOT NULL;
CREATE INDEX locations_of_consumer ON locations (tenant_id, consumer_id, name, id) WHERE consumer_id IS NOT NULL;
CREATE UNIQUE INDEX locations_account_primary ON locations (tenant_id, account_id, purpose) WHERE is_primary AND account_id IS NOT NULL;
CREATE UNIQUE INDEX locations_consumer_primary ON locations (tenant_id, consumer_id, purpose) WHERE is_primary AND consumer_id IS NOT NULL;
CALL app_tenant_table('locations');

-- ── Skills ───────────────────────────────────────────────────────────────────────────────────

CREATE TABLE skills (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  description text NOT NULL DEFAULT '',
  active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT skills_name UNIQUE (tenant_id, name)
);
CALL app_tenant_table('skills');

CREATE TABLE user_skills (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  profile_id uuid NOT NULL,
  skill_id uuid NOT NULL,
  level integer NOT NULL DEFAULT 3 CHECK (level BETWEEN 1 AND 5),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT user_skills_once UNIQUE (tenant_id, profile_id, skill_id),
  CONSTRAINT user_skills_profile FOREIGN KEY (tenant_id, profile_id) REFERENCES profiles (tenant_id, id),
  CONSTRAINT user_skills_skill FOREIGN KEY (tenant_id, skill_id) REFERENCES skills (tenant_id, id)
);
CREATE INDEX user_skills_skill_held ON user_skills (tenant_id, skill_id, level);
CREATE INDEX user_skills_by_age ON user_skills (tenant_id, created_at, id);
CALL app_tenant_table('user_skills');

-- ── Products ─────────────────────────────────────────────────────────────────────────────────

CREATE TABLE product_models (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  code text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('hardware', 'software', 'service', 'consumable')),
  parent_id uuid,
  manufacturer text,
  description text NOT NULL DEFAULT '',
  state text NOT NULL DEFAULT 'active' CHECK (state IN ('draft', 'active', 'retired')),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT product_models_code UNIQUE (tenant_id, code),
  CONSTRAINT product_models_not_own_parent CHECK (parent_id <> id),
  CONSTRAINT product_models_parent FOREIGN KEY (tenant_id, parent_id) REFERENCES product_models (tenant_id, id)
);
CREATE INDEX product_models_by_name ON product_models (tenant_id, name, id);
CREATE INDEX product_models_by_age ON product_models (tenant_id, created_at, id);
CREATE INDEX product_models_children ON product_models (tenant_id, parent_id) WHERE parent_id IS NOT NULL;
CALL app_tenant_table('product_models');

-- What somebody must be able to do to work on the model.
CREATE TABLE product_model_skills (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  product_model_id uuid NOT NULL,
  skill_id uuid NOT NULL,
  level integer NOT NULL DEFAULT 1 CHECK (level BETWEEN 1 AND 5),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT product_model_skills_once UNIQUE (tenant_id, product_model_id, skill_id),
  CONSTRAINT product_model_skills_model FOREIGN KEY (tenant_id, product_model_id) REFERENCES product_models (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT product_model_skills_skill FOREIGN KEY (tenant_id, skill_id) REFERENCES skills (tenant_id, id)
);
CREATE INDEX product_model_skills_skill_needed ON product_model_skills (tenant_id, skill_id);
CREATE INDEX product_model_skills_by_age ON product_model_skills (tenant_id, created_at, id);
CALL app_tenant_table('product_model_skills');

-- ── Contracts, sold products, installed base, entitlements ───────────────────────────────────

CREATE TABLE service_contracts (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  number text,
  name text NOT NULL,
  account_id uuid,
  consumer_id uuid,
  contract_type text NOT NULL DEFAULT 'support' CHECK (contract_type IN ('support', 'warranty', 'maintenance', 'subscription')),
  starts_on date NOT NULL,
  ends_on date,
  state text NOT NULL DEFAULT 'active' CHECK (state IN ('draft', 'active', 'expired', 'cancelled')),
  terms text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT service_contracts_number UNIQUE (tenant_id, number),
  CONSTRAINT service_contracts_one_owner CHECK (num_nonnulls(account_id, consumer_id) = 1),
  CONSTRAINT service_contracts_period CHECK (ends_on >= starts_on),
  CONSTRAINT service_contracts_account FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id),
  CONSTRAINT service_contracts_consumer FOREIGN KEY (tenant_id, consumer_id) REFERENCES consumers (tenant_id, id)
);
CREATE INDEX service_contracts_by_age ON service_contracts (tenant_id, created_at, id);
CREATE INDEX service_contracts_by_name ON service_contracts (tenant_id, name, id);
CREATE INDEX service_contracts_of_account ON service_contracts (tenant_id, account_id, name, id) WHERE account_id IS NOT NULL;
CREATE INDEX service_contracts_of_consumer ON service_contracts (tenant_id, consumer_id, name, id) WHERE consumer_id IS NOT NULL;
CALL app_tenant_table('service_contracts');

CREATE TABLE sold_products (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  number text,
  name text NOT NULL,
  account_id uuid,
  consumer_id uuid,
  product_model_id uuid NOT NULL,
  parent_id uuid,
  contract_id uuid,
  location_id uuid,
  serial_number text,
  quantity integer NOT NULL DEFAULT 1 CHECK (quantity >= 1),
  purchased_on date,
  state text NOT NULL DEFAULT 'active' CHECK (state IN ('planned', 'active', 'suspended', 'ended')),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT sold_products_number UNIQUE (tenant_id, number),
  CONSTRAINT sold_products_one_owner CHECK (num_nonnulls(account_id, consumer_id) = 1),
  CONSTRAINT sold_products_not_own_parent CHECK (parent_id <> id),
  CONSTRAINT sold_products_account FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id),
  CONSTRAINT sold_products_consumer FOREIGN KEY (tenant_id, consumer_id) REFERENCES consumers (tenant_id, id),
  CONSTRAINT sold_products_model FOREIGN KEY (tenant_id, product_model_id) REFERENCES product_models (tenant_id, id),
  CONSTRAINT sold_products_parent FOREIGN KEY (tenant_id, parent_id) REFERENCES sold_products (tenant_id, id),
  CONSTRAINT sold_products_contract FOREIGN KEY (tenant_id, contract_id) REFERENCES service_contracts (tenant_id, id),
  CONSTRAINT sold_products_location FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id)
);
CREATE INDEX sold_products_by_name ON sold_products (tenant_id, name, id);
CREATE INDEX sold_products_by_age ON sold_products (tenant_id, created_at, id);
CREATE INDEX sold_products_of_account ON sold_products (tenant_id, account_id, name, id) WHERE account_id IS NOT NULL;
CREATE INDEX sold_products_of_consumer ON sold_products (tenant_id, consumer_id, name, id) WHERE consumer_id IS NOT NULL;
CREATE INDEX sold_products_of_model ON sold_products (tenant_id, product_model_id);
CREATE INDEX sold_products_children ON sold_products (tenant_id, parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX sold_products_of_contract ON sold_products (tenant_id, contract_id) WHERE contract_id IS NOT NULL;
CREATE INDEX sold_products_at_location ON sold_products (tenant_id, location_id) WHERE location_id IS NOT NULL;
CREATE INDEX sold_products_serial ON sold_products (tenant_id, serial_number) WHERE serial_number IS NOT NULL;
CALL app_tenant_table('sold_products');

CREATE TABLE install_base_items (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  number text,
  name text NOT NULL,
  sold_product_id uuid NOT NULL,
  serial_number text,
  location_id uuid,
  configuration_item text,
  installed_on date,
  state text NOT NULL DEFAULT 'installed' CHECK (state IN ('planned', 'installed', 'in_maintenance', 'removed')),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT install_base_items_number UNIQUE (tenant_id, number),
  CONSTRAINT install_base_items_sold_product FOREIGN KEY (tenant_id, sold_product_id) REFERENCES sold_products (tenant_id, id),
  CONSTRAINT install_base_items_location FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id)
);
CREATE INDEX install_base_items_by_name ON install_base_items (tenant_id, name, id);
CREATE INDEX install_base_items_by_age ON install_base_items (tenant_id, created_at, id);
CREATE INDEX install_base_items_of_product ON install_base_items (tenant_id, sold_product_id, name, id);
CREATE INDEX install_base_items_at_location ON install_base_items (tenant_id, location_id) WHERE location_id IS NOT NULL;
CREATE INDEX install_base_items_serial ON install_base_items (tenant_id, serial_number) WHERE serial_number IS NOT NULL;
CALL app_tenant_table('install_base_items');

-- `scope` names the most specific of the references, the one by which candidates are looked up.
CREATE TABLE entitlements (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  number text,
  name text NOT NULL,
  scope text NOT NULL CHECK (scope IN ('sold_product', 'product_model', 'contract', 'account', 'consumer')),
  sold_product_id uuid,
  product_model_id uuid,
  contract_id uuid,
  account_id uuid,
  consumer_id uuid,
  tier text NOT NULL DEFAULT 'standard' CHECK (tier IN ('platinum', 'gold', 'silver', 'bronze', 'standard')),
  calendar_id uuid,
  channels text[] NOT NULL DEFAULT '{}',
  response_minutes integer CHECK (response_minutes BETWEEN 1 AND 525600),
  resolution_minutes integer CHECK (resolution_minutes BETWEEN 1 AND 525600),
  starts_on date NOT NULL,
  ends_on date,
  state text NOT NULL DEFAULT 'active' CHECK (state IN ('draft', 'active', 'cancelled')),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT entitlements_number UNIQUE (tenant_id, number),
  CONSTRAINT entitlements_scope_named CHECK (
    CASE scope WHEN 'sold_product' THEN sold_product_id IS NOT NULL
               WHEN 'product_model' THEN product_model_id IS NOT NULL AND sold_product_id IS NULL
               WHEN 'contract' THEN contract_id IS NOT NULL AND num_nonnulls(sold_product_id, product_model_id) = 0
               WHEN 'account' THEN account_id IS NOT NULL AND num_nonnulls(sold_product_id, product_model_id, contract_id) = 0
               ELSE consumer_id IS NOT NULL AND num_nonnulls(sold_product_id, product_model_id, contract_id) = 0 END),
  CONSTRAINT entitlements_owner CHECK (num_nonnulls(account_id, consumer_id) <= 1),
  CONSTRAINT entitlements_period CHECK (ends_on >= starts_on),
  CONSTRAINT entitlements_sold_product FOREIGN KEY (tenant_id, sold_product_id) REFERENCES sold_products (tenant_id, id),
  CONSTRAINT entitlements_model FOREIGN KEY (tenant_id, product_model_id) REFERENCES product_models (tenant_id, id),
  CONSTRAINT entitlements_contract FOREIGN KEY (tenant_id, contract_id) REFERENCES service_contracts (tenant_id, id),
  CONSTRAINT entitlements_account FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id),
  CONSTRAINT entitlements_consumer FOREIGN KEY (tenant_id, consumer_id) REFERENCES consumers (tenant_id, id),
  CONSTRAINT entitlements_calendar FOREIGN KEY (tenant_id, calendar_id) REFERENCES calendars (tenant_id, id)
);
CREATE INDEX entitlements_by_name ON entitlements (tenant_id, name, id);
CREATE INDEX entitlements_by_age ON entitlements (tenant_id, created_at, id);
CREATE INDEX entitlements_of_sold_product ON entitlements (tenant_id, sold_product_id) WHERE sold_product_id IS NOT NULL;
CREATE INDEX entitlements_of_model ON entitlements (tenant_id, product_model_id, scope) WHERE product_model_id IS NOT NULL;
CREATE INDEX entitlements_of_contract ON entitlements (tenant_id, contract_id, scope) WHERE contract_id IS NOT NULL;
CREATE INDEX entitlements_of_account ON entitlements (tenant_id, account_id, scope) WHERE account_id IS NOT NULL;
CREATE INDEX entitlements_of_consumer ON entitlements (tenant_id, consumer_id, scope) WHERE consumer_id IS NOT NULL;
CREATE INDEX entitlements_account_names ON entitlements (tenant_id, account_id, name, id) WHERE account_id IS NOT NULL;
CREATE INDEX entitlements_consumer_names ON entitlements (tenant_id, consumer_id, name, id) WHERE consumer_id IS NOT NULL;
CREATE INDEX entitlements_calendar_used ON entitlements (tenant_id, calendar_id) WHERE calendar_id IS NOT NULL;
CALL app_tenant_table('entitlements');
