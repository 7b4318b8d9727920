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

-- Who gains a responsibility, or loses the last hold of one, is looked at anew: now once a statement,
-- so that many holds in one cost one look at their holders, and two that come together count too.
CREATE FUNCTION holdings_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  WITH turned AS MATERIALIZED (
    SELECT n.tenant_id, n.holder_id FROM (
      SELECT DISTINCT tenant_id, holder_id, responsibility_id FROM changed
    ) n
    WHERE NOT EXISTS (
      SELECT FROM held_responsibilities h
       WHERE h.tenant_id = n.tenant_id AND h.holder_id = n.holder_id
         AND h.responsibility_id = n.responsibility_id AND h.id NOT IN (SELECT id FROM changed))
  ), people AS (
    SELECT p.tenant_id, p.user_id FROM turned t JOIN profiles p ON p.tenant_id = t.tenant_id AND p.id = t.holder_id
    UNION SELECT p.tenant_id, p.user_id FROM turned t JOIN profiles p ON p.tenant_id = t.tenant_id AND p.contact_id = t.holder_id
    UNION SELECT p.tenant_id, p.user_id FROM turned t JOIN profiles p ON p.tenant_id = t.tenant_id AND p.consumer_id = t.holder_id
    UNION SELECT p.tenant_id, p.user_id FROM turned t JOIN profiles p ON p.tenant_id = t.tenant_id AND p.account_id = t.holder_id
    UNION SELECT m.tenant_id, m.user_id FROM turned t JOIN group_members m ON m.tenant_id = t.tenant_id AND m.group_id = t.holder_id
  )
  UPDATE credentials c SET stamp = stamp + 1
    FROM people p WHERE c.tenant_id = p.tenant_id AND c.user_id = p.user_id;
  RETURN NULL;
END $$;
DROP TRIGGER held_responsibilities_changed ON held_responsibilities;
DROP FUNCTION holding_changed();
CREATE TRIGGER held_responsibilities_gained AFTER INSERT ON held_responsibilities
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION holdings_changed();
COMMENT ON TRIGGER held_responsibilities_gained ON held_responsibilities IS 'citus:ok row-local: stamps the holders'' own credentials';
CREATE TRIGGER held_responsibilities_lost AFTER DELETE ON held_responsibilities
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION holdings_changed();
COMMENT ON TRIGGER held_responsibilities_lost ON held_responsibilities IS 'citus:ok row-local: stamps the holders'' own credentials';
