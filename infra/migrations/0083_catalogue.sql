-- Product data in depth and the service catalogue: specifications and typed extensions, configuration
-- items, trees of installed things, where a sold product is installed, warranties, service offerings,
-- catalogues with what can be requested from them, and which articles belong to which products.

-- ── Product models ───────────────────────────────────────────────────────────────────────────

-- `extension_kind` says which typed data the sold products and installed items of a model carry.
ALTER TABLE product_models
  ADD COLUMN specifications jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN extension_kind text CONSTRAINT product_models_extension_kind
    CHECK (extension_kind IN ('financial_account', 'network_service', 'equipment'));

-- What a model is warranted for from the day it is bought.
CREATE TABLE product_warranties (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  product_model_id uuid NOT NULL,
  name text NOT NULL,
  months integer NOT NULL CHECK (months BETWEEN 1 AND 1200),
  coverage text NOT NULL DEFAULT 'parts_and_labour' CHECK (coverage IN ('parts', 'labour', 'parts_and_labour', 'on_site', 'replacement')),
  terms text NOT NULL DEFAULT '',
  active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT product_warranties_name UNIQUE (tenant_id, product_model_id, name),
  CONSTRAINT product_warranties_model FOREIGN KEY (tenant_id, product_model_id) REFERENCES product_models (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX product_warranties_by_name ON product_warranties (tenant_id, name, id);
CREATE INDEX product_warranties_by_age ON product_warranties (tenant_id, created_at, id);
CALL app_tenant_table('product_warranties');

-- ── Configuration items ──────────────────────────────────────────────────────────────────────

CREATE TABLE configuration_items (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  number text,
  name text NOT NULL,
  ci_class text NOT NULL DEFAULT 'other' CHECK (ci_class IN ('application_service', 'software', 'server', 'network', 'storage', 'end_user_device', 'machine', 'facility', 'other')),
  serial_number text,
  attributes jsonb NOT NULL DEFAULT '{}',
  parent_id uuid,
  state text NOT NULL DEFAULT 'operational' CHECK (state IN ('planned', 'operational', 'in_maintenance', 'retired')),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT configuration_items_number UNIQUE (tenant_id, number),
  CONSTRAINT configuration_items_not_own_parent CHECK (parent_id <> id),
  CONSTRAINT configuration_items_parent FOREIGN KEY (tenant_id, parent_id) REFERENCES configuration_items (tenant_id, id)
);
CREATE INDEX configuration_items_by_name ON configuration_items (tenant_id, name, id);
CREATE INDEX configuration_items_by_age ON configuration_items (tenant_id, created_at, id);
CREATE INDEX configuration_items_of_class ON configuration_items (tenant_id, ci_class, name, id);
CREATE INDEX configuration_items_children ON configuration_items (tenant_id, parent_id, name, id) WHERE parent_id IS NOT NULL;
CREATE INDEX configuration_items_serial ON configuration_items (tenant_id, serial_number) WHERE serial_number IS NOT NULL;
CALL app_tenant_table('configuration_items');

-- `item_id` needs `needed_id`: where that fails, this is hit. The graph has no cycles.
CREATE TABLE configuration_dependencies (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  item_id uuid NOT NULL,
  needed_id uuid NOT NULL,
  kind text NOT NULL DEFAULT 'depends_on' CHECK (kind IN ('depends_on', 'runs_on', 'connects_to', 'uses')),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT configuration_dependencies_once UNIQUE (tenant_id, item_id, needed_id),
  CONSTRAINT configuration_dependencies_not_itself CHECK (item_id <> needed_id),
  CONSTRAINT configuration_dependencies_item FOREIGN KEY (tenant_id, item_id) REFERENCES configuration_items (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT configuration_dependencies_needed FOREIGN KEY (tenant_id, needed_id) REFERENCES configuration_items (tenant_id, id)
);
CREATE INDEX configuration_dependencies_by_age ON configuration_dependencies (tenant_id, created_at, id);
CREATE INDEX configuration_dependencies_of_needed ON configuration_dependencies (tenant_id, needed_id);
CALL app_tenant_table('configuration_dependencies');

-- ── Sold products and what is installed of them ──────────────────────────────────────────────

CREATE TABLE service_offerings (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  number text,
  name text NOT NULL,
  product_model_id uuid NOT NULL,
  description text NOT NULL DEFAULT '',
  tier text NOT NULL DEFAULT 'standard' CHECK (tier IN ('platinum', 'gold', 'silver', 'bronze', 'standard')),
  calendar_id uuid,
  channels text[] NOT NULL DEFAULT '{}',
  response_minutes integer CHECK (response_minutes BETWEEN 1 AND 525600),
  resolution_minutes integer CHECK (resolution_minutes BETWEEN 1 AND 525600),
  months integer CHECK (months BETWEEN 1 AND 1200),
  state text NOT NULL DEFAULT 'active' CHECK (state IN ('draft', 'active', 'retired')),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT service_offerings_number UNIQUE (tenant_id, number),
  CONSTRAINT service_offerings_name UNIQUE (tenant_id, product_model_id, name),
  -- What a sold product's offering is checked against: it must be one of its own model.
  CONSTRAINT service_offerings_of_model UNIQUE (tenant_id, product_model_id, id),
  CONSTRAINT service_offerings_model FOREIGN KEY (tenant_id, product_model_id) REFERENCES product_models (tenant_id, id),
  CONSTRAINT service_offerings_calendar FOREIGN KEY (tenant_id, calendar_id) REFERENCES calendars (tenant_id, id)
);
CREATE INDEX service_offerings_by_name ON service_offerings (tenant_id, name, id);
CREATE INDEX service_offerings_by_age ON service_offerings (tenant_id, created_at, id);
CREATE INDEX service_offerings_calendar_used ON service_offerings (tenant_id, calendar_id) WHERE calendar_id IS NOT NULL;
CALL app_tenant_table('service_offerings');

-- The offering is one of the product's own model, and what it yields is an entitlement that names it.
-- The warranty is copied from the one that runs longest, so that a list can show and filter by it.
ALTER TABLE sold_products
  ADD COLUMN service_offering_id uuid,
  ADD COLUMN ended_on date,
  ADD COLUMN extension jsonb,
  ADD COLUMN warranty_ends_on date,
  ADD COLUMN warranty_status text NOT NULL DEFAULT 'none'
    CONSTRAINT sold_products_warranty_status CHECK (warranty_status IN ('none', 'pending', 'active', 'expired')),
  ADD CONSTRAINT sold_products_offering FOREIGN KEY (tenant_id, product_model_id, service_offering_id)
    REFERENCES service_offerings (tenant_id, product_model_id, id);
CREATE INDEX sold_products_of_offering ON sold_products (tenant_id, service_offering_id) WHERE service_offering_id IS NOT NULL;
CREATE INDEX sold_products_warranty ON sold_products (tenant_id, warranty_status, warranty_ends_on) WHERE warranty_status <> 'none';

ALTER TABLE entitlements
  ADD COLUMN service_offering_id uuid,
  ADD CONSTRAINT entitlements_offering FOREIGN KEY (tenant_id, service_offering_id) REFERENCES service_offerings (tenant_id, id);
CREATE INDEX entitlements_of_offering ON entitlements (tenant_id, service_offering_id) WHERE service_offering_id IS NOT NULL;
-- One running entitlement a sold product comes from its offering.
CREATE UNIQUE INDEX entitlements_one_by_offering ON entitlements (tenant_id, sold_product_id)
  WHERE service_offering_id IS NOT NULL AND state = 'active';

ALTER TABLE install_base_items
  ADD COLUMN configuration_item_id uuid,
  ADD COLUMN parent_id uuid,
  ADD COLUMN extension jsonb,
  ADD COLUMN warranty_ends_on date,
  ADD COLUMN warranty_status text NOT NULL DEFAULT 'none'
    CONSTRAINT install_base_items_warranty_status CHECK (warranty_status IN ('none', 'pending', 'active', 'expired')),
  ADD CONSTRAINT install_base_items_not_own_parent CHECK (parent_id <> id),
  ADD CONSTRAINT install_base_items_ci FOREIGN KEY (tenant_id, configuration_item_id) REFERENCES configuration_items (tenant_id, id),
  ADD CONSTRAINT install_base_items_parent FOREIGN KEY (tenant_id, parent_id) REFERENCES install_base_items (tenant_id, id);
CREATE INDEX install_base_items_of_ci ON install_base_items (tenant_id, configuration_item_id) WHERE configuration_item_id IS NOT NULL;
CREATE INDEX install_base_items_children ON install_base_items (tenant_id, parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX install_base_items_warranty ON install_base_items (tenant_id, warranty_status, warranty_ends_on) WHERE warranty_status <> 'none';

-- How many of a sold product are installed as which item and where.
CREATE TABLE installed_products (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  number text,
  sold_product_id uuid NOT NULL,
  install_base_item_id uuid NOT NULL,
  location_id uuid,
  quantity integer NOT NULL DEFAULT 1 CHECK (quantity >= 1),
  installed_on date,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT installed_products_number UNIQUE (tenant_id, number),
  CONSTRAINT installed_products_once UNIQUE NULLS NOT DISTINCT (tenant_id, sold_product_id, install_base_item_id, location_id),
  CONSTRAINT installed_products_sold_product FOREIGN KEY (tenant_id, sold_product_id) REFERENCES sold_products (tenant_id, id),
  CONSTRAINT installed_products_item FOREIGN KEY (tenant_id, install_base_item_id) REFERENCES install_base_items (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT installed_products_location FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id)
);
CREATE INDEX installed_products_by_age ON installed_products (tenant_id, created_at, id);
CREATE INDEX installed_products_of_product ON installed_products (tenant_id, sold_product_id, created_at, id);
CREATE INDEX installed_products_of_item ON installed_products (tenant_id, install_base_item_id, created_at, id);
CREATE INDEX installed_products_at_location ON installed_products (tenant_id, location_id) WHERE location_id IS NOT NULL;

-- What has been there all along: one of each item's product, where the item is. Forced policies hide
-- every row from the owner too, so they are lifted for these statements and put back.
ALTER TABLE install_base_items NO FORCE ROW LEVEL SECURITY;
INSERT INTO installed_products (tenant_id, id, sold_product_id, install_base_item_id, location_id, installed_on, created_at, updated_at)
  SELECT tenant_id, gen_random_uuid(), sold_product_id, id, location_id, installed_on, created_at, now() FROM install_base_items;
ALTER TABLE configuration_items NO FORCE ROW LEVEL SECURITY;
WITH named AS (
  INSERT INTO configuration_items (tenant_id, id, name, created_at, updated_at)
    SELECT tenant_id, gen_random_uuid(), configuration_item, now(), now() FROM install_base_items
     WHERE configuration_item <> '' GROUP BY tenant_id, configuration_item
  RETURNING tenant_id, id, name)
UPDATE install_base_items i SET configuration_item_id = n.id
  FROM named n WHERE n.tenant_id = i.tenant_id AND n.name = i.configuration_item;
ALTER TABLE configuration_items FORCE ROW LEVEL SECURITY;
ALTER TABLE install_base_items FORCE ROW LEVEL SECURITY;
CALL app_tenant_table('installed_products');

-- ── Warranties ───────────────────────────────────────────────────────────────────────────────

-- A running warranty: of a sold product, or of one installed item or serial number of it.
CREATE TABLE warranties (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  number text,
  name text NOT NULL,
  product_warranty_id uuid,
  sold_product_id uuid NOT NULL,
  install_base_item_id uuid,
  serial_number text,
  coverage text NOT NULL CHECK (coverage IN ('parts', 'labour', 'parts_and_labour', 'on_site', 'replacement')),
  terms text NOT NULL DEFAULT '',
  starts_on date NOT NULL,
  ends_on date NOT NULL,
  state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'void')),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT warranties_number UNIQUE (tenant_id, number),
  CONSTRAINT warranties_period CHECK (ends_on >= starts_on),
  CONSTRAINT warranties_definition FOREIGN KEY (tenant_id, product_warranty_id) REFERENCES product_warranties (tenant_id, id),
  CONSTRAINT warranties_sold_product FOREIGN KEY (tenant_id, sold_product_id) REFERENCES sold_products (tenant_id, id),
  CONSTRAINT warranties_item FOREIGN KEY (tenant_id, install_base_item_id) REFERENCES install_base_items (tenant_id, id)
);
CREATE INDEX warranties_by_end ON warranties (tenant_id, ends_on, id);
CREATE INDEX warranties_by_age ON warranties (tenant_id, created_at, id);
CREATE INDEX warranties_of_product ON warranties (tenant_id, sold_product_id, ends_on, id);
CREATE INDEX warranties_of_item ON warranties (tenant_id, install_base_item_id, ends_on, id) WHERE install_base_item_id IS NOT NULL;
CREATE INDEX warranties_serial ON warranties (tenant_id, serial_number) WHERE serial_number IS NOT NULL;
CREATE INDEX warranties_definition_used ON warranties (tenant_id, product_warranty_id) WHERE product_warranty_id IS NOT NULL;
CALL app_tenant_table('warranties');

-- ── The catalogue ────────────────────────────────────────────────────────────────────────────

CREATE TABLE catalogs (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  description text NOT NULL DEFAULT '',
  active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT catalogs_name UNIQUE (tenant_id, name)
);
CREATE INDEX catalogs_by_age ON catalogs (tenant_id, created_at, id);
CALL app_tenant_table('catalogs');

-- A category lies in one catalogue with all that is beneath it: the parent's key says so.
CREATE TABLE catalog_categories (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  catalog_id uuid NOT NULL,
  parent_id uuid,
  name text NOT NULL,
  description text NOT NULL DEFAULT '',
  position integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT catalog_categories_in_catalog UNIQUE (tenant_id, catalog_id, id),
  CONSTRAINT catalog_categories_name UNIQUE NULLS NOT DISTINCT (tenant_id, catalog_id, parent_id, name),
  CONSTRAINT catalog_categories_not_own_parent CHECK (parent_id <> id),
  CONSTRAINT catalog_categories_catalog FOREIGN KEY (tenant_id, catalog_id) REFERENCES catalogs (tenant_id, id),
  CONSTRAINT catalog_categories_parent FOREIGN KEY (tenant_id, catalog_id, parent_id) REFERENCES catalog_categories (tenant_id, catalog_id, id)
);
CREATE INDEX catalog_categories_by_name ON catalog_categories (tenant_id, name, id);
CREATE INDEX catalog_categories_by_position ON catalog_categories (tenant_id, position, id);
CREATE INDEX catalog_categories_by_age ON catalog_categories (tenant_id, created_at, id);
CREATE INDEX catalog_categories_in_order ON catalog_categories (tenant_id, catalog_id, position, id);
CREATE INDEX catalog_categories_named ON catalog_categories (tenant_id, catalog_id, name, id);
CALL app_tenant_table('catalog_categories');

-- `offered` is published in a catalogue that is open; `for_owners` is linked to some product model.
-- Both follow from other rows and are kept here because lists and access are read by them.
CREATE TABLE catalog_items (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  number text,
  catalog_id uuid NOT NULL,
  category_id uuid,
  name text NOT NULL,
  summary text NOT NULL DEFAULT '',
  description text NOT NULL DEFAULT '',
  state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'published', 'retired')),
  audience text NOT NULL DEFAULT 'customer' CHECK (audience IN ('public', 'customer', 'partner', 'internal')),
  offered boolean NOT NULL DEFAULT false,
  for_owners boolean NOT NULL DEFAULT false,
  form jsonb NOT NULL DEFAULT '[]',
  case_category text,
  case_subcategory text,
  case_priority integer NOT NULL DEFAULT 3 CHECK (case_priority BETWEEN 1 AND 4),
  assignment_group_id uuid,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT catalog_items_number UNIQUE (tenant_id, number),
  CONSTRAINT catalog_items_offered CHECK (NOT offered OR state = 'published'),
  CONSTRAINT catalog_items_catalog FOREIGN KEY (tenant_id, catalog_id) REFERENCES catalogs (tenant_id, id),
  CONSTRAINT catalog_items_category FOREIGN KEY (tenant_id, catalog_id, category_id) REFERENCES catalog_categories (tenant_id, catalog_id, id),
  CONSTRAINT catalog_items_group FOREIGN KEY (tenant_id, assignment_group_id) REFERENCES groups (tenant_id, id)
);
CREATE INDEX catalog_items_by_name ON catalog_items (tenant_id, name, id);
CREATE INDEX catalog_items_by_age ON catalog_items (tenant_id, created_at, id);
CREATE INDEX catalog_items_for_audience ON catalog_items (tenant_id, audience, for_owners, name, id) WHERE offered;
CREATE INDEX catalog_items_of_category ON catalog_items (tenant_id, category_id, name, id) WHERE category_id IS NOT NULL;
CREATE INDEX catalog_items_of_catalog ON catalog_items (tenant_id, catalog_id, name, id);
CREATE INDEX catalog_items_of_group ON catalog_items (tenant_id, assignment_group_id) WHERE assignment_group_id IS NOT NULL;
CALL app_tenant_table('catalog_items');

