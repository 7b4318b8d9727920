-- Knowledge, cases, their tasks and the articles used on them.

CREATE TABLE knowledge_bases (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  description text NOT NULL DEFAULT '',
  language text NOT NULL DEFAULT 'en',
  active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT knowledge_bases_name UNIQUE (tenant_id, name)
);
CALL app_tenant_table('knowledge_bases');

-- Readers see title and body; a revision of a published article waits in the two draft columns.
CREATE TABLE articles (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  number text,
  knowledge_base_id uuid NOT NULL,
  title text NOT NULL,
  body text NOT NULL,
  draft_title text,
  draft_body text,
  state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'published', 'retired')),
  audience text NOT NULL DEFAULT 'internal' CHECK (audience IN ('public', 'customer', 'partner', 'internal')),
  language text NOT NULL DEFAULT 'en',
  product_model_ids uuid[] NOT NULL DEFAULT '{}',
  edition integer NOT NULL DEFAULT 0,
  author_profile_id uuid,
  published_at timestamptz,
  retired_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT articles_number UNIQUE (tenant_id, number),
  CONSTRAINT articles_published CHECK (state <> 'published' OR (edition >= 1 AND published_at IS NOT NULL)),
  CONSTRAINT articles_base FOREIGN KEY (tenant_id, knowledge_base_id) REFERENCES knowledge_bases (tenant_id, id),
  CONSTRAINT articles_author FOREIGN KEY (tenant_id, author_profile_id) REFERENCES profiles (tenant_id, id)
);
CREATE INDEX articles_by_title ON articles (tenant_id, title, id);
CREATE INDEX articles_by_age ON articles (tenant_id, created_at, id);
CREATE INDEX articles_by_publication ON articles (tenant_id, published_at, id);
CREATE INDEX articles_for_audience ON articles (tenant_id, audience, state, title, id);
CREATE INDEX articles_of_base ON articles (tenant_id, knowledge_base_id, title, id);
CALL app_tenant_table('articles');

