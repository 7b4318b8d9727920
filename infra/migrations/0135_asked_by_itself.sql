-- A rule may ask by itself: when its record is opened, or whenever what it looks at has changed. Where
-- nobody did that, it asks in the name of whoever wrote it.

ALTER TABLE approval_rules ADD COLUMN occasion text NOT NULL DEFAULT 'by_hand'
  CONSTRAINT approval_rules_occasion CHECK (occasion IN ('by_hand', 'on_opening', 'on_change'));
ALTER TABLE approval_rules ADD COLUMN author_id uuid;
ALTER TABLE approval_rules ADD CONSTRAINT approval_rules_author
  FOREIGN KEY (tenant_id, author_id) REFERENCES profiles (tenant_id, id);
CREATE INDEX approval_rules_author_used ON approval_rules (tenant_id, author_id) WHERE author_id IS NOT NULL;
CREATE INDEX approval_rules_by_themselves ON approval_rules (tenant_id, resource) WHERE active AND occasion <> 'by_hand';
