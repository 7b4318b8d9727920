-- What managers look at: figures of each case, added up by day and by whatever cases differ in, and
-- kept so without anybody waiting. Whoever changes a case leaves a mark and nothing more; a job takes
-- the marks, a statement adds what has changed since, and who reads adds what still has a mark.

-- When a case was last taken up again, so that such cases can be listed.
ALTER TABLE cases ADD COLUMN reopened_at timestamptz;
CREATE INDEX cases_by_resolution ON cases (tenant_id, resolved_at, id) WHERE resolved_at IS NOT NULL;
CREATE INDEX cases_by_reopening ON cases (tenant_id, reopened_at, id) WHERE reopened_at IS NOT NULL;
CREATE INDEX cases_by_rating ON cases (tenant_id, rated_at, id) WHERE rated_at IS NOT NULL;

-- ── What has been counted ────────────────────────────────────────────────────────────────────

-- One row a tenant: in which zone its days are counted; locked by whoever counts.
CREATE TABLE figure_heads (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  zone text NOT NULL DEFAULT 'UTC',
  counted_at timestamptz,
  mended integer NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT figure_heads_one UNIQUE (tenant_id)
);
CALL app_tenant_table('figure_heads');

-- Cases that have changed since they were counted. Nothing here is unique, so nobody waits.
CREATE TABLE case_marks (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  case_id uuid NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
-- Every tenant starts with all its cases marked, and is counted piece by piece by its worker. A forced
-- policy hides every row from the owner too, so it is lifted for this statement.
ALTER TABLE cases NO FORCE ROW LEVEL SECURITY;
INSERT INTO case_marks (tenant_id, case_id) SELECT tenant_id, id FROM cases WHERE state <> 'draft';
ALTER TABLE cases FORCE ROW LEVEL SECURITY;
CALL app_tenant_table('case_marks');

-- A case as it was counted; the key is the case's own.
CREATE TABLE case_figures (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  group_id uuid,
  agent_id uuid,
  case_type_id uuid,
  channel text NOT NULL,
  product_model_id uuid,
  account_id uuid,
  priority integer NOT NULL,
  is_open boolean NOT NULL,
  opened_on date NOT NULL,
  ended_on date,
  resolved_on date,
  resolution_seconds integer,
  responded_on date,
  response_seconds integer,
  reopened_on date,
  rated_on date,
  rating integer,
  kept_on date[] NOT NULL,
  broken_on date[] NOT NULL,
  answered_on date[] NOT NULL,
  scores integer[] NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX case_figures_of_account ON case_figures (tenant_id, account_id, opened_on) WHERE account_id IS NOT NULL;
CREATE INDEX case_figures_by_opening ON case_figures (tenant_id, opened_on, account_id, group_id) WHERE account_id IS NOT NULL;
CALL app_tenant_table('case_figures');

-- Sums of a day or of a month (named by its first day) for one value of one dimension; everything
-- together is the dimension `all`. Groups are in every key, since leaders see their own only: the
-- nil id stands for cases that no group has. Bins say how many took how long, see `app_bin`.
CREATE TABLE case_counts (
  tenant_id uuid NOT NULL,
  dimension text NOT NULL CHECK (dimension IN ('all', 'agent', 'case_type', 'channel', 'product_model', 'priority')),
  grain text NOT NULL CHECK (grain IN ('day', 'month')),
  day date NOT NULL,
  group_id uuid NOT NULL,
  value text NOT NULL,
  opened bigint NOT NULL,
  open bigint NOT NULL,
  ended bigint NOT NULL,
  resolved bigint NOT NULL,
  resolution_seconds bigint NOT NULL,
  responded bigint NOT NULL,
  response_seconds bigint NOT NULL,
  reopened bigint NOT NULL,
  rated bigint NOT NULL,
  rating_sum bigint NOT NULL,
  satisfied bigint NOT NULL,
  kept bigint NOT NULL,
  broken bigint NOT NULL,
  answered bigint NOT NULL,
  score_sum bigint NOT NULL,
  resolution_bins jsonb NOT NULL,
  response_bins jsonb NOT NULL,
  PRIMARY KEY (tenant_id, dimension, grain, day, group_id, value)
);
CALL app_tenant_table('case_counts');

-- ── Counting ─────────────────────────────────────────────────────────────────────────────────

-- Which of the bins a time falls into: four for each doubling, from a minute to a year.
CREATE FUNCTION app_bin(seconds integer) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT width_bucket(seconds, ARRAY[
    60, 71, 85, 101, 120, 143, 170, 202, 240, 285, 339, 404, 480, 571, 679, 807, 960, 1142, 1358, 1615,
    1920, 2283, 2715, 3229, 3840, 4567, 5431, 6458, 7680, 9133, 10861, 12916, 15360, 18266, 21722, 25832,
    30720, 36532, 43445, 51665, 61440, 73065, 86889, 103329, 122880, 146130, 173779, 206659, 245760,
    292260, 347557, 413317, 491520, 584519, 695114, 826635, 983040, 1169038, 1390229, 1653270, 1966080,
    2338076, 2780457, 3306539, 3932160, 4676153, 5560914, 6613078, 7864320, 9352305, 11121828, 13226157,
    15728640, 18704611, 22243656, 26452314, 31457280])
$$;

-- Bins are an object of bin → how many, without zeros, so that equal ones are written alike.
CREATE FUNCTION app_add_bins(one jsonb, other jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(jsonb_object_agg(bin, many) FILTER (WHERE many <> 0), '{}')
    FROM (SELECT b.key AS bin, sum(b.value::bigint) AS many
            FROM (SELECT * FROM jsonb_each_text(one) UNION ALL SELECT * FROM jsonb_each_text(other)) b
           GROUP BY b.key) added
$$;

-- The figures of every case as they are at this moment. Drafts are nobody's work yet.
CREATE VIEW case_figures_now WITH (security_invoker = true) AS
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
         c.rating,
         ARRAY(SELECT (t.stopped_at AT TIME ZONE coalesce(h.zone, 'UTC'))::date FROM task_slas t
                WHERE t.tenant_id = c.tenant_id AND t.record_id = c.id AND t.kind = 'cases' AND t.state = 'met'
                  AND t.stopped_at IS NOT NULL ORDER BY 1) AS kept_on,
         ARRAY(SELECT (t.breached_at AT TIME ZONE coalesce(h.zone, 'UTC'))::date FROM task_slas t
                WHERE t.tenant_id = c.tenant_id AND t.record_id = c.id AND t.kind = 'cases' AND t.state = 'breached'
                  AND t.breached_at IS NOT NULL ORDER BY 1) AS broken_on,
         ARRAY(SELECT (a.created_at AT TIME ZONE coalesce(h.zone, 'UTC'))::date FROM survey_answers a
                WHERE a.tenant_id = c.tenant_id AND a.case_id = c.id ORDER BY a.created_at, a.id) AS answered_on,
         ARRAY(SELECT a.score FROM survey_answers a
                WHERE a.tenant_id = c.tenant_id AND a.case_id = c.id ORDER BY a.created_at, a.id) AS scores
    FROM cases c LEFT JOIN figure_heads h ON h.tenant_id = c.tenant_id
   WHERE c.state <> 'draft';
GRANT SELECT ON case_figures_now TO app_rw;

-- What one case adds, to which day.
CREATE FUNCTION app_counted(f case_figures) RETURNS TABLE (day date, measure text, bin integer, amount bigint)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT v.day, v.measure, v.bin, v.amount
    FROM (VALUES
      (f.opened_on, 'opened', 0, 0::bigint),
      (CASE WHEN f.is_open THEN f.opened_on END, 'open', 0, 0),
      (f.ended_on, 'ended', 0, 0),
      (f.resolved_on, 'resolved', app_bin(f.resolution_seconds), f.resolution_seconds),
      (f.responded_on, 'responded', app_bin(f.response_seconds), f.response_seconds),
      (f.reopened_on, 'reopened', 0, 0),
      (f.rated_on, 'rated', f.rating, f.rating)) v (day, measure, bin, amount)
   WHERE v.day IS NOT NULL
  UNION ALL SELECT k, 'kept', 0, 0 FROM unnest(f.kept_on) k
  UNION ALL SELECT b, 'broken', 0, 0 FROM unnest(f.broken_on) b
  UNION ALL SELECT a, 'answered', s, s FROM unnest(f.answered_on, f.scores) u (a, s)
$$;

-- ── Marks ────────────────────────────────────────────────────────────────────────────────────

CREATE FUNCTION app_mark_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    INSERT INTO case_marks (tenant_id, case_id) VALUES (OLD.tenant_id, OLD.id);
  ELSE
    INSERT INTO case_marks (tenant_id, case_id) VALUES (NEW.tenant_id, NEW.id);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER cases_marked_new AFTER INSERT ON cases FOR EACH ROW
  WHEN (NEW.state <> 'draft') EXECUTE FUNCTION app_mark_case();
COMMENT ON TRIGGER cases_marked_new ON cases IS 'citus:ok row-local: marks the tenant''s own case as changed';
CREATE TRIGGER cases_marked AFTER UPDATE ON cases FOR EACH ROW
  WHEN ((OLD.state, OLD.assignment_group_id, OLD.assigned_to_id, OLD.case_type_id, OLD.channel, OLD.product_model_id,
         OLD.account_id, OLD.priority, OLD.opened_at, OLD.closed_at, OLD.resolved_at, OLD.first_responded_at,
         OLD.reopened_at, OLD.rated_at, OLD.rating)
    IS DISTINCT FROM
        (NEW.state, NEW.assignment_group_id, NEW.assigned_to_id, NEW.case_type_id, NEW.channel, NEW.product_model_id,
         NEW.account_id, NEW.priority, NEW.opened_at, NEW.closed_at, NEW.resolved_at, NEW.first_responded_at,
         NEW.reopened_at, NEW.rated_at, NEW.rating))
  EXECUTE FUNCTION app_mark_case();
COMMENT ON TRIGGER cases_marked ON cases IS 'citus:ok row-local: marks the tenant''s own case as changed';
CREATE TRIGGER cases_marked_gone AFTER DELETE ON cases FOR EACH ROW EXECUTE FUNCTION app_mark_case();
COMMENT ON TRIGGER cases_marked_gone ON cases IS 'citus:ok row-local: marks the tenant''s own case as changed';

CREATE FUNCTION app_mark_case_of_promise() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.kind = 'cases' AND OLD.state IN ('met', 'breached') THEN
    INSERT INTO case_marks (tenant_id, case_id) VALUES (OLD.tenant_id, OLD.record_id);
  END IF;
  IF TG_OP <> 'DELETE' AND NEW.kind = 'cases' AND NEW.state IN ('met', 'breached') THEN
    INSERT INTO case_marks (tenant_id, case_id) VALUES (NEW.tenant_id, NEW.record_id);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER task_slas_marked_new AFTER INSERT ON task_slas FOR EACH ROW
  WHEN (NEW.state IN ('met', 'breached')) EXECUTE FUNCTION app_mark_case_of_promise();
COMMENT ON TRIGGER task_slas_marked_new ON task_slas IS 'citus:ok row-local: marks the tenant''s own case as changed';
CREATE TRIGGER task_slas_marked AFTER UPDATE ON task_slas FOR EACH ROW
  WHEN ((OLD.state, OLD.record_id, OLD.breached_at, OLD.stopped_at) IS DISTINCT FROM (NEW.state, NEW.record_id, NEW.breached_at, NEW.stopped_at)
    AND (OLD.state IN ('met', 'breached') OR NEW.state IN ('met', 'breached')))
  EXECUTE FUNCTION app_mark_case_of_promise();
COMMENT ON TRIGGER task_slas_marked ON task_slas IS 'citus:ok row-local: marks the tenant''s own case as changed';
CREATE TRIGGER task_slas_marked_gone AFTER DELETE ON task_slas FOR EACH ROW
  WHEN (OLD.state IN ('met', 'breached')) EXECUTE FUNCTION app_mark_case_of_promise();
COMMENT ON TRIGGER task_slas_marked_gone ON task_slas IS 'citus:ok row-local: marks the tenant''s own case as changed';

CREATE FUNCTION app_mark_case_of_answer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    INSERT INTO case_marks (tenant_id, case_id) VALUES (OLD.tenant_id, OLD.case_id);
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO case_marks (tenant_id, case_id) VALUES (NEW.tenant_id, NEW.case_id);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER survey_answers_marked AFTER INSERT OR UPDATE OR DELETE ON survey_answers FOR EACH ROW
  EXECUTE FUNCTION app_mark_case_of_answer();
COMMENT ON TRIGGER survey_answers_marked ON survey_answers IS 'citus:ok row-local: marks the tenant''s own case as changed';

-- ── Views of the figures that people keep ────────────────────────────────────────────────────

CREATE TABLE insights (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  owner_id uuid NOT NULL,
  shared boolean NOT NULL DEFAULT false,
  question jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(question) = 'object'),
  cadence text NOT NULL DEFAULT 'never' CHECK (cadence IN ('never', 'daily', 'weekly', 'monthly')),
  send_hour integer NOT NULL DEFAULT 7 CHECK (send_hour BETWEEN 0 AND 23),
  send_day integer NOT NULL DEFAULT 1 CHECK (send_day BETWEEN 1 AND 31),
  recipient_ids uuid[] NOT NULL DEFAULT '{}',
  next_at timestamptz,
  sent_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT insights_name UNIQUE (tenant_id, owner_id, name),
  CONSTRAINT insights_due CHECK ((cadence = 'never') = (next_at IS NULL)),
  CONSTRAINT insights_owner FOREIGN KEY (tenant_id, owner_id) REFERENCES profiles (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX insights_by_name ON insights (tenant_id, name, id);
CREATE INDEX insights_by_age ON insights (tenant_id, created_at, id);
CREATE INDEX insights_of_owner ON insights (tenant_id, owner_id, name, id);
CREATE INDEX insights_due_next ON insights (tenant_id, next_at, id) WHERE next_at IS NOT NULL;
CALL app_tenant_table('insights');
