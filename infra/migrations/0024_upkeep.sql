-- What the plan's quota sums up and what upkeep looks for by its age, each from an index.
CREATE INDEX attachments_size ON attachments (tenant_id) INCLUDE (size_bytes);
CREATE INDEX webhook_deliveries_delivered ON webhook_deliveries (tenant_id, delivered_at) WHERE state = 'delivered';
CREATE INDEX outbound_mails_sent ON outbound_mails (tenant_id, sent_at) WHERE state = 'sent';
