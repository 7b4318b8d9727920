-- Entitlements in full: what they cover and what happens where they do not, units in pools with a ledger
-- that adds up by constraint, lines to be billed; contracts with lines, a life and successors.

-- ── Contracts ────────────────────────────────────────────────────────────────────────────────

-- `scheduled` has been agreed and begins on its day. A contract is renewed once: the chain has no forks.
ALTER TABLE service_contracts
  DROP CONSTRAINT service_contracts_state_check,
  ADD CONSTRAINT service_contracts_state_check CHECK (state IN ('draft', 'scheduled', 'active', 'expired', 'cancelled')),
  ADD COLUMN renewed_from_id uuid,
  ADD COLUMN renews_months integer CHECK (renews_months BETWEEN 1 AND 1200),
  ADD CONSTRAINT service_contracts_renewed_from FOREIGN KEY (tenant_id, renewed_from_id) REFERENCES service_contracts (tenant_id, id),
  ADD CONSTRAINT service_contracts_renewed_once UNIQUE (tenant_id, renewed_from_id),
  ADD CONSTRAINT service_contracts_not_own_successor CHECK (renewed_from_id <> id);
CREATE INDEX service_contracts_turning ON service_contracts (tenant_id, state, starts_on, ends_on) WHERE state IN ('scheduled', 'active');

-- What a contract covers, and on which terms; each line yields an entitlement, and a pool where it counts units.
CREATE TABLE contract_lines (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  contract_id uuid NOT NULL,
  name text NOT NULL,
  asset_id uuid,
  sold_product_id uuid,
  product_model_id uuid,
  location_id uuid,
  tier text NOT NULL DEFAULT 'standard' CHECK (tier IN ('platinum', 'gold', 'silver', 'bronze', 'standard')),
  calendar_id uuid,
  channels text[] NOT NULL DEFAULT '{}',
  response_minutes integer CHECK (response_minutes BETWEEN 1 AND 525600),
  resolution_minutes integer CHECK (resolution_minutes BETWEEN 1 AND 525600),
  channel_policy text NOT NULL DEFAULT 'warn' CHECK (channel_policy IN ('warn', 'block', 'bill')),
  hours_policy text CHECK (hours_policy IN ('warn', 'block', 'bill')),
  exhausted_policy text NOT NULL DEFAULT 'block' CHECK (exhausted_policy IN ('warn', 'block', 'bill')),
  unit text CHECK (unit IN ('case', 'hour')),
  quantity numeric(12, 2) CHECK (quantity > 0),
  renewal text NOT NULL DEFAULT 'none' CHECK (renewal IN ('none', 'month', 'quarter', 'year')),
  units_per_case numeric(12, 2) NOT NULL DEFAULT 1 CHECK (units_per_case > 0),
  price_minor bigint CHECK (price_minor >= 0),
  price_currency text CHECK (price_currency ~ '^[A-Z]{3}$'),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT contract_lines_one_subject CHECK (num_nonnulls(asset_id, sold_product_id, product_model_id) <= 1),
  CONSTRAINT contract_lines_units CHECK ((unit IS NULL) = (quantity IS NULL)),
  CONSTRAINT contract_lines_price CHECK ((price_minor IS NULL) = (price_currency IS NULL)),
  CONSTRAINT contract_lines_contract FOREIGN KEY (tenant_id, contract_id) REFERENCES service_contracts (tenant_id, id),
  CONSTRAINT contract_lines_asset FOREIGN KEY (tenant_id, asset_id) REFERENCES assets (tenant_id, id),
  CONSTRAINT contract_lines_sold_product FOREIGN KEY (tenant_id, sold_product_id) REFERENCES sold_products (tenant_id, id),
  CONSTRAINT contract_lines_model FOREIGN KEY (tenant_id, product_model_id) REFERENCES product_models (tenant_id, id),
  CONSTRAINT contract_lines_location FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id),
  CONSTRAINT contract_lines_calendar FOREIGN KEY (tenant_id, calendar_id) REFERENCES calendars (tenant_id, id)
);
CREATE INDEX contract_lines_by_name ON contract_lines (tenant_id, name, id);
CREATE INDEX contract_lines_by_age ON contract_lines (tenant_id, created_at, id);
CREATE INDEX contract_lines_of_contract ON contract_lines (tenant_id, contract_id, name, id);
CREATE INDEX contract_lines_of_asset ON contract_lines (tenant_id, asset_id) WHERE asset_id IS NOT NULL;
CREATE INDEX contract_lines_of_sold_product ON contract_lines (tenant_id, sold_product_id) WHERE sold_product_id IS NOT NULL;
CREATE INDEX contract_lines_of_model ON contract_lines (tenant_id, product_model_id) WHERE product_model_id IS NOT NULL;
CREATE INDEX contract_lines_of_location ON contract_lines (tenant_id, location_id) WHERE location_id IS NOT NULL;
CREATE INDEX contract_lines_calendar_used ON contract_lines (tenant_id, calendar_id) WHERE calendar_id IS NOT NULL;
CALL app_tenant_table('contract_lines');

