-- People and what lets them in: users, profiles, groups, roles, OAuth, OpenID Connect, invitations.
--
-- What a process has cached of a caller is proved in every BEGIN by app_assert. The triggers below
-- keep that proof honest whoever writes: a change to one person moves the stamps of that person's
-- credentials, a change that may touch many moves the tenant's configuration version.

CREATE TABLE users (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  email text NOT NULL,
  name text NOT NULL,
  locale text NOT NULL DEFAULT 'en',
  zone text NOT NULL DEFAULT 'UTC',
  state text NOT NULL DEFAULT 'active' CHECK (state IN ('invited', 'active', 'suspended')),
  password_hash text,
  auth_version bigint NOT NULL DEFAULT 1,
  email_verified_at timestamptz,
  last_sign_in_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT users_email UNIQUE (tenant_id, email)
);
CREATE INDEX users_by_name ON users (tenant_id, name, id);
CREATE INDEX users_by_age ON users (tenant_id, created_at, id);
CALL app_tenant_table('users');

CREATE TABLE profiles (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  user_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('staff', 'contact', 'consumer', 'partner')),
  title text NOT NULL DEFAULT '',
  contact_id uuid,
  consumer_id uuid,
  account_id uuid,
  roles text[] NOT NULL DEFAULT '{}',
  state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'inactive')),
  is_default boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT profiles_user FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX profiles_of_user ON profiles (tenant_id, user_id, created_at, id);
CREATE INDEX profiles_by_age ON profiles (tenant_id, created_at, id);
CREATE UNIQUE INDEX profiles_default ON profiles (tenant_id, user_id) WHERE is_default;
CREATE UNIQUE INDEX profiles_contact ON profiles (tenant_id, contact_id) WHERE contact_id IS NOT NULL;
CREATE UNIQUE INDEX profiles_consumer ON profiles (tenant_id, consumer_id) WHERE consumer_id IS NOT NULL;
CALL app_tenant_table('profiles');

CREATE TABLE groups (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  name_key text NOT NULL,
  summary text NOT NULL DEFAULT '',
  email text,
  manager_id uuid,
  parent_id uuid,
  roles text[] NOT NULL DEFAULT '{}',
  active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT groups_name UNIQUE (tenant_id, name_key),
  CONSTRAINT groups_not_own_parent CHECK (parent_id IS DISTINCT FROM id),
  CONSTRAINT groups_parent FOREIGN KEY (tenant_id, parent_id) REFERENCES groups (tenant_id, id),
  CONSTRAINT groups_manager FOREIGN KEY (tenant_id, manager_id) REFERENCES users (tenant_id, id)
);
CREATE INDEX groups_by_name ON groups (tenant_id, name, id);
CREATE INDEX groups_by_age ON groups (tenant_id, created_at, id);
CREATE INDEX groups_of_parent ON groups (tenant_id, parent_id, id);
CALL app_tenant_table('groups');

