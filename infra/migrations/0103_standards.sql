-- What a tenant was given of the standard, so that nothing an admin changed or took away comes again.
CREATE TABLE given_standards (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL,
  key text NOT NULL,
  given_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT given_standards_once UNIQUE (tenant_id, kind, key)
);
COMMENT ON COLUMN given_standards.id IS 'the record''s own id, whether it is still there or not';
CALL app_tenant_table('given_standards', 'SELECT, INSERT, DELETE');