-- Which items may be requested for which products.
CREATE TABLE product_catalog_items (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  catalog_item_id uuid NOT NULL,
  product_model_id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT product_catalog_items_once UNIQUE (tenant_id, catalog_item_id, product_model_id),
  CONSTRAINT product_catalog_items_item FOREIGN KEY (tenant_id, catalog_item_id) REFERENCES catalog_items (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT product_catalog_items_model FOREIGN KEY (tenant_id, product_model_id) REFERENCES product_models (tenant_id, id)
);
CREATE INDEX product_catalog_items_by_age ON product_catalog_items (tenant_id, created_at, id);
CREATE INDEX product_catalog_items_of_item ON product_catalog_items (tenant_id, catalog_item_id, created_at, id);
CREATE INDEX product_catalog_items_of_model ON product_catalog_items (tenant_id, product_model_id, created_at, id);
CALL app_tenant_table('product_catalog_items');

-- What somebody asked for, in their words, beside the case that it became.
CREATE TABLE catalog_requests (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  number text,
  catalog_item_id uuid NOT NULL,
  item_name text NOT NULL,
  case_id uuid NOT NULL,
  case_number text,
  sold_product_id uuid,
  answers jsonb NOT NULL DEFAULT '{}',
  requested_by_id uuid,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT catalog_requests_number UNIQUE (tenant_id, number),
  CONSTRAINT catalog_requests_one_a_case UNIQUE (tenant_id, case_id),
  CONSTRAINT catalog_requests_item FOREIGN KEY (tenant_id, catalog_item_id) REFERENCES catalog_items (tenant_id, id),
  CONSTRAINT catalog_requests_case FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT catalog_requests_sold_product FOREIGN KEY (tenant_id, sold_product_id) REFERENCES sold_products (tenant_id, id),
  CONSTRAINT catalog_requests_requester FOREIGN KEY (tenant_id, requested_by_id) REFERENCES profiles (tenant_id, id)
);
CREATE INDEX catalog_requests_by_age ON catalog_requests (tenant_id, created_at, id);
CREATE INDEX catalog_requests_in_order ON catalog_requests (tenant_id, case_id, created_at, id);
CREATE INDEX catalog_requests_of_item ON catalog_requests (tenant_id, catalog_item_id, created_at, id);
CREATE INDEX catalog_requests_of_product ON catalog_requests (tenant_id, sold_product_id) WHERE sold_product_id IS NOT NULL;
CREATE INDEX catalog_requests_of_requester ON catalog_requests (tenant_id, requested_by_id) WHERE requested_by_id IS NOT NULL;
CALL app_tenant_table('catalog_requests');

-- ── Articles of products ─────────────────────────────────────────────────────────────────────

-- An article without products is for everyone of its audience.
ALTER TABLE articles
  ADD COLUMN for_everyone boolean GENERATED ALWAYS AS (cardinality(product_model_ids) = 0) STORED;
CREATE INDEX articles_for_everyone ON articles (tenant_id, audience, title, id) WHERE state = 'published' AND for_everyone;

-- The same models as `articles.product_model_ids`, written with them, for access to be read by.
CREATE TABLE article_products (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  article_id uuid NOT NULL,
  product_model_id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT article_products_once UNIQUE (tenant_id, article_id, product_model_id),
  CONSTRAINT article_products_article FOREIGN KEY (tenant_id, article_id) REFERENCES articles (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT article_products_model FOREIGN KEY (tenant_id, product_model_id) REFERENCES product_models (tenant_id, id)
);
CREATE INDEX article_products_by_age ON article_products (tenant_id, created_at, id);
CREATE INDEX article_products_of_model ON article_products (tenant_id, product_model_id, article_id);

ALTER TABLE articles NO FORCE ROW LEVEL SECURITY;
ALTER TABLE product_models NO FORCE ROW LEVEL SECURITY;
INSERT INTO article_products (tenant_id, id, article_id, product_model_id, created_at, updated_at)
  SELECT DISTINCT ON (a.tenant_id, a.id, m.id) a.tenant_id, gen_random_uuid(), a.id, m.id, now(), now()
    FROM articles a CROSS JOIN LATERAL unnest(a.product_model_ids) named (id)
    JOIN product_models m ON m.tenant_id = a.tenant_id AND m.id = named.id;
ALTER TABLE product_models FORCE ROW LEVEL SECURITY;
ALTER TABLE articles FORCE ROW LEVEL SECURITY;
CALL app_tenant_table('article_products');
