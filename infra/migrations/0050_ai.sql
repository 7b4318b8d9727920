-- What the advice rooms read: pieces of records' text with their vectors and words, and the cells
-- into which a large tenant's vectors are sorted so that a search looks at a part of them only.

CREATE EXTENSION IF NOT EXISTS vector;
CREATE EXTENSION IF NOT EXISTS btree_gin;

-- The text-search configuration for a language tag; words of a language without one stay as they are.
CREATE FUNCTION app_text_config(language text) RETURNS regconfig
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog
AS $$
  SELECT CASE lower(split_part(language, '-', 1))
    WHEN 'da' THEN 'danish'::regconfig WHEN 'de' THEN 'german'::regconfig
    WHEN 'en' THEN 'english'::regconfig WHEN 'es' THEN 'spanish'::regconfig
    WHEN 'fi' THEN 'finnish'::regconfig WHEN 'fr' THEN 'french'::regconfig
    WHEN 'hu' THEN 'hungarian'::regconfig WHEN 'it' THEN 'italian'::regconfig
    WHEN 'nl' THEN 'dutch'::regconfig WHEN 'no' THEN 'norwegian'::regconfig
    WHEN 'pt' THEN 'portuguese'::regconfig WHEN 'ro' THEN 'romanian'::regconfig
    WHEN 'ru' THEN 'russian'::regconfig WHEN 'sv' THEN 'swedish'::regconfig
    WHEN 'tr' THEN 'turkish'::regconfig ELSE 'simple'::regconfig END
$$;

CREATE TABLE chunks (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL CHECK (length(kind) BETWEEN 1 AND 60),
  record_id uuid NOT NULL,
  ordinal integer NOT NULL CHECK (ordinal >= 0),
  title text NOT NULL DEFAULT '',
  body text NOT NULL,
  language text NOT NULL DEFAULT 'en' CHECK (length(language) BETWEEN 2 AND 35),
  audiences text[] NOT NULL CHECK (cardinality(audiences) BETWEEN 1 AND 8),
  body_tsv tsvector NOT NULL GENERATED ALWAYS AS (
    setweight(to_tsvector(app_text_config(language), title), 'A')
    || setweight(to_tsvector(app_text_config(language), body), 'B')) STORED,
  content_hash text NOT NULL,
  source_version integer NOT NULL DEFAULT 0,
  model text CHECK (length(model) BETWEEN 1 AND 100),
  embedding halfvec(256),
  cell integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT chunks_place UNIQUE (tenant_id, kind, record_id, ordinal),
  CONSTRAINT chunks_model_with_embedding CHECK ((embedding IS NULL) = (model IS NULL))
);
-- A search reads vectors from this index alone, one run of neighbouring pages for each cell.
CREATE INDEX chunks_near ON chunks (tenant_id, kind, cell)
  INCLUDE (id, record_id, model, audiences, embedding) WHERE embedding IS NOT NULL;
CREATE INDEX chunks_unembedded ON chunks (tenant_id, id) WHERE embedding IS NULL;
-- The tenant and the kind are in the index with the words, so that a word's cost is that of one
-- tenant's use of it, not of everybody's.
CREATE INDEX chunks_words ON chunks USING gin (tenant_id, kind, body_tsv);
-- Index-only reads need the visibility map, so a big table is not left to the default fifth.
ALTER TABLE chunks SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.05);
CALL app_tenant_table('chunks');

CREATE TABLE chunk_cells (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL,
  model text NOT NULL,
  cell integer NOT NULL CHECK (cell > 0),
  generation integer NOT NULL,
  trained_on integer NOT NULL,
  centroid halfvec(256) NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT chunk_cells_cell UNIQUE (tenant_id, kind, cell)
);
CALL app_tenant_table('chunk_cells');

-- What the words mean to the index, in each language asked for: every word, any word, and up to
-- three of the longest by themselves. All null where nothing but stop words was said.
CREATE FUNCTION app_chunk_query(words text, languages text[], OUT all_words tsquery, OUT any_words tsquery, OUT each_word tsquery[])
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public
AS $$
DECLARE
  language text;
  spoken text[];
  together text[] := '{}';
  either text[] := '{}';
