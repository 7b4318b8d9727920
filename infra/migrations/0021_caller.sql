-- Everything that one request must know of whoever makes it, in one look: the credential, the person,
-- the profile they act as, the roles that profile and its groups give, and what the tenant is at.
-- The digest of the secret is handed out beside it, for the service to compare in constant time.
-- Without a credential it tells what a profile would be allowed, for work done in somebody's name.

CREATE FUNCTION app_caller(credential uuid, as_profile uuid DEFAULT NULL) RETURNS TABLE (secret_hash bytea, caller jsonb)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  bound uuid := NULLIF(current_setting('app.tenant_id', true), '')::uuid;
  c credentials%ROWTYPE;
  u users%ROWTYPE;
  p profiles%ROWTYPE;
  client_active boolean;
  group_list uuid[] := '{}';
  group_roles text[] := '{}';
  account_path text;
  custom jsonb;
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
  SELECT coalesce(jsonb_object_agg(r.name, r.grants), '{}') INTO custom FROM roles r
   WHERE r.tenant_id = bound AND r.name = ANY (coalesce(p.roles, '{}') || group_roles || c.roles);
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
    'custom_roles', custom,
    'config_version', (SELECT s.config_version FROM tenant_state s WHERE s.tenant_id = bound),
    'tenant_state', (SELECT t.state FROM tenants t WHERE t.id = bound),
    'wants_user', c.user_id IS NOT NULL, 'wants_profile', c.profile_id IS NOT NULL);
END $$;
GRANT EXECUTE ON FUNCTION app_caller(uuid, uuid) TO app_rw;
