-- What the advice rooms read: pieces of records' text with their vectors and words, and the cells
-- into which a large tenant's vectors are sorted so that a search looks at a part of them only.

CREATE EXTENSION IF NOT EXISTS vector;

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

-- A word as the index knows it: with the tenant and the kind in it, so that a word's cost is that of
-- one tenant's use of it, however many tenants use it too.
CREATE FUNCTION app_chunk_keys(tenant uuid, kind text, lexemes text[]) RETURNS bigint[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog
AS $$
  SELECT coalesce(array_agg(hashtextextended(kind || ':' || lexeme, hashtextextended(tenant::text, 0))), '{}')
    FROM unnest(lexemes) lexeme
$$;
CREATE INDEX chunks_words ON chunks
  USING gin (app_chunk_keys(tenant_id, kind, tsvector_to_array(body_tsv)));

-- What was said, in each language asked for: `every` holds a language's words (joined, for arrays of
-- arrays must be square), `longest` up to three of each by themselves. All null where nothing but
-- stop words was said.
CREATE FUNCTION app_chunk_query(words text, languages text[], OUT all_words tsquery, OUT any_words tsquery, OUT together text[], OUT longest text[])
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public
AS $$
DECLARE
  language text;
  spoken text[];
  quoted text[];
  conjunctions text[] := '{}';
  alternatives text[] := '{}';
BEGIN
  FOREACH language IN ARRAY languages LOOP
    SELECT array_agg(l.lexeme),
           array_agg('''' || replace(replace(l.lexeme, '\', '\\'), '''', '''''') || '''')
      INTO spoken, quoted
      FROM (SELECT w.lexeme FROM unnest(to_tsvector(app_text_config(language), words)) w
             ORDER BY length(w.lexeme) DESC, w.lexeme LIMIT 12) l;
    IF spoken IS NOT NULL THEN
      together := together || array_to_string(spoken, E'\n');
      longest := longest || spoken[1:3];
      conjunctions := conjunctions || ('(' || array_to_string(quoted, ' & ') || ')');
      alternatives := alternatives || quoted;
    END IF;
  END LOOP;
  IF together IS NOT NULL THEN
    all_words := array_to_string(conjunctions, ' | ')::tsquery;
    any_words := array_to_string(alternatives, ' | ')::tsquery;
    SELECT array_agg(DISTINCT t) INTO together FROM unnest(together) t;
    SELECT array_agg(DISTINCT l) INTO longest FROM unnest(longest) l;
  END IF;
END $$;

-- Operators on arrays and words are not leakproof: behind any test that a policy makes of a row, even one of a
-- setting alone, they cannot use their index. So this role, which nobody can be and nothing but the
-- function below runs as, has a policy that folds to true when the statement is planned (its second
-- half is there for the schema's lint). The function names the tenant itself and, without one,
-- finds nothing. The caller's own access is tested on what comes out, before anything is ranked.
CREATE POLICY bound ON chunks FOR SELECT TO search_reader
  USING (true OR NULLIF(current_setting('app.tenant_id', true), '') IS NOT NULL);
GRANT SELECT ON chunks TO search_reader;

-- First what holds every word. Where that is little, also what holds a rare one: an error code says
-- more than "please" and "help", and a word that stands in more than `rare` pieces says little. Any
-- common word is looked up only where nothing else was found and no vectors are asked. The planner
-- may not walk the table in the hope of an early end, and the tenant, which is in the keys, is named
-- once more outside of the inner selects: inside, the planner would also read its whole primary key.
CREATE FUNCTION app_chunk_search(wanted_kind text, wanted_audience text, any_words tsquery, together text[], longest text[], most integer, alone boolean)
RETURNS TABLE (id uuid, record_id uuid, rank real, every boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100 SET search_path = pg_catalog, public
SET enable_seqscan = off SET enable_indexscan = off
AS $$
DECLARE
  rare CONSTANT integer := 100;
  tenant uuid := NULLIF(current_setting('app.tenant_id', true), '')::uuid;
  keys bigint[];
  lexeme text;
  met integer := 0;
  part integer;
  holding uuid[];
  found uuid[] := '{}';
BEGIN
  IF tenant IS NULL OR together IS NULL THEN
    RETURN;
  END IF;
  FOREACH lexeme IN ARRAY together LOOP
    keys := public.app_chunk_keys(tenant, wanted_kind, string_to_array(lexeme, E'\n'));
    RETURN QUERY
      SELECT s.id, s.record_id, ts_rank(s.body_tsv, any_words, 1), true
        FROM (SELECT c.* FROM public.chunks c
               WHERE public.app_chunk_keys(c.tenant_id, c.kind, tsvector_to_array(c.body_tsv)) @> keys
                 AND wanted_audience = ANY (c.audiences) LIMIT most) s
       WHERE s.tenant_id = tenant AND s.kind = wanted_kind;
    GET DIAGNOSTICS part = ROW_COUNT;
    met := met + part;
  END LOOP;
  IF met >= 20 THEN
    RETURN;
  END IF;
  FOREACH lexeme IN ARRAY longest LOOP
    keys := public.app_chunk_keys(tenant, wanted_kind, ARRAY[lexeme]);
    SELECT array_agg(s.id) INTO holding
      FROM (SELECT c.tenant_id, c.kind, c.id FROM public.chunks c
             WHERE public.app_chunk_keys(c.tenant_id, c.kind, tsvector_to_array(c.body_tsv)) @> keys
               AND wanted_audience = ANY (c.audiences) LIMIT rare + 1) s
     WHERE s.tenant_id = tenant AND s.kind = wanted_kind;
    IF cardinality(holding) <= rare OR (alone AND met = 0) THEN
      found := found || holding;
    END IF;
  END LOOP;
  IF found <> '{}' THEN
    RETURN QUERY
      SELECT c.id, c.record_id, ts_rank(c.body_tsv, any_words, 1), false
        FROM public.chunks c WHERE c.tenant_id = tenant AND c.id = ANY (found);
  END IF;
END $$;
ALTER FUNCTION app_chunk_search(text, text, tsquery, text[], text[], integer, boolean) OWNER TO search_reader;
REVOKE ALL ON FUNCTION app_chunk_search(text, text, tsquery, text[], text[], integer, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app_chunk_search(text, text, tsquery, text[], text[], integer, boolean) TO app_rw;

-- A tenant's own OpenAI-compatible endpoint for one purpose; its key is stored sealed.
CREATE TABLE ai_endpoints (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  purpose text NOT NULL CHECK (purpose IN ('embeddings', 'summaries')),
  base_url text NOT NULL CHECK (length(base_url) <= 500),
  model text NOT NULL CHECK (length(model) BETWEEN 1 AND 80),
  sealed_key text NOT NULL DEFAULT '',
  active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT ai_endpoints_purpose UNIQUE (tenant_id, purpose)
);
CREATE INDEX ai_endpoints_created ON ai_endpoints (tenant_id, created_at, id);
CALL app_tenant_table('ai_endpoints');
