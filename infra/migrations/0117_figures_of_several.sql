-- Figures narrowed by several things at once, and a count of everything that goes on page by page.

-- How far a count of all cases has come; null where there is none to finish. Sums of the new kind are
-- those of type, channel, product and priority together, and of thirds of months, from the 1st, 11th and
-- 21st: with them everything is counted once more.
ALTER TABLE figure_heads ADD COLUMN counting_after uuid;
ALTER TABLE figure_heads NO FORCE ROW LEVEL SECURITY;
UPDATE figure_heads SET counting_after = '00000000-0000-0000-0000-000000000000';
ALTER TABLE figure_heads FORCE ROW LEVEL SECURITY;
TRUNCATE case_counts, case_figures;
ALTER TABLE case_counts
  DROP CONSTRAINT case_counts_grain_check,
  ADD CONSTRAINT case_counts_grain_check CHECK (grain IN ('day', 'third', 'month')),
  DROP CONSTRAINT case_counts_dimension_check,
  ADD CONSTRAINT case_counts_dimension_check
    CHECK (dimension IN ('all', 'agent', 'case_type', 'channel', 'product_model', 'account', 'priority', 'mixed'));

-- What no sum tells apart is read from the figures of the cases themselves: those of an agent, those of
-- an account, and those to which anything happened since a day, or which are open still.
CREATE INDEX case_figures_of_agent ON case_figures (tenant_id, agent_id);
CREATE INDEX case_figures_of_account ON case_figures (tenant_id, account_id) WHERE account_id IS NOT NULL;
CREATE INDEX case_figures_by_last ON case_figures (tenant_id, (
  CASE WHEN is_open OR ended_on IS NULL THEN 'infinity'::date ELSE
    greatest(opened_on, ended_on, resolved_on, responded_on, reopened_on, rated_on,
             kept_on[array_upper(kept_on, 1)], broken_on[array_upper(broken_on, 1)],
             answered_on[array_upper(answered_on, 1)]) END));

-- As before, with one look at the promises and one at the answers of a case instead of two.
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
      SELECT array_agg((t.stopped_at AT TIME ZONE coalesce(h.zone, 'UTC'))::date ORDER BY t.stopped_at)
               FILTER (WHERE t.state = 'met' AND t.stopped_at IS NOT NULL) AS kept_on,
             array_agg((t.breached_at AT TIME ZONE coalesce(h.zone, 'UTC'))::date ORDER BY t.breached_at)
               FILTER (WHERE t.state = 'breached' AND t.breached_at IS NOT NULL) AS broken_on
        FROM task_slas t
       WHERE t.tenant_id = c.tenant_id AND t.record_id = c.id AND t.kind = 'cases'
         AND t.state IN ('met', 'breached')) p ON true
    LEFT JOIN LATERAL (
      SELECT array_agg((a.created_at AT TIME ZONE coalesce(h.zone, 'UTC'))::date ORDER BY a.created_at, a.id) AS answered_on,
             array_agg(a.score ORDER BY a.created_at, a.id) AS scores
        FROM survey_answers a
       WHERE a.tenant_id = c.tenant_id AND a.case_id = c.id) s ON true
   WHERE c.state <> 'draft';
-- What a case adds to which day is said where it is added up: by a row of its own for each it took far longer.
DROP FUNCTION app_counted(case_figures);
