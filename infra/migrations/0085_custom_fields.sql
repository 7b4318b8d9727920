-- What a tenant adds to the records of the house without a migration: fields of its own, and lists of
-- choices for columns that are plain text otherwise.

CREATE TABLE custom_fields (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  resource text NOT NULL,
  key text NOT NULL CHECK (key ~ '^[a-z][a-z0-9_]{0,39}$'),
  label jsonb NOT NULL,
  help jsonb NOT NULL DEFAULT '{}',
  type text NOT NULL CHECK (type IN ('text', 'long_text', 'integer', 'decimal', 'boolean', 'date', 'datetime',
    'choice', 'multi_choice', 'url', 'email', 'reference')),
  target text,
  required boolean NOT NULL DEFAULT false,
  default_value jsonb,
  constraints jsonb NOT NULL DEFAULT '{}',
  choices jsonb NOT NULL DEFAULT '[]',
  indexed boolean NOT NULL DEFAULT false,
  index_state text NOT NULL DEFAULT 'none' CHECK (index_state IN ('none', 'building', 'ready')),
  searchable boolean NOT NULL DEFAULT false,
  staff text NOT NULL DEFAULT 'write' CHECK (staff IN ('read', 'write')),
  customers text NOT NULL DEFAULT 'hidden' CHECK (customers IN ('hidden', 'read', 'write')),
  partners text NOT NULL DEFAULT 'hidden' CHECK (partners IN ('hidden', 'read', 'write')),
  visitors text NOT NULL DEFAULT 'hidden' CHECK (visitors IN ('hidden', 'read', 'write')),
  position integer NOT NULL DEFAULT 0,
  active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT custom_fields_key UNIQUE (tenant_id, resource, key),
  CONSTRAINT custom_fields_target CHECK ((type = 'reference') = (target IS NOT NULL)),
  CONSTRAINT custom_fields_index CHECK (indexed OR index_state = 'none')
);
CREATE INDEX custom_fields_by_age ON custom_fields (tenant_id, created_at, id);
CREATE INDEX custom_fields_by_position ON custom_fields (tenant_id, position, id);
CALL app_tenant_table('custom_fields');

-- Values of indexed fields beside the records, typed, since operators of jsonb are not leakproof and so
-- cannot use an index behind a policy. Every record has its row, so that "has none" is found and sorted
-- by the index too. A field of several choices has a row for each.
CREATE TABLE custom_words (
  tenant_id uuid NOT NULL,
  field_id uuid NOT NULL,
  record_id uuid NOT NULL,
  position smallint NOT NULL DEFAULT 0,
  value text,
  PRIMARY KEY (tenant_id, field_id, record_id, position),
  CONSTRAINT custom_words_field FOREIGN KEY (tenant_id, field_id) REFERENCES custom_fields (tenant_id, id)
);
CREATE INDEX custom_words_value ON custom_words (tenant_id, field_id, value, record_id);
CALL app_tenant_table('custom_words');

-- Whole numbers, decimals times a million, days, microseconds, and 0 or 1: all compare as integers.
CREATE TABLE custom_numbers (
  tenant_id uuid NOT NULL,
  field_id uuid NOT NULL,
  record_id uuid NOT NULL,
  position smallint NOT NULL DEFAULT 0,
  value bigint,
  PRIMARY KEY (tenant_id, field_id, record_id, position),
  CONSTRAINT custom_numbers_field FOREIGN KEY (tenant_id, field_id) REFERENCES custom_fields (tenant_id, id)
);
CREATE INDEX custom_numbers_value ON custom_numbers (tenant_id, field_id, value, record_id);
CALL app_tenant_table('custom_numbers');

CREATE TABLE choice_lists (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  resource text NOT NULL,
  field text NOT NULL,
  depends_on text,
  active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT choice_lists_field UNIQUE (tenant_id, resource, field),
  CONSTRAINT choice_lists_not_own_parent CHECK (depends_on <> field)
);
CREATE INDEX choice_lists_by_age ON choice_lists (tenant_id, created_at, id);
CALL app_tenant_table('choice_lists');

CREATE TABLE choices (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  list_id uuid NOT NULL,
  parent_id uuid,
  value text NOT NULL,
  label jsonb NOT NULL,
  position integer NOT NULL DEFAULT 0,
  active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT choices_once UNIQUE NULLS NOT DISTINCT (tenant_id, list_id, parent_id, value),
  CONSTRAINT choices_list FOREIGN KEY (tenant_id, list_id) REFERENCES choice_lists (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT choices_parent FOREIGN KEY (tenant_id, parent_id) REFERENCES choices (tenant_id, id)
);
CREATE INDEX choices_of_list ON choices (tenant_id, list_id, position, id);
CREATE INDEX choices_by_position ON choices (tenant_id, position, id);
CREATE INDEX choices_by_age ON choices (tenant_id, created_at, id);
CREATE INDEX choices_below ON choices (tenant_id, parent_id) WHERE parent_id IS NOT NULL;
CALL app_tenant_table('choices');

-- What processes remember of these is as stale as roles are when they change.
CREATE TRIGGER custom_fields_changed AFTER INSERT OR UPDATE OR DELETE ON custom_fields FOR EACH ROW
  EXECUTE FUNCTION configuration_changed();
COMMENT ON TRIGGER custom_fields_changed ON custom_fields IS 'citus:ok row-local: moves the tenant''s own configuration version';
CREATE TRIGGER choice_lists_changed AFTER INSERT OR UPDATE OR DELETE ON choice_lists FOR EACH ROW
  EXECUTE FUNCTION configuration_changed();
COMMENT ON TRIGGER choice_lists_changed ON choice_lists IS 'citus:ok row-local: moves the tenant''s own configuration version';
CREATE TRIGGER choices_changed AFTER INSERT OR UPDATE OR DELETE ON choices FOR EACH ROW
  EXECUTE FUNCTION configuration_changed();
COMMENT ON TRIGGER choices_changed ON choices IS 'citus:ok row-local: moves the tenant''s own configuration version';

-- Where the values are.
ALTER TABLE accounts ADD COLUMN custom jsonb NOT NULL DEFAULT '{}';
ALTER TABLE contacts ADD COLUMN custom jsonb NOT NULL DEFAULT '{}';
ALTER TABLE consumers ADD COLUMN custom jsonb NOT NULL DEFAULT '{}';
ALTER TABLE locations ADD COLUMN custom jsonb NOT NULL DEFAULT '{}';
ALTER TABLE product_models ADD COLUMN custom jsonb NOT NULL DEFAULT '{}';
ALTER TABLE sold_products ADD COLUMN custom jsonb NOT NULL DEFAULT '{}';
ALTER TABLE install_base_items ADD COLUMN custom jsonb NOT NULL DEFAULT '{}';
ALTER TABLE service_contracts ADD COLUMN custom jsonb NOT NULL DEFAULT '{}';
ALTER TABLE cases ADD COLUMN custom jsonb NOT NULL DEFAULT '{}';
ALTER TABLE case_tasks ADD COLUMN custom jsonb NOT NULL DEFAULT '{}';