-- What was published, word for word; never changed.
CREATE TABLE article_versions (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  article_id uuid NOT NULL,
  edition integer NOT NULL,
  title text NOT NULL,
  body text NOT NULL,
  audience text NOT NULL,
  language text NOT NULL,
  product_model_ids uuid[] NOT NULL DEFAULT '{}',
  published_at timestamptz NOT NULL,
  publisher_profile_id uuid,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT article_versions_edition UNIQUE (tenant_id, article_id, edition),
  CONSTRAINT article_versions_article FOREIGN KEY (tenant_id, article_id) REFERENCES articles (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX article_versions_by_publication ON article_versions (tenant_id, published_at, id);
CALL app_tenant_table('article_versions', 'SELECT, INSERT, DELETE');

CREATE TABLE article_feedback (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  article_id uuid NOT NULL,
  edition integer NOT NULL,
  helpful boolean NOT NULL,
  comment text NOT NULL DEFAULT '',
  profile_id uuid,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT article_feedback_article FOREIGN KEY (tenant_id, article_id) REFERENCES articles (tenant_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX article_feedback_once ON article_feedback (tenant_id, article_id, profile_id) WHERE profile_id IS NOT NULL;
CREATE INDEX article_feedback_of_article ON article_feedback (tenant_id, article_id, created_at, id);
CREATE INDEX article_feedback_by_age ON article_feedback (tenant_id, created_at, id);
CALL app_tenant_table('article_feedback');

-- `customer_kind` lets the business and the consumer desks each see their own without a search.
CREATE TABLE cases (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  number text NOT NULL,
  state text NOT NULL CHECK (state IN ('draft', 'new', 'in_progress', 'waiting_customer', 'waiting_internal', 'resolved', 'closed', 'cancelled')),
  priority integer NOT NULL DEFAULT 3 CHECK (priority BETWEEN 1 AND 4),
  impact integer CHECK (impact BETWEEN 1 AND 3),
  urgency integer CHECK (urgency BETWEEN 1 AND 3),
  subject text NOT NULL,
  description text NOT NULL DEFAULT '',
  category text,
  subcategory text,
  channel text NOT NULL CHECK (channel IN ('web', 'portal', 'widget', 'email', 'chat', 'phone', 'api')),
  customer_kind text NOT NULL CHECK (customer_kind IN ('business', 'consumer', 'unknown')),
  account_id uuid,
  contact_id uuid,
  consumer_id uuid,
  product_model_id uuid,
  sold_product_id uuid,
  install_base_item_id uuid,
  parent_id uuid,
  contract_id uuid,
  entitlement_id uuid,
  entitlement_status text NOT NULL DEFAULT 'none' CHECK (entitlement_status IN ('verified', 'none', 'uncovered_channel', 'expired')),
  entitlement_explanation jsonb NOT NULL DEFAULT '[]',
  product_context jsonb NOT NULL DEFAULT '{}',
  assignment_group_id uuid,
  assigned_to_id uuid,
  opened_by_id uuid,
  opened_at timestamptz NOT NULL,
  due_at timestamptz,
  first_responded_at timestamptz,
  resolved_at timestamptz,
  closed_at timestamptz,
  resolution text,
  resolution_code text CHECK (resolution_code IN ('solved', 'solved_by_article', 'workaround', 'duplicate', 'not_reproducible', 'no_answer')),
  reopened_count integer NOT NULL DEFAULT 0,
  rating integer CHECK (rating BETWEEN 1 AND 5),
  rating_comment text,
  rated_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT cases_number UNIQUE (tenant_id, number),
  CONSTRAINT cases_one_customer CHECK (consumer_id IS NULL OR (contact_id IS NULL AND account_id IS NULL)),
  CONSTRAINT cases_resolution CHECK (state <> 'resolved' OR (resolution IS NOT NULL AND resolved_at IS NOT NULL)),
  CONSTRAINT cases_not_own_parent CHECK (parent_id <> id),
  CONSTRAINT cases_account FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id),
  CONSTRAINT cases_contact FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id),
  CONSTRAINT cases_consumer FOREIGN KEY (tenant_id, consumer_id) REFERENCES consumers (tenant_id, id),
  CONSTRAINT cases_model FOREIGN KEY (tenant_id, product_model_id) REFERENCES product_models (tenant_id, id),
  CONSTRAINT cases_sold_product FOREIGN KEY (tenant_id, sold_product_id) REFERENCES sold_products (tenant_id, id),
  CONSTRAINT cases_install_base_item FOREIGN KEY (tenant_id, install_base_item_id) REFERENCES install_base_items (tenant_id, id),
  CONSTRAINT cases_parent FOREIGN KEY (tenant_id, parent_id) REFERENCES cases (tenant_id, id),
  CONSTRAINT cases_contract FOREIGN KEY (tenant_id, contract_id) REFERENCES service_contracts (tenant_id, id),
  CONSTRAINT cases_entitlement FOREIGN KEY (tenant_id, entitlement_id) REFERENCES entitlements (tenant_id, id),
  CONSTRAINT cases_group FOREIGN KEY (tenant_id, assignment_group_id) REFERENCES groups (tenant_id, id),
  CONSTRAINT cases_assignee FOREIGN KEY (tenant_id, assigned_to_id) REFERENCES profiles (tenant_id, id)
);
CREATE INDEX cases_by_opening ON cases (tenant_id, opened_at, id);
CREATE INDEX cases_by_priority ON cases (tenant_id, priority, id);
CREATE INDEX cases_in_state ON cases (tenant_id, state, opened_at, id);
CREATE INDEX cases_of_kind ON cases (tenant_id, customer_kind, opened_at, id);
CREATE INDEX cases_of_account ON cases (tenant_id, account_id, opened_at, id) WHERE account_id IS NOT NULL;
CREATE INDEX cases_of_contact ON cases (tenant_id, contact_id, opened_at, id) WHERE contact_id IS NOT NULL;
CREATE INDEX cases_of_consumer ON cases (tenant_id, consumer_id, opened_at, id) WHERE consumer_id IS NOT NULL;
CREATE INDEX cases_of_assignee ON cases (tenant_id, assigned_to_id, opened_at, id) WHERE assigned_to_id IS NOT NULL;
CREATE INDEX cases_of_opener ON cases (tenant_id, opened_by_id, opened_at, id) WHERE opened_by_id IS NOT NULL;
CREATE INDEX cases_of_group ON cases (tenant_id, assignment_group_id, opened_at, id) WHERE assignment_group_id IS NOT NULL;
CREATE INDEX cases_of_model ON cases (tenant_id, product_model_id, opened_at, id) WHERE product_model_id IS NOT NULL;
CREATE INDEX cases_of_sold_product ON cases (tenant_id, sold_product_id, opened_at, id) WHERE sold_product_id IS NOT NULL;
CREATE INDEX cases_of_install_base_item ON cases (tenant_id, install_base_item_id) WHERE install_base_item_id IS NOT NULL;
CREATE INDEX cases_children ON cases (tenant_id, parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX cases_of_contract ON cases (tenant_id, contract_id) WHERE contract_id IS NOT NULL;
CREATE INDEX cases_of_entitlement ON cases (tenant_id, entitlement_id) WHERE entitlement_id IS NOT NULL;
CALL app_tenant_table('cases');

CREATE TABLE case_tasks (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  number text NOT NULL,
  case_id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('new', 'in_progress', 'waiting', 'done', 'cancelled')),
  priority integer NOT NULL DEFAULT 3 CHECK (priority BETWEEN 1 AND 4),
  subject text NOT NULL,
  description text NOT NULL DEFAULT '',
  outcome text,
  assignment_group_id uuid,
  assigned_to_id uuid,
  opened_at timestamptz NOT NULL,
  due_at timestamptz,
  closed_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT case_tasks_number UNIQUE (tenant_id, number),
  CONSTRAINT case_tasks_case FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id),
  CONSTRAINT case_tasks_group FOREIGN KEY (tenant_id, assignment_group_id) REFERENCES groups (tenant_id, id),
  CONSTRAINT case_tasks_assignee FOREIGN KEY (tenant_id, assigned_to_id) REFERENCES profiles (tenant_id, id)
);
CREATE INDEX case_tasks_by_opening ON case_tasks (tenant_id, opened_at, id);
CREATE INDEX case_tasks_of_case ON case_tasks (tenant_id, case_id, opened_at, id);
CREATE INDEX case_tasks_of_assignee ON case_tasks (tenant_id, assigned_to_id, opened_at, id) WHERE assigned_to_id IS NOT NULL;
CREATE INDEX case_tasks_of_group ON case_tasks (tenant_id, assignment_group_id, opened_at, id) WHERE assignment_group_id IS NOT NULL;
CALL app_tenant_table('case_tasks');

CREATE TABLE case_articles (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  case_id uuid NOT NULL,
  article_id uuid NOT NULL,
  edition integer NOT NULL,
  attached_by_id uuid,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT case_articles_once UNIQUE (tenant_id, case_id, article_id),
  CONSTRAINT case_articles_case FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT case_articles_article FOREIGN KEY (tenant_id, article_id) REFERENCES articles (tenant_id, id)
);
CREATE INDEX case_articles_by_age ON case_articles (tenant_id, created_at, id);
CREATE INDEX case_articles_of_case ON case_articles (tenant_id, case_id, created_at, id);
CREATE INDEX case_articles_of_article ON case_articles (tenant_id, article_id);
CALL app_tenant_table('case_articles');

-- Every kind of task in one list.
CREATE VIEW tasks WITH (security_invoker = true) AS
  SELECT 'cases' AS kind, tenant_id, id, number, state, priority, subject, description,
         assignment_group_id, assigned_to_id, opened_at, due_at, closed_at, created_at, updated_at, version
    FROM cases
  UNION ALL
  SELECT 'case_tasks', tenant_id, id, number, state, priority, subject, description,
         assignment_group_id, assigned_to_id, opened_at, due_at, closed_at, created_at, updated_at, version
    FROM case_tasks;
GRANT SELECT ON tasks TO app_rw;
