-- The pictures that a text shows: by which name it names them (`picture:lights.png`), which file each
-- is, and where it lay in the folder that it came by. A name is given once and stays, so that editions
-- that were published show what they showed.
CREATE TABLE article_pictures (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  article_id uuid NOT NULL,
  attachment_id uuid NOT NULL,
  name text NOT NULL CHECK (name ~ '^[a-z0-9][a-z0-9._-]{0,99}$'),
  path text NOT NULL DEFAULT '',
  media_type text NOT NULL CHECK (media_type IN ('image/png', 'image/jpeg', 'image/gif', 'image/webp')),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT article_pictures_name UNIQUE (tenant_id, article_id, name),
  CONSTRAINT article_pictures_article FOREIGN KEY (tenant_id, article_id) REFERENCES articles (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT article_pictures_file FOREIGN KEY (tenant_id, attachment_id) REFERENCES attachments (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX article_pictures_by_age ON article_pictures (tenant_id, created_at, id);
CREATE INDEX article_pictures_of_article ON article_pictures (tenant_id, article_id, created_at, id);
CREATE INDEX article_pictures_of_file ON article_pictures (tenant_id, attachment_id);
CALL app_tenant_table('article_pictures');
