-- What belongs to companies, and what belongs to private customers, each in the order of its list:
-- agents and contributors serve one of the two, however few of all rows theirs are. And whoever acts
-- for a partner company is a contact there.

CREATE INDEX locations_of_companies ON locations (tenant_id, name, id) WHERE consumer_id IS NULL;
CREATE INDEX locations_of_consumers ON locations (tenant_id, name, id) WHERE account_id IS NULL;
CREATE INDEX service_contracts_of_companies ON service_contracts (tenant_id, name, id) WHERE consumer_id IS NULL;
CREATE INDEX service_contracts_of_consumers ON service_contracts (tenant_id, name, id) WHERE account_id IS NULL;
CREATE INDEX sold_products_of_companies ON sold_products (tenant_id, name, id) WHERE consumer_id IS NULL;
CREATE INDEX sold_products_of_consumers ON sold_products (tenant_id, name, id) WHERE account_id IS NULL;
CREATE INDEX assets_of_companies ON assets (tenant_id, name, id) WHERE consumer_id IS NULL;
CREATE INDEX assets_of_consumers ON assets (tenant_id, name, id) WHERE account_id IS NULL;
CREATE INDEX entitlements_of_companies ON entitlements (tenant_id, name, id) WHERE consumer_id IS NULL;
CREATE INDEX entitlements_of_consumers ON entitlements (tenant_id, name, id) WHERE account_id IS NULL;
CREATE INDEX entitlement_pools_of_companies ON entitlement_pools (tenant_id, name, id) WHERE consumer_id IS NULL;
CREATE INDEX entitlement_pools_of_consumers ON entitlement_pools (tenant_id, name, id) WHERE account_id IS NULL;
CREATE INDEX billing_accounts_of_companies ON billing_accounts (tenant_id, name, id) WHERE consumer_id IS NULL;
CREATE INDEX billing_accounts_of_consumers ON billing_accounts (tenant_id, name, id) WHERE account_id IS NULL;
CREATE INDEX billing_arrangements_for_companies ON billing_arrangements (tenant_id, starts_on, id) WHERE consumer_id IS NULL;
CREATE INDEX billing_arrangements_for_consumers ON billing_arrangements (tenant_id, starts_on, id) WHERE account_id IS NULL;
CREATE INDEX billable_lines_of_companies ON billable_lines (tenant_id, created_at, id) WHERE consumer_id IS NULL;
CREATE INDEX billable_lines_of_consumers ON billable_lines (tenant_id, created_at, id) WHERE account_id IS NULL;

-- Two profiles of one contact: as itself, and as its company's partner.
DROP INDEX profiles_contact;
CREATE UNIQUE INDEX profiles_contact ON profiles (tenant_id, contact_id, kind) WHERE contact_id IS NOT NULL;

-- What the administrators of a partner have on its customers, for the tenants that are there already.
ALTER TABLE responsibilities NO FORCE ROW LEVEL SECURITY;
ALTER TABLE access_configurations NO FORCE ROW LEVEL SECURITY;
INSERT INTO access_configurations (tenant_id, id, key, responsibility_id, resource, via, verbs, roles, created_at, updated_at)
  SELECT r.tenant_id, gen_random_uuid(), given.key, r.id, given.resource, given.via, given.verbs, '{partner_admin}', now(), now()
    FROM responsibilities r CROSS JOIN (VALUES
      ('account_representative_accounts_kept', 'accounts', '', '{update}'::text[]),
      ('account_representative_contacts_via_account_kept', 'contacts', 'account', '{create,update}'::text[])
    ) given (key, resource, via, verbs)
   WHERE r.key = 'account_representative'
  ON CONFLICT (tenant_id, key) DO NOTHING;
ALTER TABLE access_configurations FORCE ROW LEVEL SECURITY;
ALTER TABLE responsibilities FORCE ROW LEVEL SECURITY;
