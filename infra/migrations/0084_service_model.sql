-- Who serves whom and where: service organisations, their places and staff, the customers they serve;
-- customers of customers; and the tree of a case's tasks.

-- The path is made of the codes from the top, as with accounts; `path_end` closes the subtree's range
-- (a function in the comparison itself would keep it out of the index under row-level security).
CREATE TABLE service_organizations (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  number text,
  name text NOT NULL,
  code text NOT NULL CHECK (code ~ '^[A-Z0-9][A-Z0-9._-]*$' AND length(code) <= 40),
  kind text NOT NULL CHECK (kind ~ '^[a-z][a-z0-9_]{0,39}$'),
  is_internal boolean NOT NULL DEFAULT true,
  account_id uuid,
  parent_id uuid,
  path text NOT NULL,
  path_end text GENERATED ALWAYS AS (left(path, -1) || '0') STORED,
  state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'inactive')),
  email text,
  phone text,
  notes text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT service_organizations_number UNIQUE (tenant_id, number),
  CONSTRAINT service_organizations_code UNIQUE (tenant_id, code),
  CONSTRAINT service_organizations_path UNIQUE (tenant_id, path),
  CONSTRAINT service_organizations_side UNIQUE (tenant_id, id, is_internal),
  CONSTRAINT service_organizations_own_company CHECK (account_id IS NULL OR NOT is_internal),
  CONSTRAINT service_organizations_not_own_parent CHECK (parent_id <> id),
  CONSTRAINT service_organizations_parent FOREIGN KEY (tenant_id, parent_id) REFERENCES service_organizations (tenant_id, id),
  CONSTRAINT service_organizations_account FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);
CREATE INDEX service_organizations_by_name ON service_organizations (tenant_id, name, id);
CREATE INDEX service_organizations_by_age ON service_organizations (tenant_id, created_at, id);
CREATE INDEX service_organizations_of_kind ON service_organizations (tenant_id, kind, name, id);
CREATE INDEX service_organizations_children ON service_organizations (tenant_id, parent_id, name, id) WHERE parent_id IS NOT NULL;
CREATE INDEX service_organizations_of_account ON service_organizations (tenant_id, account_id, name, id) WHERE account_id IS NOT NULL;
CALL app_tenant_table('service_organizations');

-- A place is inside or outside the company exactly as its organisation is: the key says so.
CREATE TABLE business_locations (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  number text,
  name text NOT NULL,
  service_organization_id uuid NOT NULL,
  is_internal boolean NOT NULL,
  location_id uuid,
  line1 text,
  line2 text,
  postal_code text,
  city text,
  region text,
  country text CHECK (country ~ '^[A-Z]{2}$'),
  zone text,
  state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'inactive')),
  email text,
  phone text,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT business_locations_number UNIQUE (tenant_id, number),
  CONSTRAINT business_locations_name UNIQUE (tenant_id, service_organization_id, name),
  CONSTRAINT business_locations_place UNIQUE (tenant_id, id, service_organization_id),
  CONSTRAINT business_locations_organization FOREIGN KEY (tenant_id, service_organization_id, is_internal)
    REFERENCES service_organizations (tenant_id, id, is_internal),
  CONSTRAINT business_locations_site FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id)
);
CREATE INDEX business_locations_by_name ON business_locations (tenant_id, name, id);
CREATE INDEX business_locations_by_age ON business_locations (tenant_id, created_at, id);
CREATE INDEX business_locations_at_site ON business_locations (tenant_id, location_id) WHERE location_id IS NOT NULL;
CALL app_tenant_table('business_locations');