-- ── Units ────────────────────────────────────────────────────────────────────────────────────

-- Written once and never changed. Each movement begins where the one before it ended, and the pool stands where
-- the last one ended: so the sums of what moved are what remains and what is reserved, by constraint. It names
-- pools and cases without foreign keys: the pool's points here, and a circle could not be erased.
CREATE TABLE entitlement_movements (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  pool_id uuid NOT NULL,
  position integer NOT NULL CHECK (position >= 1),
  previous_position integer,
  kind text NOT NULL CHECK (kind IN ('granted', 'reserved', 'released', 'used', 'adjusted', 'expired')),
  amount numeric(12, 2) NOT NULL,
  reserved_change numeric(12, 2) NOT NULL,
  previous_remaining numeric(12, 2) NOT NULL,
  previous_reserved numeric(12, 2) NOT NULL,
  remaining numeric(12, 2) NOT NULL CHECK (remaining >= 0),
  reserved numeric(12, 2) NOT NULL CHECK (reserved >= 0),
  period_starts_on date NOT NULL,
  case_id uuid,
  reason text NOT NULL DEFAULT '',
  made_by_id uuid,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT entitlement_movements_position UNIQUE (tenant_id, pool_id, position),
  CONSTRAINT entitlement_movements_stand UNIQUE (tenant_id, pool_id, position, remaining, reserved),
  CONSTRAINT entitlement_movements_sum CHECK (
    remaining = previous_remaining + amount AND reserved = previous_reserved + reserved_change),
  CONSTRAINT entitlement_movements_first CHECK (
    CASE WHEN position = 1 THEN previous_position IS NULL AND previous_remaining = 0 AND previous_reserved = 0
         ELSE previous_position IS NOT NULL AND previous_position = position - 1 END),
  CONSTRAINT entitlement_movements_kind CHECK (
    CASE kind WHEN 'granted' THEN amount > 0 AND reserved_change = 0
              WHEN 'reserved' THEN amount < 0 AND reserved_change = -amount
              WHEN 'released' THEN amount > 0 AND reserved_change = -amount
              WHEN 'used' THEN amount = 0 AND reserved_change < 0
              WHEN 'adjusted' THEN amount <> 0 AND reserved_change = 0
              ELSE (amount < 0 AND reserved_change = 0) OR (amount = 0 AND reserved_change < 0) END),
  CONSTRAINT entitlement_movements_chain FOREIGN KEY (tenant_id, pool_id, previous_position, previous_remaining, previous_reserved)
    REFERENCES entitlement_movements (tenant_id, pool_id, position, remaining, reserved)
);
CREATE INDEX entitlement_movements_by_age ON entitlement_movements (tenant_id, created_at, id);
CREATE INDEX entitlement_movements_of_pool ON entitlement_movements (tenant_id, pool_id, created_at, id);
CREATE INDEX entitlement_movements_of_case ON entitlement_movements (tenant_id, case_id) WHERE case_id IS NOT NULL;
CALL app_tenant_table('entitlement_movements', 'SELECT, INSERT, DELETE');

