-- What lists are read by: one index for each path that a role reads along, one for each usual sort.
CREATE INDEX articles_of_author ON articles (tenant_id, author_profile_id, title, id);
CREATE INDEX attachments_of_uploader ON attachments (tenant_id, created_by, created_at, id);
CREATE INDEX attachments_by_time ON attachments (tenant_id, created_at, id);
CREATE INDEX external_identities_by_time ON external_identities (tenant_id, created_at, id);
CREATE INDEX webhooks_by_name ON webhooks (tenant_id, name, id);
