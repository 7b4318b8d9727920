-- Cases that became part of another.

ALTER TABLE cases ADD COLUMN merged_into_id uuid;
ALTER TABLE cases ADD CONSTRAINT cases_merged FOREIGN KEY (tenant_id, merged_into_id) REFERENCES cases (tenant_id, id);
ALTER TABLE cases ADD CONSTRAINT cases_not_into_itself CHECK (merged_into_id <> id);
ALTER TABLE cases ADD CONSTRAINT cases_merged_are_over CHECK (merged_into_id IS NULL OR state = 'closed');
CREATE INDEX cases_merged_into ON cases (tenant_id, merged_into_id, opened_at, id) WHERE merged_into_id IS NOT NULL;

ALTER TABLE cases DROP CONSTRAINT cases_resolution_code_check;
ALTER TABLE cases ADD CONSTRAINT cases_resolution_code_check CHECK (resolution_code IN ('solved', 'solved_by_article', 'workaround', 'duplicate', 'not_reproducible', 'no_answer', 'merged'));

-- Which task waits for which goes where the tasks go.
ALTER TABLE case_task_dependencies DROP CONSTRAINT case_task_dependencies_task;
ALTER TABLE case_task_dependencies ADD CONSTRAINT case_task_dependencies_task FOREIGN KEY (tenant_id, task_id, case_id)
  REFERENCES case_tasks (tenant_id, id, case_id) ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE case_task_dependencies DROP CONSTRAINT case_task_dependencies_on;
ALTER TABLE case_task_dependencies ADD CONSTRAINT case_task_dependencies_on FOREIGN KEY (tenant_id, depends_on_id, case_id)
  REFERENCES case_tasks (tenant_id, id, case_id) ON DELETE CASCADE ON UPDATE CASCADE;
