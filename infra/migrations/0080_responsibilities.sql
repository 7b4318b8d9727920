-- Access as data: what a responsibility gives, who holds it on what, and what of a field's class is
-- hidden from whom. All of it is compiled into the same plan as the roles.

CREATE TABLE responsibilities (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  key text NOT NULL CHECK (key ~ '^[a-z][a-z0-9_]{1,62}$'),
  name text NOT NULL,
  description text NOT NULL DEFAULT '',
  kind text NOT NULL CHECK (kind IN ('employee', 'contact')),
  active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT responsibilities_key UNIQUE (tenant_id, key)
);
CREATE INDEX responsibilities_by_name ON responsibilities (tenant_id, name, id);
CALL app_tenant_table('responsibilities');

-- `via` leads from the rows to the anchor: empty for the anchor itself, `account` for rows whose account
-- it is, `sold_product.account` for a relation of a relation. `beneath` takes the anchor's subtree too.
CREATE TABLE access_configurations (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  key text NOT NULL CHECK (key ~ '^[a-z][a-z0-9_]{1,99}$'),
  responsibility_id uuid NOT NULL,
  resource text NOT NULL,
  via text NOT NULL DEFAULT '',
  beneath boolean NOT NULL DEFAULT false,
  verbs text[] NOT NULL CHECK (cardinality(verbs) > 0),
  columns text[],
  conditions jsonb NOT NULL DEFAULT '{}',
  roles text[] NOT NULL DEFAULT '{}',
  active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT access_configurations_key UNIQUE (tenant_id, key),
  CONSTRAINT access_configurations_responsibility FOREIGN KEY (tenant_id, responsibility_id)
    REFERENCES responsibilities (tenant_id, id)
);
CREATE INDEX access_configurations_of ON access_configurations (tenant_id, responsibility_id, resource);
CALL app_tenant_table('access_configurations');

-- The fact that somebody has a responsibility on something. The record that causes it (`source`) writes
-- it and takes it away; `holder` is a profile, a group, a contact, a consumer or a whole account.
CREATE TABLE held_responsibilities (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  responsibility_id uuid NOT NULL,
  holder_id uuid NOT NULL,
  anchor_kind text NOT NULL,
  anchor_id uuid NOT NULL,
  source_kind text NOT NULL,
  source_id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT held_responsibilities_once UNIQUE (tenant_id, source_id, holder_id, responsibility_id, anchor_id),
  CONSTRAINT held_responsibilities_responsibility FOREIGN KEY (tenant_id, responsibility_id)
    REFERENCES responsibilities (tenant_id, id)
);
CREATE INDEX held_responsibilities_of_holder ON held_responsibilities
  (tenant_id, holder_id, responsibility_id, anchor_kind, anchor_id);
CREATE INDEX held_responsibilities_on_anchor ON held_responsibilities (tenant_id, anchor_id, responsibility_id, holder_id);
CREATE INDEX held_responsibilities_by_kind ON held_responsibilities (tenant_id, responsibility_id, id);
CREATE INDEX held_responsibilities_by_age ON held_responsibilities (tenant_id, created_at, id);
CALL app_tenant_table('held_responsibilities');

-- ── Whoever gains a responsibility, or loses the last hold of one, is looked at anew ──────────
-- A further hold of the same responsibility changes no plan: its rows are found by the predicate itself.

CREATE FUNCTION holding_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  changed held_responsibilities%ROWTYPE;
BEGIN
  IF TG_OP = 'DELETE' THEN
    changed := OLD;
  ELSE
    changed := NEW;
  END IF;
  IF EXISTS (SELECT FROM held_responsibilities h
              WHERE h.tenant_id = changed.tenant_id AND h.holder_id = changed.holder_id
                AND h.responsibility_id = changed.responsibility_id AND h.id <> changed.id) THEN
    RETURN NULL;
  END IF;
  UPDATE credentials c SET stamp = stamp + 1
   WHERE c.tenant_id = changed.tenant_id AND c.user_id IN (
     SELECT p.user_id FROM profiles p WHERE p.tenant_id = changed.tenant_id AND p.id = changed.holder_id
     UNION SELECT p.user_id FROM profiles p WHERE p.tenant_id = changed.tenant_id AND p.contact_id = changed.holder_id
     UNION SELECT p.user_id FROM profiles p WHERE p.tenant_id = changed.tenant_id AND p.consumer_id = changed.holder_id
     UNION SELECT p.user_id FROM profiles p WHERE p.tenant_id = changed.tenant_id AND p.account_id = changed.holder_id
     UNION SELECT m.user_id FROM group_members m WHERE m.tenant_id = changed.tenant_id AND m.group_id = changed.holder_id);
  RETURN NULL;
