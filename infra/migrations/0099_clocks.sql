-- Escalation rules are about any clock, milestones too; whether a breach escalates is said by them alone.

ALTER TABLE sla_definitions DROP COLUMN escalates;
ALTER TABLE task_slas DROP COLUMN escalates;
ALTER TABLE escalation_rules
  DROP CONSTRAINT escalation_rules_target_check,
  ADD CONSTRAINT escalation_rules_target_check CHECK (target ~ '^[a-z][a-z0-9_]{0,39}$');
