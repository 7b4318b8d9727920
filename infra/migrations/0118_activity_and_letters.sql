-- Work by when it was brought to its end: what agents handled is counted by day.
CREATE INDEX work_items_by_end ON work_items (tenant_id, finished_at) WHERE finished_at IS NOT NULL;

-- Whether the letter of a kept view brings its table as a file. Files of mails are text, so that an erasure
-- finds a person's name in those too; a workbook is fetched from the page.
ALTER TABLE insights ADD COLUMN format text NOT NULL DEFAULT 'csv' CHECK (format IN ('csv', 'letter'));