END $$;
CREATE TRIGGER held_responsibilities_changed AFTER INSERT OR DELETE ON held_responsibilities
  FOR EACH ROW EXECUTE FUNCTION holding_changed();
COMMENT ON TRIGGER held_responsibilities_changed ON held_responsibilities IS 'citus:ok row-local: stamps the holders'' own credentials';

CREATE TRIGGER responsibilities_changed AFTER UPDATE OR DELETE ON responsibilities
  FOR EACH ROW EXECUTE FUNCTION configuration_changed();
COMMENT ON TRIGGER responsibilities_changed ON responsibilities IS 'citus:ok row-local: moves the tenant''s own configuration version';
CREATE TRIGGER access_configurations_changed AFTER INSERT OR UPDATE OR DELETE ON access_configurations
  FOR EACH ROW EXECUTE FUNCTION configuration_changed();
COMMENT ON TRIGGER access_configurations_changed ON access_configurations IS 'citus:ok row-local: moves the tenant''s own configuration version';

-- Resource → the columns that holders of none but these roles do not see. Classified fields fill it.
CREATE FUNCTION app_masked(roles text[]) RETURNS jsonb LANGUAGE sql STABLE
  AS $$ SELECT '{}'::jsonb $$;
GRANT EXECUTE ON FUNCTION app_masked(text[]) TO app_rw;

-- ── Everything that one request must know of whoever makes it, now with what they hold ────────

CREATE OR REPLACE FUNCTION app_caller(credential uuid, as_profile uuid DEFAULT NULL) RETURNS TABLE (secret_hash bytea, caller jsonb)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  bound uuid := NULLIF(current_setting('app.tenant_id', true), '')::uuid;
  c credentials%ROWTYPE;
  u users%ROWTYPE;
  p profiles%ROWTYPE;
  client_active boolean;
  group_list uuid[] := '{}';
  group_roles text[] := '{}';
  all_roles text[];
  holders uuid[];
  account_path text;
  custom jsonb;
  held jsonb;