CREATE TABLE staff_members (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  service_organization_id uuid NOT NULL,
  business_location_id uuid,
  profile_id uuid,
  contact_id uuid,
  responsibility_id uuid,
  title text NOT NULL DEFAULT '',
  beneath boolean NOT NULL DEFAULT true,
  starts_on date NOT NULL,
  ends_on date,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT staff_members_one_person CHECK (num_nonnulls(profile_id, contact_id) = 1),
  CONSTRAINT staff_members_period CHECK (ends_on >= starts_on),
  CONSTRAINT staff_members_once UNIQUE NULLS NOT DISTINCT (tenant_id, service_organization_id, business_location_id, profile_id, contact_id, starts_on),
  CONSTRAINT staff_members_organization FOREIGN KEY (tenant_id, service_organization_id) REFERENCES service_organizations (tenant_id, id),
  CONSTRAINT staff_members_place FOREIGN KEY (tenant_id, business_location_id, service_organization_id)
    REFERENCES business_locations (tenant_id, id, service_organization_id),
  CONSTRAINT staff_members_profile FOREIGN KEY (tenant_id, profile_id) REFERENCES profiles (tenant_id, id),
  CONSTRAINT staff_members_contact FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id),
  CONSTRAINT staff_members_responsibility FOREIGN KEY (tenant_id, responsibility_id) REFERENCES responsibilities (tenant_id, id)
);
CREATE INDEX staff_members_by_age ON staff_members (tenant_id, created_at, id);
CREATE INDEX staff_members_of_organization ON staff_members (tenant_id, service_organization_id, created_at, id);
CREATE INDEX staff_members_of_place ON staff_members (tenant_id, business_location_id, created_at, id) WHERE business_location_id IS NOT NULL;
CREATE INDEX staff_members_of_profile ON staff_members (tenant_id, profile_id, created_at, id) WHERE profile_id IS NOT NULL;
CREATE INDEX staff_members_with_responsibility ON staff_members (tenant_id, responsibility_id) WHERE responsibility_id IS NOT NULL;
CREATE INDEX staff_members_of_contact ON staff_members (tenant_id, contact_id, created_at, id) WHERE contact_id IS NOT NULL;
CALL app_tenant_table('staff_members');

CREATE TABLE customers_served (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  service_organization_id uuid NOT NULL,
  business_location_id uuid,
  account_id uuid,
  consumer_id uuid,
  is_primary boolean NOT NULL DEFAULT false,
  starts_on date NOT NULL,
  ends_on date,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT customers_served_one_customer CHECK (num_nonnulls(account_id, consumer_id) = 1),
  CONSTRAINT customers_served_period CHECK (ends_on >= starts_on),
  CONSTRAINT customers_served_once UNIQUE NULLS NOT DISTINCT (tenant_id, service_organization_id, business_location_id, account_id, consumer_id, starts_on),
  CONSTRAINT customers_served_organization FOREIGN KEY (tenant_id, service_organization_id) REFERENCES service_organizations (tenant_id, id),
  CONSTRAINT customers_served_place FOREIGN KEY (tenant_id, business_location_id, service_organization_id)
    REFERENCES business_locations (tenant_id, id, service_organization_id),
  CONSTRAINT customers_served_account FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id),
  CONSTRAINT customers_served_consumer FOREIGN KEY (tenant_id, consumer_id) REFERENCES consumers (tenant_id, id)
);
CREATE INDEX customers_served_by_age ON customers_served (tenant_id, created_at, id);
CREATE INDEX customers_served_by_organization ON customers_served (tenant_id, service_organization_id, created_at, id);
CREATE INDEX customers_served_at_place ON customers_served (tenant_id, business_location_id, created_at, id) WHERE business_location_id IS NOT NULL;
CREATE INDEX customers_served_account_of ON customers_served (tenant_id, account_id, created_at, id) WHERE account_id IS NOT NULL;
CREATE INDEX customers_served_consumer_of ON customers_served (tenant_id, consumer_id, created_at, id) WHERE consumer_id IS NOT NULL;
CREATE UNIQUE INDEX customers_served_account_primary ON customers_served (tenant_id, account_id) WHERE is_primary AND account_id IS NOT NULL;
CREATE UNIQUE INDEX customers_served_consumer_primary ON customers_served (tenant_id, consumer_id) WHERE is_primary AND consumer_id IS NOT NULL;
CALL app_tenant_table('customers_served');

