-- A mail may carry small files of text, as a report does: [{"name", "subtype", "text"}].
ALTER TABLE outbound_mails ADD COLUMN files jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(files) = 'array');

-- Accounts are added up by day and month like everything else: one that has a hundred thousand cases is
-- then no slower to ask about than one that has ten. What was counted before is completed by the daily look.
ALTER TABLE case_counts
  DROP CONSTRAINT case_counts_dimension_check,
  ADD CONSTRAINT case_counts_dimension_check
    CHECK (dimension IN ('all', 'agent', 'case_type', 'channel', 'product_model', 'account', 'priority'));
DROP INDEX case_figures_of_account;
DROP INDEX case_figures_by_opening;
