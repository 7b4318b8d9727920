-- What searches and cases teach those who look after knowledge.

-- One search as it was typed in the end, without whoever typed it: `query` is masked, `terms` are its
-- words as searches know them, in order, so that one question is one however it is put. `searcher` is
-- a digest that tells one search of somebody from the next and is taken away after a day.
CREATE TABLE knowledge_searches (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  at timestamptz NOT NULL,
  door text NOT NULL CHECK (door IN ('portal', 'widget', 'workspace')),
  audience text NOT NULL,
  language text NOT NULL,
  query text NOT NULL,
  terms text NOT NULL,
  results integer NOT NULL CHECK (results >= 0),
  opened_article_id uuid,
  draft_article_id uuid,
  searcher text,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT knowledge_searches_opened FOREIGN KEY (tenant_id, opened_article_id) REFERENCES articles (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT knowledge_searches_draft FOREIGN KEY (tenant_id, draft_article_id) REFERENCES articles (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX knowledge_searches_by_time ON knowledge_searches (tenant_id, at, id);
CREATE INDEX knowledge_searches_by_age ON knowledge_searches (tenant_id, created_at, id);
CREATE INDEX knowledge_searches_of_terms ON knowledge_searches (tenant_id, terms, at, id);
CREATE INDEX knowledge_searches_of_searcher ON knowledge_searches (tenant_id, searcher, at) WHERE searcher IS NOT NULL;
CREATE INDEX knowledge_searches_opening ON knowledge_searches (tenant_id, opened_article_id) WHERE opened_article_id IS NOT NULL;
CREATE INDEX knowledge_searches_drafted ON knowledge_searches (tenant_id, draft_article_id) WHERE draft_article_id IS NOT NULL;
CALL app_tenant_table('knowledge_searches');

CREATE INDEX cases_resolved ON cases (tenant_id, resolved_at, id) WHERE resolved_at IS NOT NULL;