-- Franchisor and franchisee, manufacturer and dealer, shared service and whom it serves.
CREATE TABLE service_relations (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  from_organization_id uuid NOT NULL,
  to_organization_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind ~ '^[a-z][a-z0-9_]{0,39}$'),
  oversees boolean NOT NULL DEFAULT true,
  starts_on date NOT NULL,
  ends_on date,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT service_relations_two CHECK (from_organization_id <> to_organization_id),
  CONSTRAINT service_relations_period CHECK (ends_on >= starts_on),
  CONSTRAINT service_relations_once UNIQUE (tenant_id, from_organization_id, to_organization_id, kind, starts_on),
  CONSTRAINT service_relations_from FOREIGN KEY (tenant_id, from_organization_id) REFERENCES service_organizations (tenant_id, id),
  CONSTRAINT service_relations_to FOREIGN KEY (tenant_id, to_organization_id) REFERENCES service_organizations (tenant_id, id)
);
CREATE INDEX service_relations_by_age ON service_relations (tenant_id, created_at, id);
CREATE INDEX service_relations_to_whom ON service_relations (tenant_id, to_organization_id, created_at, id);
CALL app_tenant_table('service_relations');

-- What a dealer may open cases about, and the kinds of contract it may call upon.
CREATE TABLE service_organization_products (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  service_organization_id uuid NOT NULL,
  product_model_id uuid NOT NULL,
  contract_types text[] NOT NULL DEFAULT '{warranty}' CHECK (contract_types <@ ARRAY['support', 'warranty', 'maintenance', 'subscription']),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT service_organization_products_once UNIQUE (tenant_id, service_organization_id, product_model_id),
  CONSTRAINT service_organization_products_organization FOREIGN KEY (tenant_id, service_organization_id) REFERENCES service_organizations (tenant_id, id),
  CONSTRAINT service_organization_products_model FOREIGN KEY (tenant_id, product_model_id) REFERENCES product_models (tenant_id, id)
);
CREATE INDEX service_organization_products_by_age ON service_organization_products (tenant_id, created_at, id);
CREATE INDEX service_organization_products_of ON service_organization_products (tenant_id, service_organization_id, created_at, id);
CREATE INDEX service_organization_products_model_of ON service_organization_products (tenant_id, product_model_id);
CALL app_tenant_table('service_organization_products');

-- ── Who is where today ───────────────────────────────────────────────────────────────────────

-- Membership in force, by the profile that acts: a contact's is looked up.
CREATE VIEW staff_in_force WITH (security_invoker = true) AS
  SELECT m.tenant_id, m.id, m.profile_id, m.service_organization_id, m.business_location_id, m.beneath
    FROM staff_members m
   WHERE m.profile_id IS NOT NULL AND m.starts_on <= (now() AT TIME ZONE 'UTC')::date
     AND (m.ends_on IS NULL OR m.ends_on >= (now() AT TIME ZONE 'UTC')::date)
  UNION ALL
  SELECT m.tenant_id, m.id, p.id, m.service_organization_id, m.business_location_id, m.beneath
    FROM profiles p JOIN staff_members m ON m.tenant_id = p.tenant_id AND m.contact_id = p.contact_id
   WHERE p.state = 'active' AND m.starts_on <= (now() AT TIME ZONE 'UTC')::date
     AND (m.ends_on IS NULL OR m.ends_on >= (now() AT TIME ZONE 'UTC')::date);
GRANT SELECT ON staff_in_force TO app_rw;

-- Where somebody's word reaches: the own place only, or the organisation, what lies below it, and
-- what it oversees. Exactly one of the two columns is set.
CREATE VIEW staff_places WITH (security_invoker = true) AS
  SELECT f.tenant_id, f.id, f.profile_id, NULL::uuid AS service_organization_id, f.business_location_id
    FROM staff_in_force f WHERE f.business_location_id IS NOT NULL
  UNION ALL
  SELECT f.tenant_id, f.id, f.profile_id, d.id, NULL::uuid
    FROM staff_in_force f
    JOIN service_organizations t ON t.tenant_id = f.tenant_id AND t.id = f.service_organization_id
    JOIN service_organizations d ON d.tenant_id = t.tenant_id AND d.path >= t.path AND d.path < t.path_end
   WHERE f.business_location_id IS NULL AND (f.beneath OR d.id = t.id)
  UNION ALL
  SELECT f.tenant_id, f.id, f.profile_id, d.id, NULL::uuid
    FROM staff_in_force f
    JOIN service_relations r ON r.tenant_id = f.tenant_id AND r.from_organization_id = f.service_organization_id
    JOIN service_organizations t ON t.tenant_id = r.tenant_id AND t.id = r.to_organization_id
    JOIN service_organizations d ON d.tenant_id = t.tenant_id AND d.path >= t.path AND d.path < t.path_end
   WHERE f.business_location_id IS NULL AND r.oversees
     AND r.starts_on <= (now() AT TIME ZONE 'UTC')::date
     AND (r.ends_on IS NULL OR r.ends_on >= (now() AT TIME ZONE 'UTC')::date);
