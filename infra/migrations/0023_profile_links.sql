-- A profile's record lies on a higher floor than the profile; the database still holds them together.
ALTER TABLE profiles ADD CONSTRAINT profiles_contact FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id);
ALTER TABLE profiles ADD CONSTRAINT profiles_consumer FOREIGN KEY (tenant_id, consumer_id) REFERENCES consumers (tenant_id, id);
ALTER TABLE profiles ADD CONSTRAINT profiles_account FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id);
