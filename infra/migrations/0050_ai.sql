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

-- What the words mean to the index, in each language asked for: all of them, or any of the `most`
-- longest (long words are the rare ones). Null where nothing but stop words was said.
CREATE FUNCTION app_chunk_query(words text, languages text[], every boolean, most integer)
RETURNS tsquery LANGUAGE sql STABLE SET search_path = pg_catalog, public
AS $$
  SELECT string_agg('(' || spoken.part || ')', ' | ')::tsquery
    FROM (SELECT DISTINCT app_text_config(l) AS config FROM unnest(languages) l) c,
         LATERAL (
           SELECT string_agg(
                    '''' || replace(replace(picked.lexeme, '\', '\\'), '''', '''''') || '''',
                    CASE WHEN every THEN ' & ' ELSE ' | ' END) AS part
             FROM (SELECT w.lexeme FROM unnest(to_tsvector(c.config, words)) w
                    ORDER BY length(w.lexeme) DESC, w.lexeme LIMIT most) picked) spoken
   WHERE spoken.part IS NOT NULL
$$;

-- The match operator is not leakproof, so under the tenant policy it could not use its index. This
-- role reads only while a tenant is bound, and only through the function below, which names the
-- tenant itself. The caller's own access is tested on what comes out, before anything is ranked.
CREATE POLICY bound ON chunks FOR SELECT TO search_reader
  USING (NULLIF(current_setting('app.tenant_id', true), '') IS NOT NULL);
GRANT SELECT ON chunks TO search_reader;

CREATE FUNCTION app_chunk_search(wanted_kind text, wanted_audience text, words text, languages text[], most integer)
RETURNS TABLE (id uuid, record_id uuid, rank real, every boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100 SET search_path = pg_catalog, public
AS $$
DECLARE
  tenant uuid := NULLIF(current_setting('app.tenant_id', true), '')::uuid;
  all_words tsquery := app_chunk_query(words, languages, true, 12);
  any_words tsquery;
  met integer;
BEGIN
  IF tenant IS NULL OR all_words IS NULL THEN
    RETURN;
  END IF;
  RETURN QUERY
    SELECT s.id, s.record_id, ts_rank_cd(s.body_tsv, all_words, 1), true
      FROM (SELECT c.id, c.record_id, c.body_tsv FROM public.chunks c
             WHERE c.tenant_id = tenant AND c.kind = wanted_kind AND c.body_tsv @@ all_words
               AND wanted_audience = ANY (c.audiences) LIMIT most) s;
  GET DIAGNOSTICS met = ROW_COUNT;
  IF met >= 20 THEN
    RETURN;
  END IF;
  any_words := app_chunk_query(words, languages, false, 4);
  RETURN QUERY
    SELECT s.id, s.record_id, ts_rank_cd(s.body_tsv, any_words, 1), false
      FROM (SELECT c.id, c.record_id, c.body_tsv FROM public.chunks c
             WHERE c.tenant_id = tenant AND c.kind = wanted_kind AND c.body_tsv @@ any_words
               AND wanted_audience = ANY (c.audiences) LIMIT most) s
     WHERE NOT s.body_tsv @@ all_words;
END $$;
ALTER FUNCTION app_chunk_search(text, text, text, text[], integer) OWNER TO search_reader;
REVOKE ALL ON FUNCTION app_chunk_search(text, text, text, text[], integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app_chunk_search(text, text, text, text[], integer) TO app_rw;
