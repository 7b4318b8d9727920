-- Work that is assigned to a group is offered to its members only.

ALTER TABLE work_items ADD COLUMN assignment_group_id uuid;
ALTER TABLE work_items ADD CONSTRAINT work_items_group
  FOREIGN KEY (tenant_id, assignment_group_id) REFERENCES groups (tenant_id, id);
CREATE INDEX work_items_of_group ON work_items (tenant_id, assignment_group_id)
  WHERE assignment_group_id IS NOT NULL;

ALTER TABLE work_items NO FORCE ROW LEVEL SECURITY;
ALTER TABLE cases NO FORCE ROW LEVEL SECURITY;
UPDATE work_items w SET assignment_group_id = c.assignment_group_id
  FROM cases c
 WHERE c.tenant_id = w.tenant_id AND c.id = w.record_id AND w.kind = 'cases'
   AND w.state IN ('queued', 'offered') AND c.assignment_group_id IS NOT NULL;
ALTER TABLE cases FORCE ROW LEVEL SECURITY;
ALTER TABLE work_items FORCE ROW LEVEL SECURITY;
