-- What was declared twice is checked and kept twice by every write: references of profiles, and the
-- index of cases by when they were resolved.
ALTER TABLE profiles DROP CONSTRAINT profiles_contact_known;
ALTER TABLE profiles DROP CONSTRAINT profiles_consumer_known;
ALTER TABLE profiles DROP CONSTRAINT profiles_account_known;
DROP INDEX cases_by_resolution;
