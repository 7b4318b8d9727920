-- Stages of a type's own within the house's states, and the tasks that a case of the type gives out.

ALTER TABLE case_types ADD COLUMN stages jsonb NOT NULL DEFAULT '[]';
ALTER TABLE case_types ADD COLUMN tasks jsonb NOT NULL DEFAULT '[]';
ALTER TABLE cases ADD COLUMN stage text;
ALTER TABLE cases ADD CONSTRAINT cases_stage_of_type CHECK (stage IS NULL OR case_type_id IS NOT NULL);
CREATE INDEX cases_in_stage ON cases (tenant_id, stage, opened_at, id) WHERE stage IS NOT NULL;
