-- The text in whose words a survey is mailed, and its own words in other languages.

ALTER TABLE surveys ADD COLUMN letter text;
ALTER TABLE surveys ADD COLUMN translations jsonb NOT NULL DEFAULT '{}';