BEGIN
  IF credential IS NOT NULL THEN
    SELECT * INTO c FROM credentials x WHERE x.tenant_id = bound AND x.id = credential;
  ELSE
    SELECT bound AS tenant_id, x.id, x.user_id, x.id AS profile_id
      INTO c.tenant_id, c.id, c.user_id, c.profile_id
      FROM profiles x WHERE x.tenant_id = bound AND x.id = as_profile;
    c.kind := 'session'; c.name := ''; c.stamp := 0; c.claims := '{}';
    c.scopes := '{}'; c.roles := '{}'; c.created_at := clock_timestamp();
  END IF;
  IF c.id IS NULL THEN
    RETURN;
  END IF;
  IF c.user_id IS NOT NULL THEN
    SELECT * INTO u FROM users x WHERE x.tenant_id = bound AND x.id = c.user_id;
  END IF;
  IF c.profile_id IS NOT NULL THEN
    SELECT * INTO p FROM profiles x WHERE x.tenant_id = bound AND x.id = c.profile_id;
  END IF;
  IF c.client_id IS NOT NULL THEN
    SELECT x.active INTO client_active FROM oauth_clients x WHERE x.tenant_id = bound AND x.id = c.client_id;
  END IF;
  IF p.kind = 'staff' THEN
    SELECT coalesce(array_agg(m.group_id), '{}') INTO group_list
      FROM group_members m JOIN groups g ON g.tenant_id = m.tenant_id AND g.id = m.group_id
     WHERE m.tenant_id = bound AND m.user_id = c.user_id AND g.active;
    IF cardinality(group_list) > 0 THEN
      WITH RECURSIVE line AS (
        SELECT g.id, g.parent_id, g.roles FROM groups g
         WHERE g.tenant_id = bound AND g.id = ANY (group_list)
        UNION
        SELECT g.id, g.parent_id, g.roles FROM groups g JOIN line ON g.id = line.parent_id
         WHERE g.tenant_id = bound AND g.active
      )
      SELECT coalesce(array_agg(DISTINCT r), '{}') INTO group_roles FROM line, unnest(line.roles) r;
    END IF;
  END IF;
  IF p.account_id IS NOT NULL THEN
    SELECT a.path INTO account_path FROM accounts a WHERE a.tenant_id = bound AND a.id = p.account_id;
  END IF;
  all_roles := coalesce(p.roles, '{}') || group_roles || c.roles;
  SELECT coalesce(jsonb_object_agg(r.name, r.grants), '{}') INTO custom FROM roles r
   WHERE r.tenant_id = bound AND r.name = ANY (all_roles);
  holders := array_remove(ARRAY[p.id, p.contact_id, p.consumer_id, p.account_id], NULL) || group_list;
  IF c.kind = 'module_session' THEN
    holders := holders || array_remove(ARRAY[NULLIF(c.claims ->> 'contact_id', '')::uuid,
      NULLIF(c.claims ->> 'consumer_id', '')::uuid, NULLIF(c.claims ->> 'account_id', '')::uuid], NULL);
  END IF;
  SELECT coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'key', r.key, 'access', (
           SELECT coalesce(jsonb_agg(jsonb_build_object('resource', a.resource, 'via', a.via,
                    'beneath', a.beneath, 'verbs', a.verbs, 'columns', a.columns,
                    'conditions', a.conditions, 'roles', a.roles) ORDER BY a.key), '[]')
             FROM access_configurations a
            WHERE a.tenant_id = bound AND a.responsibility_id = r.id AND a.active)) ORDER BY r.key), '[]')
    INTO held FROM responsibilities r
   WHERE r.tenant_id = bound AND r.active AND cardinality(holders) > 0 AND EXISTS (
     SELECT FROM held_responsibilities h
      WHERE h.tenant_id = bound AND h.holder_id = ANY (holders) AND h.responsibility_id = r.id);
  RETURN QUERY SELECT c.secret_hash, jsonb_build_object(
    'kind', c.kind, 'stamp', c.stamp, 'name', c.name, 'scopes', c.scopes, 'credential_roles', c.roles,
    'claims', c.claims, 'module_id', c.module_id, 'client_id', c.client_id,
    'client_active', c.client_id IS NULL OR coalesce(client_active, false),
    'alive', c.revoked_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > clock_timestamp()),
    'idle_seconds', extract(epoch FROM clock_timestamp() - coalesce(c.last_used_at, c.created_at))::bigint,
    'user', CASE WHEN u.id IS NULL THEN NULL ELSE jsonb_build_object(
      'id', u.id, 'name', u.name, 'email', u.email, 'state', u.state, 'locale', u.locale, 'zone', u.zone) END,
    'profile', CASE WHEN p.id IS NULL THEN NULL ELSE jsonb_build_object(
      'id', p.id, 'kind', p.kind, 'state', p.state, 'roles', p.roles, 'contact_id', p.contact_id,
      'consumer_id', p.consumer_id, 'account_id', p.account_id) END,
    'account_path', account_path, 'group_ids', group_list, 'group_roles', group_roles,
    'custom_roles', custom, 'holder_ids', holders, 'responsibilities', held,
    'masked', app_masked(all_roles),
    'config_version', (SELECT s.config_version FROM tenant_state s WHERE s.tenant_id = bound),
    'tenant_state', (SELECT t.state FROM tenants t WHERE t.id = bound),
    'wants_user', c.user_id IS NOT NULL, 'wants_profile', c.profile_id IS NOT NULL);
END $$;