CREATE TABLE entitlement_pools (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  account_id uuid,
  consumer_id uuid,
  contract_id uuid,
  unit text NOT NULL CHECK (unit IN ('case', 'hour')),
  quantity numeric(12, 2) NOT NULL CHECK (quantity > 0),
  renewal text NOT NULL DEFAULT 'none' CHECK (renewal IN ('none', 'month', 'quarter', 'year')),
  starts_on date NOT NULL,
  period_starts_on date NOT NULL,
  period_ends_on date,
  remaining numeric(12, 2) NOT NULL CHECK (remaining >= 0),
  reserved numeric(12, 2) NOT NULL DEFAULT 0 CHECK (reserved >= 0),
  last_position integer NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT entitlement_pools_owner CHECK (num_nonnulls(account_id, consumer_id) = 1),
  CONSTRAINT entitlement_pools_period CHECK (period_ends_on >= period_starts_on AND period_starts_on >= starts_on),
  CONSTRAINT entitlement_pools_renews CHECK ((renewal = 'none') = (period_ends_on IS NULL)),
  CONSTRAINT entitlement_pools_adds_up FOREIGN KEY (tenant_id, id, last_position, remaining, reserved)
    REFERENCES entitlement_movements (tenant_id, pool_id, position, remaining, reserved),
  CONSTRAINT entitlement_pools_account FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id),
  CONSTRAINT entitlement_pools_consumer FOREIGN KEY (tenant_id, consumer_id) REFERENCES consumers (tenant_id, id),
  CONSTRAINT entitlement_pools_contract FOREIGN KEY (tenant_id, contract_id) REFERENCES service_contracts (tenant_id, id)
);
CREATE INDEX entitlement_pools_by_name ON entitlement_pools (tenant_id, name, id);
CREATE INDEX entitlement_pools_by_age ON entitlement_pools (tenant_id, created_at, id);
CREATE INDEX entitlement_pools_of_account ON entitlement_pools (tenant_id, account_id, name, id) WHERE account_id IS NOT NULL;
CREATE INDEX entitlement_pools_of_consumer ON entitlement_pools (tenant_id, consumer_id, name, id) WHERE consumer_id IS NOT NULL;
CREATE INDEX entitlement_pools_of_contract ON entitlement_pools (tenant_id, contract_id) WHERE contract_id IS NOT NULL;
CREATE INDEX entitlement_pools_over ON entitlement_pools (tenant_id, period_ends_on) WHERE period_ends_on IS NOT NULL;
CALL app_tenant_table('entitlement_pools');

-- ── Entitlements ─────────────────────────────────────────────────────────────────────────────

-- `hours_policy` null: hours hold the clocks and nothing else. `location_id` narrows, it is no scope of its own.
ALTER TABLE entitlements
  DROP CONSTRAINT entitlements_scope_check,
  ADD CONSTRAINT entitlements_scope_check CHECK (scope IN ('asset', 'sold_product', 'product_model', 'contract', 'account', 'consumer')),
  ADD COLUMN asset_id uuid,
  ADD COLUMN location_id uuid,
  ADD COLUMN contract_line_id uuid,
  ADD COLUMN pool_id uuid,
  ADD COLUMN units_per_case numeric(12, 2) NOT NULL DEFAULT 1 CONSTRAINT entitlements_units_per_case CHECK (units_per_case > 0),
  ADD COLUMN channel_policy text NOT NULL DEFAULT 'warn' CONSTRAINT entitlements_channel_policy CHECK (channel_policy IN ('warn', 'block', 'bill')),
  ADD COLUMN hours_policy text CONSTRAINT entitlements_hours_policy CHECK (hours_policy IN ('warn', 'block', 'bill')),
  ADD COLUMN exhausted_policy text NOT NULL DEFAULT 'block' CONSTRAINT entitlements_exhausted_policy CHECK (exhausted_policy IN ('warn', 'block', 'bill')),
  ADD COLUMN price_minor bigint CONSTRAINT entitlements_price_minor CHECK (price_minor >= 0),
  ADD COLUMN price_currency text CONSTRAINT entitlements_price_currency CHECK (price_currency ~ '^[A-Z]{3}$'),
  ADD CONSTRAINT entitlements_price CHECK ((price_minor IS NULL) = (price_currency IS NULL)),
  ADD CONSTRAINT entitlements_asset FOREIGN KEY (tenant_id, asset_id) REFERENCES assets (tenant_id, id),
  ADD CONSTRAINT entitlements_location FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id),
  ADD CONSTRAINT entitlements_contract_line FOREIGN KEY (tenant_id, contract_line_id) REFERENCES contract_lines (tenant_id, id),
  ADD CONSTRAINT entitlements_pool FOREIGN KEY (tenant_id, pool_id) REFERENCES entitlement_pools (tenant_id, id),
  DROP CONSTRAINT entitlements_scope_named,
  ADD CONSTRAINT entitlements_scope_named CHECK (
    CASE scope WHEN 'asset' THEN asset_id IS NOT NULL
               WHEN 'sold_product' THEN sold_product_id IS NOT NULL AND asset_id IS NULL
               WHEN 'product_model' THEN product_model_id IS NOT NULL AND num_nonnulls(asset_id, sold_product_id) = 0
               WHEN 'contract' THEN contract_id IS NOT NULL AND num_nonnulls(asset_id, sold_product_id, product_model_id) = 0
               WHEN 'account' THEN account_id IS NOT NULL AND num_nonnulls(asset_id, sold_product_id, product_model_id, contract_id) = 0
               ELSE consumer_id IS NOT NULL AND num_nonnulls(asset_id, sold_product_id, product_model_id, contract_id) = 0 END);
