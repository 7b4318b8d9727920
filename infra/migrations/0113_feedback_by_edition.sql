-- What a reader says is about the edition that they read: a new one may be judged anew, and what was
-- said of the one before stays.
DROP INDEX article_feedback_once;
CREATE UNIQUE INDEX article_feedback_once ON article_feedback (tenant_id, article_id, profile_id, edition) WHERE profile_id IS NOT NULL;
CREATE INDEX article_feedback_of_edition ON article_feedback (tenant_id, article_id, edition);

-- Who reads an article may read which products it is about.
CREATE INDEX article_products_of_article ON article_products (tenant_id, article_id, created_at, id);
