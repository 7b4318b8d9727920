-- Print the statements that spread this schema over Citus. Reads the catalog only; runs on plain
-- PostgreSQL too:  psql --no-psqlrc -At -f infra/deploy/citus.sql > distribute.sql
--
-- What a table is stands in its comment: `citus:reference …`, `citus:local …`; all others carry
-- tenant_id and are distributed by it. A table comes after those that its foreign keys name.
WITH RECURSIVE tables AS (
  SELECT c.oid, c.relname,
         coalesce(substring(obj_description(c.oid, 'pg_class') FROM 'citus:(reference|local)'),
                  'distributed') AS kind
    FROM pg_class c
   WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
     AND NOT c.relispartition
), edges AS (
  SELECT DISTINCT k.conrelid AS child, k.confrelid AS parent
    FROM pg_constraint k
    JOIN tables a ON a.oid = k.conrelid
    JOIN tables b ON b.oid = k.confrelid
   WHERE k.contype = 'f' AND k.conrelid <> k.confrelid
     AND a.kind = b.kind AND a.kind <> 'local'
), depths AS (
  SELECT oid, 0 AS depth, ARRAY[oid] AS path FROM tables
  UNION ALL
  SELECT e.child, d.depth + 1, d.path || e.child
    FROM depths d JOIN edges e ON e.parent = d.oid
   WHERE NOT e.child = ANY (d.path) AND d.depth < 12
), ordered AS (
  SELECT t.oid, t.relname, t.kind, max(d.depth) AS depth
    FROM tables t JOIN depths d ON d.oid = t.oid
   GROUP BY t.oid, t.relname, t.kind
), backward AS (
  -- Two tables that name each other: no order fits, so such a key is taken off and put back.
  SELECT c.relname, k.conname, pg_get_constraintdef(k.oid) AS definition
    FROM pg_constraint k
    JOIN ordered c ON c.oid = k.conrelid
    JOIN ordered p ON p.oid = k.confrelid
   WHERE k.contype = 'f' AND c.kind = 'distributed' AND p.kind = 'distributed' AND c.oid <> p.oid
     AND (p.depth, p.relname) >= (c.depth, c.relname)
), first AS (
  SELECT relname FROM ordered WHERE kind = 'distributed' ORDER BY depth, relname LIMIT 1
)
SELECT statement FROM (
  SELECT 0 AS part, 0 AS depth, '' AS relname,
         'SET citus.enable_unsafe_triggers = on;  -- row-local ones only, see docs/scaling.md'
           AS statement
  UNION ALL
  SELECT 1, depth, relname, format('SELECT create_reference_table(%L);', relname)
    FROM ordered WHERE kind = 'reference'
  UNION ALL
  SELECT 2, 0, relname, format('ALTER TABLE %I DROP CONSTRAINT %I;', relname, conname)
    FROM backward
  UNION ALL
  SELECT 3, depth, relname,
         CASE WHEN relname = (SELECT relname FROM first)
              THEN format('SELECT create_distributed_table(%L, ''tenant_id'');', relname)
              ELSE format('SELECT create_distributed_table(%L, ''tenant_id'', colocate_with => %L);',
                          relname, (SELECT relname FROM first)) END
    FROM ordered WHERE kind = 'distributed'
  UNION ALL
  SELECT 4, 0, relname, format('ALTER TABLE %I ADD CONSTRAINT %I %s;', relname, conname, definition)
    FROM backward
  UNION ALL
  SELECT 5, 0, relname, format('-- %I stays on the coordinator', relname)
    FROM ordered WHERE kind = 'local'
  UNION ALL
  SELECT 6, 0, rolname,
         format('ALTER ROLE %I SET citus.propagate_set_commands = ''local'';', rolname)
    FROM pg_roles WHERE rolname LIKE 'app\_%'
) AS statements ORDER BY part, depth, relname;