GRANT SELECT ON staff_places TO app_rw;

-- Customers who are served today where somebody works.
CREATE VIEW customers_at_hand WITH (security_invoker = true) AS
  SELECT c.tenant_id, c.id, p.profile_id, c.account_id, c.consumer_id
    FROM staff_places p
    JOIN customers_served c ON c.tenant_id = p.tenant_id AND c.business_location_id = p.business_location_id
   WHERE c.starts_on <= (now() AT TIME ZONE 'UTC')::date
     AND (c.ends_on IS NULL OR c.ends_on >= (now() AT TIME ZONE 'UTC')::date)
  UNION ALL
  SELECT c.tenant_id, c.id, p.profile_id, c.account_id, c.consumer_id
    FROM staff_places p
    JOIN customers_served c ON c.tenant_id = p.tenant_id AND c.service_organization_id = p.service_organization_id
   WHERE c.starts_on <= (now() AT TIME ZONE 'UTC')::date
     AND (c.ends_on IS NULL OR c.ends_on >= (now() AT TIME ZONE 'UTC')::date);
GRANT SELECT ON customers_at_hand TO app_rw;

-- ── Customers of customers ───────────────────────────────────────────────────────────────────

-- A business's own customers and employees, who are served through it.
CREATE TABLE account_consumers (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  account_id uuid NOT NULL,
  consumer_id uuid NOT NULL,
  kind text NOT NULL DEFAULT 'customer' CHECK (kind IN ('customer', 'employee')),
  reference text,
  is_entitled boolean NOT NULL DEFAULT true,
  starts_on date NOT NULL,
  ends_on date,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT account_consumers_once UNIQUE (tenant_id, consumer_id, account_id),
  CONSTRAINT account_consumers_period CHECK (ends_on >= starts_on),
  CONSTRAINT account_consumers_account FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id),
  CONSTRAINT account_consumers_consumer FOREIGN KEY (tenant_id, consumer_id) REFERENCES consumers (tenant_id, id)
);
CREATE INDEX account_consumers_by_age ON account_consumers (tenant_id, created_at, id);
CREATE INDEX account_consumers_of_account ON account_consumers (tenant_id, account_id, created_at, id);
CREATE INDEX account_consumers_of_consumer ON account_consumers (tenant_id, consumer_id, created_at, id);
CALL app_tenant_table('account_consumers');

-- ── Cases ────────────────────────────────────────────────────────────────────────────────────

ALTER TABLE cases ADD COLUMN service_organization_id uuid;
ALTER TABLE cases ADD COLUMN business_location_id uuid;
ALTER TABLE cases ADD COLUMN employee_id uuid;
ALTER TABLE cases ADD COLUMN intermediary_account_id uuid;
ALTER TABLE cases ADD COLUMN escalated_at timestamptz;
ALTER TABLE cases ADD CONSTRAINT cases_place_has_organization CHECK (business_location_id IS NULL OR service_organization_id IS NOT NULL);
ALTER TABLE cases ADD CONSTRAINT cases_employee_or_customer CHECK (employee_id IS NULL OR num_nonnulls(account_id, contact_id, consumer_id) = 0);
ALTER TABLE cases ADD CONSTRAINT cases_intermediary_of_consumer CHECK (intermediary_account_id IS NULL OR consumer_id IS NOT NULL);
ALTER TABLE cases ADD CONSTRAINT cases_organization FOREIGN KEY (tenant_id, service_organization_id) REFERENCES service_organizations (tenant_id, id);
ALTER TABLE cases ADD CONSTRAINT cases_place FOREIGN KEY (tenant_id, business_location_id, service_organization_id)
  REFERENCES business_locations (tenant_id, id, service_organization_id);
