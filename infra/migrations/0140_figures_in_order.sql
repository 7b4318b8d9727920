-- Days on which something happened to a case stand in their order, also where clocks that were put back
-- over midnight make a later moment belong to an earlier day: they are looked up by halves.
CREATE OR REPLACE VIEW case_figures_now WITH (security_invoker = true) AS
  SELECT c.tenant_id, c.id, c.assignment_group_id AS group_id, c.assigned_to_id AS agent_id,
         c.case_type_id, c.channel, c.product_model_id, c.account_id, c.priority,
         c.state IN ('new', 'in_progress', 'waiting_customer', 'waiting_internal') AS is_open,
         (c.opened_at AT TIME ZONE coalesce(h.zone, 'UTC'))::date AS opened_on,
         (CASE WHEN c.state = 'cancelled' THEN c.closed_at ELSE c.resolved_at END AT TIME ZONE coalesce(h.zone, 'UTC'))::date AS ended_on,
         (c.resolved_at AT TIME ZONE coalesce(h.zone, 'UTC'))::date AS resolved_on,
         least(greatest(0, extract(epoch FROM c.resolved_at - c.opened_at)), 2147483647)::integer AS resolution_seconds,
         (c.first_responded_at AT TIME ZONE coalesce(h.zone, 'UTC'))::date AS responded_on,
         least(greatest(0, extract(epoch FROM c.first_responded_at - c.opened_at)), 2147483647)::integer AS response_seconds,
         (c.reopened_at AT TIME ZONE coalesce(h.zone, 'UTC'))::date AS reopened_on,
         CASE WHEN c.rating IS NOT NULL THEN (c.rated_at AT TIME ZONE coalesce(h.zone, 'UTC'))::date END AS rated_on,
         c.rating, coalesce(p.kept_on, '{}') AS kept_on, coalesce(p.broken_on, '{}') AS broken_on,
         coalesce(s.answered_on, '{}') AS answered_on, coalesce(s.scores, '{}') AS scores
    FROM cases c LEFT JOIN figure_heads h ON h.tenant_id = c.tenant_id
    LEFT JOIN LATERAL (
      SELECT array_agg((t.stopped_at AT TIME ZONE coalesce(h.zone, 'UTC'))::date ORDER BY (t.stopped_at AT TIME ZONE coalesce(h.zone, 'UTC'))::date)
               FILTER (WHERE t.state = 'met' AND t.stopped_at IS NOT NULL) AS kept_on,
             array_agg((t.breached_at AT TIME ZONE coalesce(h.zone, 'UTC'))::date ORDER BY (t.breached_at AT TIME ZONE coalesce(h.zone, 'UTC'))::date)
               FILTER (WHERE t.state = 'breached' AND t.breached_at IS NOT NULL) AS broken_on
        FROM task_slas t
       WHERE t.tenant_id = c.tenant_id AND t.record_id = c.id AND t.kind = 'cases'
         AND t.state IN ('met', 'breached')) p ON true
    LEFT JOIN LATERAL (
      SELECT array_agg((a.created_at AT TIME ZONE coalesce(h.zone, 'UTC'))::date ORDER BY (a.created_at AT TIME ZONE coalesce(h.zone, 'UTC'))::date, a.id) AS answered_on,
             array_agg(a.score ORDER BY (a.created_at AT TIME ZONE coalesce(h.zone, 'UTC'))::date, a.id) AS scores
        FROM survey_answers a
       WHERE a.tenant_id = c.tenant_id AND a.case_id = c.id) s ON true
   WHERE c.state <> 'draft';
