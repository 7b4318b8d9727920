-- What the pages of a kind of record leave out for a role. Who may see what is decided elsewhere.

CREATE TABLE page_layouts (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  resource text NOT NULL CHECK (resource ~ '^[a-z][a-z0-9_]{0,79}$'),
  role text NOT NULL CHECK (role ~ '^[a-z][a-z0-9_]{0,79}$'),
  hidden_parts text[] NOT NULL DEFAULT '{}',
  facts text[] NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT page_layouts_role UNIQUE (tenant_id, resource, role)
);
CREATE INDEX page_layouts_by_age ON page_layouts (tenant_id, created_at, id);
CALL app_tenant_table('page_layouts');
