-- Knowledge as one body: categories, reviews and what reviewers say, publication and expiry by the
-- clock, translations of one original, and where an article came from.

-- ── Bases ────────────────────────────────────────────────────────────────────────────────────

-- `fallback_languages` are tried in their order after the reader's own, and then `language`.
ALTER TABLE knowledge_bases
  ADD COLUMN needs_review boolean NOT NULL DEFAULT false,
  ADD COLUMN fallback_languages text[] NOT NULL DEFAULT '{}',
  ADD COLUMN expiry_days integer CONSTRAINT knowledge_bases_expiry CHECK (expiry_days BETWEEN 1 AND 3650),
  ADD COLUMN reminder_days integer NOT NULL DEFAULT 14 CONSTRAINT knowledge_bases_reminder CHECK (reminder_days BETWEEN 0 AND 365);

-- A category stays in its base: the keys of what lies in it say so. `names` are its other languages'.
CREATE TABLE article_categories (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  knowledge_base_id uuid NOT NULL,
  parent_id uuid,
  key text NOT NULL CHECK (key ~ '^[a-z][a-z0-9_]{1,62}$'),
  name text NOT NULL,
  names jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(names) = 'object'),
  description text NOT NULL DEFAULT '',
  position integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT article_categories_in_base UNIQUE (tenant_id, knowledge_base_id, id),
  CONSTRAINT article_categories_key UNIQUE (tenant_id, knowledge_base_id, key),
  CONSTRAINT article_categories_not_own_parent CHECK (parent_id <> id),
  CONSTRAINT article_categories_base FOREIGN KEY (tenant_id, knowledge_base_id) REFERENCES knowledge_bases (tenant_id, id),
  CONSTRAINT article_categories_parent FOREIGN KEY (tenant_id, knowledge_base_id, parent_id) REFERENCES article_categories (tenant_id, knowledge_base_id, id)
);
CREATE INDEX article_categories_by_position ON article_categories (tenant_id, position, id);
CREATE INDEX article_categories_by_name ON article_categories (tenant_id, name, id);
CREATE INDEX article_categories_by_age ON article_categories (tenant_id, created_at, id);
CREATE INDEX article_categories_in_order ON article_categories (tenant_id, knowledge_base_id, position, id);
CREATE INDEX article_categories_below ON article_categories (tenant_id, parent_id, position, id) WHERE parent_id IS NOT NULL;
CALL app_tenant_table('article_categories');

-- ── Articles ─────────────────────────────────────────────────────────────────────────────────

-- `review` is about the text that waits: of a draft its own, of what readers have the draft columns.
-- `is_open` is the base's `active`, kept here because access is read by it. `outdated` says that the
-- original has an edition which this translation, at `original_edition`, does not follow yet.
ALTER TABLE articles
  ADD COLUMN category_id uuid,
  ADD COLUMN owner_profile_id uuid,
  ADD COLUMN editor_profile_id uuid,
  ADD COLUMN approver_profile_id uuid,
  ADD COLUMN review text NOT NULL DEFAULT 'none' CONSTRAINT articles_review CHECK (review IN ('none', 'requested', 'approved', 'changes_requested')),
  ADD COLUMN publish_at timestamptz,
  ADD COLUMN expires_at timestamptz,
  ADD COLUMN reminded_at timestamptz,
  ADD COLUMN original_id uuid,
  ADD COLUMN original_edition integer NOT NULL DEFAULT 0,
  ADD COLUMN outdated boolean NOT NULL DEFAULT false,
  ADD COLUMN is_open boolean NOT NULL DEFAULT true,
  ADD COLUMN source_case_id uuid,
  ADD CONSTRAINT articles_not_own_original CHECK (original_id <> id),
  ADD CONSTRAINT articles_outdated CHECK (NOT outdated OR original_id IS NOT NULL),
  ADD CONSTRAINT articles_category FOREIGN KEY (tenant_id, knowledge_base_id, category_id) REFERENCES article_categories (tenant_id, knowledge_base_id, id),
  ADD CONSTRAINT articles_owner FOREIGN KEY (tenant_id, owner_profile_id) REFERENCES profiles (tenant_id, id),
  ADD CONSTRAINT articles_editor FOREIGN KEY (tenant_id, editor_profile_id) REFERENCES profiles (tenant_id, id),
  ADD CONSTRAINT articles_approver FOREIGN KEY (tenant_id, approver_profile_id) REFERENCES profiles (tenant_id, id),
  ADD CONSTRAINT articles_original FOREIGN KEY (tenant_id, original_id) REFERENCES articles (tenant_id, id);
