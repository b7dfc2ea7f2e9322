-- When a letter was sent, so that nobody is sent one after another, and how often its code has been tried.
ALTER TABLE minid_letter ADD COLUMN sent BIGINT NOT NULL DEFAULT 0;
ALTER TABLE minid_letter ADD COLUMN tries BIGINT NOT NULL DEFAULT 0;
