-- A company that moves in the hierarchy takes the reach of its people along: what processes have
-- cached of anybody's account path is stale with the move.

-- One step per transaction is enough, however many rows it touches: a move of ten thousand accounts
-- must not write the tenant's one row ten thousand times.
CREATE OR REPLACE FUNCTION configuration_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  changed uuid;
BEGIN
  IF TG_OP = 'DELETE' THEN
    changed := OLD.tenant_id;
  ELSE
    changed := NEW.tenant_id;
  END IF;
  UPDATE tenant_state SET config_version = config_version + 1
   WHERE tenant_id = changed AND xmin <> pg_current_xact_id()::xid;
  RETURN NULL;
END $$;

CREATE TRIGGER accounts_moved AFTER UPDATE ON accounts FOR EACH ROW
  WHEN (OLD.path <> NEW.path)
  EXECUTE FUNCTION configuration_changed();
COMMENT ON TRIGGER accounts_moved ON accounts IS 'citus:ok row-local: moves the tenant''s own configuration version';
