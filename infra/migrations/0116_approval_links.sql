-- A link of a letter is one person's: whoever stands in for an approver has one of their own. What an
-- approver is asked as, is kept: who is that no longer, decides no longer.

CREATE TABLE approval_links (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  approval_id uuid NOT NULL,
  bearer_id uuid NOT NULL,
  bearer_user_id uuid NOT NULL,
  token_hash bytea NOT NULL,
  expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT approval_links_once UNIQUE (tenant_id, approval_id, bearer_id),
  CONSTRAINT approval_links_approval FOREIGN KEY (tenant_id, approval_id) REFERENCES approvals (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT approval_links_bearer FOREIGN KEY (tenant_id, bearer_id) REFERENCES profiles (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT approval_links_person FOREIGN KEY (tenant_id, bearer_user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX approval_links_by_bearer ON approval_links (tenant_id, bearer_id);
CREATE INDEX approval_links_by_person ON approval_links (tenant_id, bearer_user_id);
CREATE INDEX approval_links_by_age ON approval_links (tenant_id, created_at, id);
CALL app_tenant_table('approval_links');

-- Letters that are out already keep their links: those name the approval, which the link is named as.
-- Forced policies hide every row from the owner too, so they are lifted for this statement and put back.
ALTER TABLE approvals NO FORCE ROW LEVEL SECURITY;
ALTER TABLE approval_links NO FORCE ROW LEVEL SECURITY;
INSERT INTO approval_links (tenant_id, id, approval_id, bearer_id, bearer_user_id, token_hash, expires_at, created_at, updated_at)
  SELECT tenant_id, id, id, approver_id, approver_user_id, token_hash, token_expires_at, now(), now()
    FROM approvals WHERE token_hash IS NOT NULL AND token_expires_at IS NOT NULL AND state = 'open';
ALTER TABLE approval_links FORCE ROW LEVEL SECURITY;
ALTER TABLE approvals FORCE ROW LEVEL SECURITY;

ALTER TABLE approvals DROP COLUMN token_hash;
ALTER TABLE approvals DROP COLUMN token_expires_at;
ALTER TABLE approvals ADD COLUMN role text;
