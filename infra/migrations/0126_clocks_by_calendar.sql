-- The clocks that go by a calendar, a page of tasks after the other, when it is changed under them.
CREATE INDEX task_slas_open_by_calendar ON task_slas (tenant_id, calendar_id, record_id, id)
  WHERE stopped_at IS NULL AND state <> 'cancelled' AND calendar_id IS NOT NULL;
