-- Other people's sites that embed our components: what each may show, which pages may ask, and by
-- whom its server's word about a visitor is signed.

CREATE TABLE modules (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  key text NOT NULL,
  name text NOT NULL,
  origins text[] NOT NULL DEFAULT '{}',
  algorithm text NOT NULL DEFAULT 'HS256' CHECK (algorithm IN ('HS256', 'RS256', 'EdDSA')),
  secrets jsonb NOT NULL DEFAULT '[]',
  public_keys text[] NOT NULL DEFAULT '{}',
  locale text NOT NULL DEFAULT 'en',
  theme jsonb NOT NULL DEFAULT '{}',
  labels jsonb NOT NULL DEFAULT '{}',
  components jsonb NOT NULL DEFAULT '{}',
  active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT modules_key UNIQUE (tenant_id, key)
);
CREATE INDEX modules_by_name ON modules (tenant_id, name, id);
CREATE INDEX modules_by_age ON modules (tenant_id, created_at, id);
CALL app_tenant_table('modules');

-- One component set up once and used by several modules, each of which may say some things anew.
CREATE TABLE module_components (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('knowledge_search', 'case_create')),
  options jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX module_components_by_name ON module_components (tenant_id, name, id);
CREATE INDEX module_components_by_age ON module_components (tenant_id, created_at, id);
CALL app_tenant_table('module_components');

-- As whom a host site knows one of our customers. Somebody whose site tells no address has no
-- profile: they are their consumer and nothing else.
CREATE TABLE module_identities (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  module_id uuid NOT NULL,
  subject text NOT NULL,
  profile_id uuid,
  consumer_id uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT module_identities_subject UNIQUE (tenant_id, module_id, subject),
  CONSTRAINT module_identities_somebody CHECK ((profile_id IS NULL) <> (consumer_id IS NULL)),
  CONSTRAINT module_identities_module FOREIGN KEY (tenant_id, module_id) REFERENCES modules (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT module_identities_profile FOREIGN KEY (tenant_id, profile_id) REFERENCES profiles (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT module_identities_consumer FOREIGN KEY (tenant_id, consumer_id) REFERENCES consumers (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX module_identities_by_age ON module_identities (tenant_id, created_at, id);
CREATE INDEX module_identities_of_profile ON module_identities (tenant_id, profile_id);
CREATE INDEX module_identities_of_consumer ON module_identities (tenant_id, consumer_id);
CALL app_tenant_table('module_identities');

-- Identity tokens that were shown already: each is good once.
CREATE TABLE module_proofs (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  module_id uuid NOT NULL,
  token_hash bytea NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT module_proofs_once UNIQUE (tenant_id, module_id, token_hash),
  CONSTRAINT module_proofs_module FOREIGN KEY (tenant_id, module_id) REFERENCES modules (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX module_proofs_expiry ON module_proofs (tenant_id, expires_at);
CALL app_tenant_table('module_proofs');

CREATE INDEX credentials_module ON credentials (tenant_id, module_id) WHERE module_id IS NOT NULL;