CREATE TABLE group_members (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  group_id uuid NOT NULL,
  user_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT group_members_once UNIQUE (tenant_id, group_id, user_id),
  CONSTRAINT group_members_group FOREIGN KEY (tenant_id, group_id) REFERENCES groups (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT group_members_user FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX group_members_of_user ON group_members (tenant_id, user_id, created_at, id);
CREATE INDEX group_members_by_age ON group_members (tenant_id, created_at, id);
CALL app_tenant_table('group_members');

-- Roles that a tenant writes itself; the built-in ones are code.
CREATE TABLE roles (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL CHECK (name ~ '^[a-z][a-z0-9_]{1,62}$'),
  title text NOT NULL,
  summary text NOT NULL DEFAULT '',
  audience text NOT NULL CHECK (audience IN ('staff', 'customer', 'partner')),
  grants jsonb NOT NULL DEFAULT '[]',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT roles_name UNIQUE (tenant_id, name)
);
CREATE INDEX roles_by_age ON roles (tenant_id, created_at, id);
CALL app_tenant_table('roles');

-- ── OAuth: clients and the codes on their way to becoming tokens ─────────────────────────────

CREATE TABLE oauth_clients (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('confidential', 'public')),
  secret_hash bytea,
  redirect_uris text[] NOT NULL DEFAULT '{}',
  grant_types text[] NOT NULL DEFAULT '{}',
  scopes text[] NOT NULL DEFAULT '{}',
  roles text[] NOT NULL DEFAULT '{}',
  user_id uuid,
  profile_id uuid,
  active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT oauth_clients_secret CHECK ((kind = 'confidential') = (secret_hash IS NOT NULL)),
  CONSTRAINT oauth_clients_user FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT oauth_clients_profile FOREIGN KEY (tenant_id, profile_id) REFERENCES profiles (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX oauth_clients_by_age ON oauth_clients (tenant_id, created_at, id);
CREATE INDEX oauth_clients_by_name ON oauth_clients (tenant_id, name, id);
CALL app_tenant_table('oauth_clients');

CREATE TABLE oauth_codes (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  code_hash bytea NOT NULL,
  client_id uuid NOT NULL,
  user_id uuid NOT NULL,
  profile_id uuid NOT NULL,
  family_id uuid NOT NULL,
  redirect_uri text NOT NULL,
  scopes text[] NOT NULL DEFAULT '{}',
  code_challenge text NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT oauth_codes_client FOREIGN KEY (tenant_id, client_id) REFERENCES oauth_clients (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT oauth_codes_user FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX oauth_codes_expiry ON oauth_codes (tenant_id, expires_at);
CALL app_tenant_table('oauth_codes');

-- ── OpenID Connect: who may vouch for a person, and whom they have vouched for ───────────────

CREATE TABLE identity_providers (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL CHECK (name ~ '^[a-z][a-z0-9-]{0,38}$'),
  title text NOT NULL,
  issuer text NOT NULL,
  client_id text NOT NULL,
  client_secret text NOT NULL DEFAULT '',
  scopes text[] NOT NULL DEFAULT '{openid,email,profile}',
  claims jsonb NOT NULL DEFAULT '{}',
  provision_kind text CHECK (provision_kind IN ('staff', 'consumer')),
  provision_roles text[] NOT NULL DEFAULT '{}',
  provision_domains text[] NOT NULL DEFAULT '{}',
  active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT identity_providers_name UNIQUE (tenant_id, name)
);
CREATE INDEX identity_providers_by_age ON identity_providers (tenant_id, created_at, id);
CALL app_tenant_table('identity_providers');

CREATE TABLE external_identities (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  provider_id uuid NOT NULL,
  issuer text NOT NULL,
  subject text NOT NULL,
  user_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT external_identities_subject UNIQUE (tenant_id, provider_id, issuer, subject),
  CONSTRAINT external_identities_provider FOREIGN KEY (tenant_id, provider_id) REFERENCES identity_providers (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT external_identities_user FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX external_identities_of_user ON external_identities (tenant_id, user_id);
CALL app_tenant_table('external_identities');

CREATE TABLE oidc_states (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  state_hash bytea NOT NULL,
  browser_hash bytea NOT NULL,
  provider_id uuid NOT NULL,
  nonce text NOT NULL,
  verifier text NOT NULL,
  next_path text NOT NULL DEFAULT '/',
  invitation_id uuid,
  expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT oidc_states_provider FOREIGN KEY (tenant_id, provider_id) REFERENCES identity_providers (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX oidc_states_expiry ON oidc_states (tenant_id, expires_at);
CALL app_tenant_table('oidc_states');

-- ── Letters with a key in them: single use, short lived, only their digests kept ─────────────

CREATE TABLE invitations (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  user_id uuid NOT NULL,
  email text NOT NULL,
  token_hash bytea NOT NULL,
  invited_by uuid,
  expires_at timestamptz NOT NULL,
  accepted_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT invitations_user FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX invitations_by_age ON invitations (tenant_id, created_at, id);
CREATE INDEX invitations_of_user ON invitations (tenant_id, user_id);
CALL app_tenant_table('invitations');

CREATE TABLE password_resets (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  user_id uuid NOT NULL,
  token_hash bytea NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT password_resets_user FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX password_resets_of_user ON password_resets (tenant_id, user_id);
CALL app_tenant_table('password_resets');

-- API keys and sessions as records of their own, over the one table that every request looks into.
CREATE VIEW api_keys WITH (security_invoker = true) AS
  SELECT tenant_id, id, kind, name, secret_hash, stamp, user_id, profile_id, scopes, roles,
         expires_at, revoked_at, last_used_at, created_at, updated_at, version
    FROM credentials WHERE kind = 'api_key' WITH CHECK OPTION;
GRANT SELECT, INSERT, UPDATE ON api_keys TO app_rw;
CREATE VIEW sessions WITH (security_invoker = true) AS
  SELECT tenant_id, id, kind, stamp, user_id, profile_id, expires_at, revoked_at, last_used_at,
         created_at, updated_at, version
    FROM credentials WHERE kind = 'session' WITH CHECK OPTION;
GRANT SELECT, UPDATE ON sessions TO app_rw;

-- What remains of an erased tenant: that it was erased, how many rows of what, and a digest.
CREATE TABLE erasure_proofs (
  id uuid PRIMARY KEY,
  erased_tenant uuid NOT NULL,
  slug text NOT NULL,
  erased_at timestamptz NOT NULL,
  counts jsonb NOT NULL,
  digest bytea NOT NULL
);
COMMENT ON TABLE erasure_proofs IS 'citus:reference proofs of erased tenants; written by operators only';
GRANT SELECT, INSERT ON erasure_proofs TO app_rw;

-- Audit entries cannot be deleted by the application. When a whole tenant is erased they go too,
-- through this role, which can delete nothing else and nothing of a tenant that is not being erased.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'audit_eraser') THEN
    CREATE ROLE audit_eraser NOLOGIN NOSUPERUSER NOBYPASSRLS;
  END IF;
END $$;
GRANT audit_eraser TO CURRENT_USER WITH SET TRUE;
GRANT USAGE, CREATE ON SCHEMA public TO audit_eraser;
GRANT SELECT ON tenants TO audit_eraser;
GRANT SELECT, DELETE ON audit_entries, audit_heads TO audit_eraser;
CREATE POLICY erasing ON audit_entries TO audit_eraser
  USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid
    AND EXISTS (SELECT FROM tenants t WHERE t.id = tenant_id AND t.state = 'erasing'));
CREATE POLICY erasing ON audit_heads TO audit_eraser
  USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid
    AND EXISTS (SELECT FROM tenants t WHERE t.id = tenant_id AND t.state = 'erasing'));

CREATE FUNCTION app_erase_audit() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
DECLARE
  bound uuid := NULLIF(current_setting('app.tenant_id', true), '')::uuid;
  gone bigint;
BEGIN
  DELETE FROM public.audit_heads WHERE tenant_id = bound;
  DELETE FROM public.audit_entries WHERE tenant_id = bound;
  GET DIAGNOSTICS gone = ROW_COUNT;
  RETURN gone;
END $$;
ALTER FUNCTION app_erase_audit() OWNER TO audit_eraser;
REVOKE ALL ON FUNCTION app_erase_audit() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app_erase_audit() TO app_rw;

-- ── Whatever changes what somebody may do makes the cached picture of them stale at once ─────

CREATE FUNCTION people_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  person uuid;
BEGIN
  IF TG_TABLE_NAME = 'users' THEN
    person := NEW.id;
  ELSIF TG_OP = 'DELETE' THEN
    person := OLD.user_id;
  ELSE
    person := NEW.user_id;
  END IF;
  IF TG_OP = 'DELETE' THEN
    UPDATE credentials SET stamp = stamp + 1 WHERE tenant_id = OLD.tenant_id AND user_id = person;
  ELSE
    UPDATE credentials SET stamp = stamp + 1 WHERE tenant_id = NEW.tenant_id AND user_id = person;
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION configuration_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    UPDATE tenant_state SET config_version = config_version + 1 WHERE tenant_id = OLD.tenant_id;
  ELSE
    UPDATE tenant_state SET config_version = config_version + 1 WHERE tenant_id = NEW.tenant_id;
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER users_changed AFTER UPDATE ON users FOR EACH ROW
  WHEN (OLD.state <> NEW.state OR OLD.auth_version <> NEW.auth_version)
  EXECUTE FUNCTION people_changed();
COMMENT ON TRIGGER users_changed ON users IS 'citus:ok row-local: stamps the person''s own credentials';

CREATE TRIGGER profiles_changed AFTER UPDATE OR DELETE ON profiles FOR EACH ROW
  EXECUTE FUNCTION people_changed();
COMMENT ON TRIGGER profiles_changed ON profiles IS 'citus:ok row-local: stamps the person''s own credentials';

CREATE TRIGGER group_members_changed AFTER INSERT OR DELETE ON group_members FOR EACH ROW
  EXECUTE FUNCTION people_changed();
COMMENT ON TRIGGER group_members_changed ON group_members IS 'citus:ok row-local: stamps the person''s own credentials';

CREATE TRIGGER groups_changed AFTER UPDATE OR DELETE ON groups FOR EACH ROW
  EXECUTE FUNCTION configuration_changed();
COMMENT ON TRIGGER groups_changed ON groups IS 'citus:ok row-local: moves the tenant''s own configuration version';

CREATE TRIGGER roles_changed AFTER INSERT OR UPDATE OR DELETE ON roles FOR EACH ROW
  EXECUTE FUNCTION configuration_changed();
COMMENT ON TRIGGER roles_changed ON roles IS 'citus:ok row-local: moves the tenant''s own configuration version';

CREATE TRIGGER oauth_clients_changed AFTER UPDATE OR DELETE ON oauth_clients FOR EACH ROW
  EXECUTE FUNCTION configuration_changed();
COMMENT ON TRIGGER oauth_clients_changed ON oauth_clients IS 'citus:ok row-local: moves the tenant''s own configuration version';
