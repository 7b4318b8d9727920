-- What a catalogue item asks, whom it needs to agree, and which tasks its fulfilment has; what became of
-- each request. The questions are kept with the answers, in the edition that was answered.

ALTER TABLE catalog_items
  ADD COLUMN form_version integer NOT NULL DEFAULT 1,
  ADD COLUMN approval text NOT NULL DEFAULT '' CONSTRAINT catalog_items_approval CHECK (approval ~ '^([a-z][a-z0-9_]{0,62})?$'),
  ADD COLUMN tasks jsonb NOT NULL DEFAULT '[]';

ALTER TABLE catalog_requests
  ADD COLUMN form jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN form_version integer NOT NULL DEFAULT 1,
  ADD COLUMN approval text NOT NULL DEFAULT '',
  ADD COLUMN account_id uuid,
  ADD COLUMN fulfilment text NOT NULL DEFAULT 'fulfilling'
    CONSTRAINT catalog_requests_fulfilment CHECK (fulfilment IN ('awaiting_approval', 'fulfilling', 'fulfilled', 'rejected', 'cancelled')),
  ADD COLUMN tasks jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN task_count integer NOT NULL DEFAULT 0,
  ADD COLUMN done_count integer NOT NULL DEFAULT 0,
  ADD COLUMN fulfilled_at timestamptz,
  ADD CONSTRAINT catalog_requests_counts CHECK (done_count BETWEEN 0 AND task_count),
  ADD CONSTRAINT catalog_requests_account FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id);
CREATE INDEX catalog_requests_of_account ON catalog_requests (tenant_id, account_id) WHERE account_id IS NOT NULL;
CREATE INDEX catalog_requests_own ON catalog_requests (tenant_id, requested_by_id, created_at, id);
CREATE INDEX catalog_requests_in_state ON catalog_requests (tenant_id, fulfilment, created_at, id);

-- What was asked for before stands as its case does. Forced policies hide every row from the owner too.
ALTER TABLE catalog_requests NO FORCE ROW LEVEL SECURITY;
ALTER TABLE catalog_items NO FORCE ROW LEVEL SECURITY;
ALTER TABLE cases NO FORCE ROW LEVEL SECURITY;
UPDATE catalog_requests r SET account_id = c.account_id, form = i.form,
       fulfilment = CASE WHEN c.state IN ('resolved', 'closed') THEN 'fulfilled' WHEN c.state = 'cancelled' THEN 'cancelled' ELSE 'fulfilling' END,
       fulfilled_at = CASE WHEN c.state IN ('resolved', 'closed') THEN coalesce(c.resolved_at, c.closed_at) END
  FROM cases c, catalog_items i
 WHERE c.tenant_id = r.tenant_id AND c.id = r.case_id AND i.tenant_id = r.tenant_id AND i.id = r.catalog_item_id;
ALTER TABLE cases FORCE ROW LEVEL SECURITY;
ALTER TABLE catalog_items FORCE ROW LEVEL SECURITY;
ALTER TABLE catalog_requests FORCE ROW LEVEL SECURITY;
