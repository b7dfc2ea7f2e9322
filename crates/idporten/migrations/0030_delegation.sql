-- Businesses give and take back delegations themselves: each has an id for its address, what both sides see, and a history.
-- Those of before were the installation's.
ALTER TABLE delegation ADD COLUMN id TEXT NOT NULL DEFAULT '';
ALTER TABLE delegation ADD COLUMN told TEXT NOT NULL DEFAULT '{}';
CREATE INDEX delegation_orgnr ON delegation (orgnr);
CREATE TABLE delegation_log (id TEXT PRIMARY KEY, orgnr TEXT NOT NULL, pid TEXT NOT NULL, time BIGINT NOT NULL, told TEXT NOT NULL);
CREATE INDEX delegation_log_orgnr ON delegation_log (orgnr, time);
CREATE INDEX delegation_log_pid ON delegation_log (pid, time);
-- How often a business has tried a person's number and name in a day.
CREATE TABLE delegation_tries (orgnr TEXT PRIMARY KEY, day TEXT NOT NULL, tries BIGINT NOT NULL);
