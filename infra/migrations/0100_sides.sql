-- What belongs to companies, and what belongs to private customers, each in the order of its list:
-- agents and contributors serve one of the two, however few of all rows theirs are. And a person of
-- a partner company is a contact there and acts as its partner: two profiles of one contact.

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

DROP INDEX profiles_contact;
CREATE UNIQUE INDEX profiles_contact ON profiles (tenant_id, contact_id, kind) WHERE contact_id IS NOT NULL;
