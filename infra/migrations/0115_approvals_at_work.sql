-- Levels are due in working time of the calendar that a rule names; work waits for consent where a rule
-- says so, and takes up no agent meanwhile.

ALTER TABLE approval_rules ADD COLUMN calendar_id uuid;
ALTER TABLE approval_rules ADD COLUMN holds_work boolean NOT NULL DEFAULT true;
ALTER TABLE approval_rules ADD CONSTRAINT approval_rules_calendar
  FOREIGN KEY (tenant_id, calendar_id) REFERENCES calendars (tenant_id, id);
CREATE INDEX approval_rules_calendar_used ON approval_rules (tenant_id, calendar_id) WHERE calendar_id IS NOT NULL;

-- Whether the record's own work waits for the answer: kept with the question, as its rules were then.
ALTER TABLE approval_requests ADD COLUMN holds_work boolean NOT NULL DEFAULT false;

-- Since when a case waits for consent; nobody is given it meanwhile.
ALTER TABLE cases ADD COLUMN held_since timestamptz;
CREATE INDEX cases_held ON cases (tenant_id, held_since, id) WHERE held_since IS NOT NULL;