CREATE UNIQUE INDEX articles_translations ON articles (tenant_id, original_id, language) WHERE original_id IS NOT NULL;
CREATE INDEX articles_of_category ON articles (tenant_id, category_id, title, id) WHERE category_id IS NOT NULL;
CREATE INDEX articles_owned ON articles (tenant_id, owner_profile_id, title, id) WHERE owner_profile_id IS NOT NULL;
CREATE INDEX articles_edited ON articles (tenant_id, editor_profile_id) WHERE editor_profile_id IS NOT NULL;
CREATE INDEX articles_approved ON articles (tenant_id, approver_profile_id) WHERE approver_profile_id IS NOT NULL;
CREATE INDEX articles_in_review ON articles (tenant_id, review, title, id) WHERE review <> 'none';
CREATE INDEX articles_outdated_ones ON articles (tenant_id, title, id) WHERE outdated;
CREATE INDEX articles_to_publish ON articles (tenant_id, publish_at, id) WHERE publish_at IS NOT NULL;
CREATE INDEX articles_to_retire ON articles (tenant_id, expires_at, id) WHERE expires_at IS NOT NULL AND state = 'published';
CREATE INDEX articles_from_case ON articles (tenant_id, source_case_id) WHERE source_case_id IS NOT NULL;

ALTER TABLE articles NO FORCE ROW LEVEL SECURITY;
ALTER TABLE knowledge_bases NO FORCE ROW LEVEL SECURITY;
UPDATE articles a SET owner_profile_id = author_profile_id, is_open = b.active
  FROM knowledge_bases b WHERE b.tenant_id = a.tenant_id AND b.id = a.knowledge_base_id
   AND (a.author_profile_id IS NOT NULL OR NOT b.active);
ALTER TABLE knowledge_bases FORCE ROW LEVEL SECURITY;
ALTER TABLE articles FORCE ROW LEVEL SECURITY;

ALTER TABLE article_versions ADD COLUMN approver_profile_id uuid;

-- ── Reviews ──────────────────────────────────────────────────────────────────────────────────

CREATE TABLE article_reviews (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  article_id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('requested', 'approved', 'changes_requested', 'withdrawn')),
  requested_by_id uuid,
  reviewer_id uuid,
  message text NOT NULL DEFAULT '',
  decided_by_id uuid,
  decided_at timestamptz,
  decision text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT article_reviews_decided CHECK ((state IN ('approved', 'changes_requested')) = (decided_at IS NOT NULL)),
  CONSTRAINT article_reviews_article FOREIGN KEY (tenant_id, article_id) REFERENCES articles (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT article_reviews_requester FOREIGN KEY (tenant_id, requested_by_id) REFERENCES profiles (tenant_id, id),
  CONSTRAINT article_reviews_reviewer FOREIGN KEY (tenant_id, reviewer_id) REFERENCES profiles (tenant_id, id),
  CONSTRAINT article_reviews_decider FOREIGN KEY (tenant_id, decided_by_id) REFERENCES profiles (tenant_id, id)
);
CREATE UNIQUE INDEX article_reviews_one_open ON article_reviews (tenant_id, article_id) WHERE state = 'requested';
CREATE INDEX article_reviews_by_age ON article_reviews (tenant_id, created_at, id);
CREATE INDEX article_reviews_of_article ON article_reviews (tenant_id, article_id, created_at, id);
CREATE INDEX article_reviews_in_state ON article_reviews (tenant_id, state, created_at, id);
CREATE INDEX article_reviews_asked ON article_reviews (tenant_id, reviewer_id, created_at, id) WHERE reviewer_id IS NOT NULL;
CREATE INDEX article_reviews_asking ON article_reviews (tenant_id, requested_by_id, created_at, id) WHERE requested_by_id IS NOT NULL;
CREATE INDEX article_reviews_decided_by ON article_reviews (tenant_id, decided_by_id) WHERE decided_by_id IS NOT NULL;
CALL app_tenant_table('article_reviews');

-- What those who write and review say to each other; readers never see it.
CREATE TABLE article_comments (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  article_id uuid NOT NULL,
  edition integer NOT NULL,
  passage text NOT NULL DEFAULT '',
  body text NOT NULL,
  author_id uuid,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT article_comments_article FOREIGN KEY (tenant_id, article_id) REFERENCES articles (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT article_comments_author FOREIGN KEY (tenant_id, author_id) REFERENCES profiles (tenant_id, id)
);
CREATE INDEX article_comments_by_age ON article_comments (tenant_id, created_at, id);
CREATE INDEX article_comments_of_article ON article_comments (tenant_id, article_id, created_at, id);
CREATE INDEX article_comments_of_author ON article_comments (tenant_id, author_id) WHERE author_id IS NOT NULL;
CALL app_tenant_table('article_comments');
