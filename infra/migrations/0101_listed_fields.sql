-- Fields of a tenant's own that are columns of the lists that staff look at.

ALTER TABLE custom_fields ADD COLUMN listed boolean NOT NULL DEFAULT false;
