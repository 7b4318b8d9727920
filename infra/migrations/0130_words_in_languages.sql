-- What customers read of the catalogue and of types of cases, in their languages. Where a language is
-- missing, the words that were there before are read.

ALTER TABLE catalogs ADD COLUMN translations jsonb NOT NULL DEFAULT '{}';
ALTER TABLE catalog_categories ADD COLUMN translations jsonb NOT NULL DEFAULT '{}';
ALTER TABLE catalog_items ADD COLUMN translations jsonb NOT NULL DEFAULT '{}';
ALTER TABLE case_types ADD COLUMN translations jsonb NOT NULL DEFAULT '{}';