ALTER TABLE cases ADD CONSTRAINT cases_employee FOREIGN KEY (tenant_id, employee_id) REFERENCES profiles (tenant_id, id);
ALTER TABLE cases ADD CONSTRAINT cases_intermediary FOREIGN KEY (tenant_id, consumer_id, intermediary_account_id)
  REFERENCES account_consumers (tenant_id, consumer_id, account_id);
CREATE INDEX cases_of_organization ON cases (tenant_id, service_organization_id, opened_at, id) WHERE service_organization_id IS NOT NULL;
CREATE INDEX cases_at_place ON cases (tenant_id, business_location_id, opened_at, id) WHERE business_location_id IS NOT NULL;
CREATE INDEX cases_of_employee ON cases (tenant_id, employee_id, opened_at, id) WHERE employee_id IS NOT NULL;
CREATE INDEX cases_through_intermediary ON cases (tenant_id, intermediary_account_id, opened_at, id) WHERE intermediary_account_id IS NOT NULL;
CREATE INDEX cases_escalated ON cases (tenant_id, escalated_at, id) WHERE escalated_at IS NOT NULL;

-- What stands at a place is listed by it, in the order of the list.
CREATE INDEX sold_products_at_site ON sold_products (tenant_id, location_id, name, id) WHERE location_id IS NOT NULL;
DROP INDEX sold_products_at_location;
CREATE INDEX install_base_items_at_site ON install_base_items (tenant_id, location_id, name, id) WHERE location_id IS NOT NULL;
DROP INDEX install_base_items_at_location;
DROP INDEX assets_at_location;
CREATE INDEX assets_at_site ON assets (tenant_id, location_id, name, id) WHERE location_id IS NOT NULL;

-- A case's promises, in the order in which they fall due.
CREATE INDEX task_slas_of_record ON task_slas (tenant_id, record_id, due_at, id);

-- ── The tree of a case's tasks ───────────────────────────────────────────────────────────────

ALTER TABLE case_tasks ADD COLUMN parent_id uuid;
ALTER TABLE case_tasks ADD COLUMN escalated_at timestamptz;
ALTER TABLE case_tasks ADD CONSTRAINT case_tasks_within_case UNIQUE (tenant_id, id, case_id);
ALTER TABLE case_tasks ADD CONSTRAINT case_tasks_not_own_parent CHECK (parent_id <> id);
ALTER TABLE case_tasks ADD CONSTRAINT case_tasks_parent FOREIGN KEY (tenant_id, parent_id, case_id) REFERENCES case_tasks (tenant_id, id, case_id);
CREATE INDEX case_tasks_children ON case_tasks (tenant_id, parent_id, opened_at, id) WHERE parent_id IS NOT NULL;

-- A task waits for others of the same case.
CREATE TABLE case_task_dependencies (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  case_id uuid NOT NULL,
  task_id uuid NOT NULL,
  depends_on_id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT case_task_dependencies_once UNIQUE (tenant_id, task_id, depends_on_id),
  CONSTRAINT case_task_dependencies_two CHECK (task_id <> depends_on_id),
  CONSTRAINT case_task_dependencies_task FOREIGN KEY (tenant_id, task_id, case_id) REFERENCES case_tasks (tenant_id, id, case_id) ON DELETE CASCADE,
  CONSTRAINT case_task_dependencies_on FOREIGN KEY (tenant_id, depends_on_id, case_id) REFERENCES case_tasks (tenant_id, id, case_id) ON DELETE CASCADE
);
CREATE INDEX case_task_dependencies_by_age ON case_task_dependencies (tenant_id, created_at, id);
CREATE INDEX case_task_dependencies_of_case ON case_task_dependencies (tenant_id, case_id, created_at, id);
CREATE INDEX case_task_dependencies_awaited ON case_task_dependencies (tenant_id, depends_on_id);
CALL app_tenant_table('case_task_dependencies');
