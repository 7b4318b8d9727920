-- One person, many profiles: each says what it is for and in which application, and a person may be a
-- consumer for several purposes (a patient and a constituent), each with records of its own.

ALTER TABLE profiles ADD COLUMN purpose text NOT NULL DEFAULT '' CHECK (purpose ~ '^([a-z][a-z0-9_]{0,39})?$');
ALTER TABLE profiles ADD COLUMN application text NOT NULL DEFAULT 'crm' CHECK (application ~ '^[a-z][a-z0-9_]{0,39}$');
ALTER TABLE consumers ADD COLUMN purpose text NOT NULL DEFAULT '' CHECK (purpose ~ '^([a-z][a-z0-9_]{0,39})?$');
ALTER TABLE consumers DROP CONSTRAINT consumers_once;
ALTER TABLE consumers ADD CONSTRAINT consumers_once UNIQUE (tenant_id, user_id, purpose);
