-- A clock whose promise no longer holds is withdrawn, and may be promised again; one that its own
-- rule has cancelled stays so.
ALTER TABLE task_slas
  ADD COLUMN withdrawn_at timestamptz,
  ADD CONSTRAINT task_slas_withdrawn CHECK (withdrawn_at IS NULL OR state = 'cancelled');
