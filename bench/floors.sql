-- The rows that opening a case leaves behind, written by one function in one round trip, under the
-- same role and the same policies. `ids` are the new rows', `refs` those that the case names.
CREATE FUNCTION bench_open_case(
  tenant uuid, ids uuid[], refs uuid[], case_number text, given_subject text, given_description text,
  given_category text, given_channel text, explanation text, changes text, entry_changes text,
  actor text, opening text, words text) RETURNS timestamptz
LANGUAGE plpgsql AS $$
DECLARE
  moment timestamptz := clock_timestamp();
BEGIN
  PERFORM set_config('app.tenant_id', tenant::text, true);
  INSERT INTO cases (tenant_id, id, number, state, priority, impact, urgency, subject, description,
                     category, channel, customer_kind, contact_id, account_id, sold_product_id,
                     product_model_id, contract_id, entitlement_id, entitlement_status,
                     entitlement_explanation, opened_by_id, opened_at, due_at, created_at, updated_at)
  VALUES (tenant, ids[1], case_number, 'new', 3, 2, 2, given_subject, given_description,
          given_category, given_channel, 'business', refs[1], refs[2], refs[3], refs[4], refs[5],
          refs[6], 'verified', explanation::jsonb, refs[8], moment, moment + interval '8 hours',
          moment, moment);
  INSERT INTO activity_entries (tenant_id, id, kind, record_id, entry_type, visibility, details,
                                author_profile_id, author_name, author_kind, at, created_at,
                                updated_at)
  VALUES (tenant, ids[2], 'cases', ids[1], 'change', 'public', '{"to": "new", "verb": "create"}',
          refs[8], 'Agnes', 'staff', moment, moment, moment);
  INSERT INTO task_slas (tenant_id, id, kind, record_id, target, calendar_id, target_minutes,
                         warning_percent, started_at, warn_at, due_at, state, created_at, updated_at)
  VALUES (tenant, ids[3], 'cases', ids[1], 'response', refs[7], 60, 75, moment,
          moment + interval '45 minutes', moment + interval '1 hour', 'running', moment, moment),
         (tenant, ids[4], 'cases', ids[1], 'resolution', refs[7], 480, 75, moment,
          moment + interval '6 hours', moment + interval '8 hours', 'running', moment, moment);
  INSERT INTO audit_entries (tenant_id, id, at, actor, action, kind, record_id, changes, request_id,
                             origin)
  VALUES (tenant, ids[5], moment, actor::jsonb, 'cases.create', 'cases', ids[1], changes::jsonb,
          ids[5]::text, '127.0.0.1'),
         (tenant, ids[6], moment, actor::jsonb, 'cases.create', 'activity_entries', ids[2],
          entry_changes::jsonb, ids[5]::text, '127.0.0.1');
  INSERT INTO events (tenant_id, id, type, kind, record_id, at, actor, payload, request_id)
  VALUES (tenant, ids[7], 'cases.created', 'cases', ids[1], moment, actor::jsonb,
          jsonb_build_object('changes', changes::jsonb), ids[5]::text),
         (tenant, ids[8], 'cases.opened', 'cases', ids[1], moment, actor::jsonb, opening::jsonb,
          ids[5]::text);
  INSERT INTO jobs (tenant_id, id, name, arguments, actor, dedupe_key, priority, run_at,
                    attempts_max, request_id)
  SELECT tenant, ids[9], 'slas.fire', '{}', actor::jsonb, 'slas.fire', 3,
         moment + interval '45 minutes', 20, ids[5]::text
   WHERE NOT EXISTS (SELECT FROM jobs WHERE tenant_id = tenant AND dedupe_key = 'slas.fire'
                        AND state = 'queued')
  ON CONFLICT DO NOTHING;
  INSERT INTO search_entries (tenant_id, kind, id, words)
  VALUES (tenant, 'cases', ids[1], to_tsvector('simple', words));
  RETURN moment;
END $$;
GRANT EXECUTE ON FUNCTION bench_open_case(uuid, uuid[], uuid[], text, text, text, text, text, text,
  text, text, text, text, text) TO app_rw;