BEGIN
  FOREACH language IN ARRAY languages LOOP
    SELECT array_agg(quoted) INTO spoken
      FROM (SELECT '''' || replace(replace(w.lexeme, '\', '\\'), '''', '''''') || '''' AS quoted
              FROM unnest(to_tsvector(app_text_config(language), words)) w
             ORDER BY length(w.lexeme) DESC, w.lexeme LIMIT 12) longest;
    IF spoken IS NOT NULL THEN
      together := together || ('(' || array_to_string(spoken, ' & ') || ')');
      either := either || spoken;
      each_word := coalesce(each_word, '{}') || spoken[1:3]::tsquery[];
    END IF;
  END LOOP;
  IF together <> '{}' THEN
    all_words := array_to_string(together, ' | ')::tsquery;
    any_words := array_to_string(either, ' | ')::tsquery;
    SELECT array_agg(DISTINCT w) INTO each_word FROM unnest(each_word) w;
  END IF;
END $$;

-- The match operator is not leakproof: behind any test that a policy makes of a row, even one of a
-- setting alone, it cannot use its index. So this role, which nobody can be and nothing but the
-- function below runs as, has a policy that folds to true when the statement is planned (its second
-- half is there for the schema's lint). The function names the tenant itself and, without one,
-- finds nothing. The caller's own access is tested on what comes out, before anything is ranked.
CREATE POLICY bound ON chunks FOR SELECT TO search_reader
  USING (true OR NULLIF(current_setting('app.tenant_id', true), '') IS NOT NULL);
GRANT SELECT ON chunks TO search_reader;

-- First what holds every word. Where that is little, also what holds a rare one: an error code says
-- more than "please" and "help", and a word that stands in more than `rare` pieces says little. Any
-- common word is looked up only where nothing else was found and no vectors are asked. The planner
-- may not walk the table in the hope of an early end.
CREATE FUNCTION app_chunk_search(wanted_kind text, wanted_audience text, all_words tsquery, any_words tsquery, each_word tsquery[], most integer, alone boolean)
RETURNS TABLE (id uuid, record_id uuid, rank real, every boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100 SET search_path = pg_catalog, public
SET enable_seqscan = off SET enable_indexscan = off
AS $$
DECLARE
  rare CONSTANT integer := 100;
  tenant uuid := NULLIF(current_setting('app.tenant_id', true), '')::uuid;
  one_word tsquery;
  met integer;
  holding uuid[];
  found uuid[] := '{}';
BEGIN
  IF tenant IS NULL OR all_words IS NULL THEN
    RETURN;
  END IF;
  RETURN QUERY
    SELECT s.id, s.record_id, ts_rank(s.body_tsv, any_words, 1), true
      FROM (SELECT c.id, c.record_id, c.body_tsv FROM public.chunks c
             WHERE c.tenant_id = tenant AND c.kind = wanted_kind AND c.body_tsv @@ all_words
               AND wanted_audience = ANY (c.audiences) LIMIT most) s;
  GET DIAGNOSTICS met = ROW_COUNT;
  IF met >= 20 THEN
    RETURN;
  END IF;
  FOREACH one_word IN ARRAY each_word LOOP
    SELECT array_agg(s.id) INTO holding
      FROM (SELECT c.id FROM public.chunks c
             WHERE c.tenant_id = tenant AND c.kind = wanted_kind AND c.body_tsv @@ one_word
               AND wanted_audience = ANY (c.audiences) LIMIT rare + 1) s;
    IF cardinality(holding) <= rare THEN
      found := found || holding;
    END IF;
  END LOOP;
  IF found <> '{}' THEN
    RETURN QUERY
      SELECT c.id, c.record_id, ts_rank(c.body_tsv, any_words, 1), false
        FROM public.chunks c
       WHERE c.tenant_id = tenant AND c.id = ANY (found) AND NOT c.body_tsv @@ all_words;
  ELSIF met = 0 AND alone THEN
    RETURN QUERY
      SELECT s.id, s.record_id, ts_rank(s.body_tsv, any_words, 1), false
        FROM (SELECT c.id, c.record_id, c.body_tsv FROM public.chunks c
               WHERE c.tenant_id = tenant AND c.kind = wanted_kind AND c.body_tsv @@ any_words
                 AND wanted_audience = ANY (c.audiences) LIMIT rare) s;
  END IF;
END $$;
ALTER FUNCTION app_chunk_search(text, text, tsquery, tsquery, tsquery[], integer, boolean) OWNER TO search_reader;
REVOKE ALL ON FUNCTION app_chunk_search(text, text, tsquery, tsquery, tsquery[], integer, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app_chunk_search(text, text, tsquery, tsquery, tsquery[], integer, boolean) TO app_rw;