CREATE INDEX entitlements_of_asset ON entitlements (tenant_id, asset_id) WHERE asset_id IS NOT NULL;
CREATE INDEX entitlements_of_location ON entitlements (tenant_id, location_id) WHERE location_id IS NOT NULL;
CREATE UNIQUE INDEX entitlements_one_by_line ON entitlements (tenant_id, contract_line_id) WHERE contract_line_id IS NOT NULL;
CREATE INDEX entitlements_of_pool ON entitlements (tenant_id, pool_id) WHERE pool_id IS NOT NULL;

ALTER TABLE cases
  DROP CONSTRAINT cases_entitlement_status_check,
  ADD CONSTRAINT cases_entitlement_status_check CHECK (
    entitlement_status IN ('verified', 'none', 'uncovered_channel', 'outside_hours', 'exhausted', 'expired'));

-- What a case has drawn from a pool: reserved at its opening, used at its end, released where it is withdrawn.
CREATE TABLE entitlement_uses (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  pool_id uuid NOT NULL,
  entitlement_id uuid NOT NULL,
  case_id uuid NOT NULL,
  amount numeric(12, 2) NOT NULL CHECK (amount > 0),
  state text NOT NULL DEFAULT 'reserved' CHECK (state IN ('reserved', 'used', 'released')),
  period_starts_on date NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT entitlement_uses_pool FOREIGN KEY (tenant_id, pool_id) REFERENCES entitlement_pools (tenant_id, id),
  CONSTRAINT entitlement_uses_entitlement FOREIGN KEY (tenant_id, entitlement_id) REFERENCES entitlements (tenant_id, id),
  CONSTRAINT entitlement_uses_case FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id)
);
CREATE INDEX entitlement_uses_by_age ON entitlement_uses (tenant_id, created_at, id);
CREATE INDEX entitlement_uses_of_pool ON entitlement_uses (tenant_id, pool_id, created_at, id);
CREATE INDEX entitlement_uses_of_entitlement ON entitlement_uses (tenant_id, entitlement_id);
CREATE INDEX entitlement_uses_of_case ON entitlement_uses (tenant_id, case_id);
CREATE UNIQUE INDEX entitlement_uses_one_a_pool ON entitlement_uses (tenant_id, case_id, pool_id) WHERE state <> 'released';
CALL app_tenant_table('entitlement_uses');

-- What is to be paid because no promise covers it. The amount is a placeholder until billing prices it.
CREATE TABLE billable_lines (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  number text,
  account_id uuid,
  consumer_id uuid,
  case_id uuid NOT NULL,
  entitlement_id uuid NOT NULL,
  reason text NOT NULL CHECK (reason IN ('exhausted', 'uncovered_channel', 'outside_hours')),
  unit text NOT NULL CHECK (unit IN ('case', 'hour')),
  quantity numeric(12, 2) NOT NULL CHECK (quantity > 0),
  amount_minor bigint CHECK (amount_minor >= 0),
  currency text CHECK (currency ~ '^[A-Z]{3}$'),
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'billed', 'waived')),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT billable_lines_number UNIQUE (tenant_id, number),
  CONSTRAINT billable_lines_owner CHECK (num_nonnulls(account_id, consumer_id) <= 1),
  CONSTRAINT billable_lines_money CHECK ((amount_minor IS NULL) = (currency IS NULL)),
  CONSTRAINT billable_lines_account FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id),
  CONSTRAINT billable_lines_consumer FOREIGN KEY (tenant_id, consumer_id) REFERENCES consumers (tenant_id, id),
  CONSTRAINT billable_lines_case FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id),
  CONSTRAINT billable_lines_entitlement FOREIGN KEY (tenant_id, entitlement_id) REFERENCES entitlements (tenant_id, id)
);
CREATE INDEX billable_lines_by_age ON billable_lines (tenant_id, created_at, id);
CREATE INDEX billable_lines_of_account ON billable_lines (tenant_id, account_id, created_at, id) WHERE account_id IS NOT NULL;
CREATE INDEX billable_lines_of_consumer ON billable_lines (tenant_id, consumer_id, created_at, id) WHERE consumer_id IS NOT NULL;
CREATE INDEX billable_lines_of_case ON billable_lines (tenant_id, case_id);
CREATE INDEX billable_lines_of_entitlement ON billable_lines (tenant_id, entitlement_id);
CREATE UNIQUE INDEX billable_lines_once ON billable_lines (tenant_id, case_id, entitlement_id, reason) WHERE state = 'open';
CALL app_tenant_table('billable_lines');
