ALTER TABLE authentication ADD COLUMN name TEXT;
ALTER TABLE login ADD COLUMN offered TEXT;
ALTER TABLE login ADD COLUMN chosen TEXT;
CREATE TABLE delegation (
    orgnr TEXT NOT NULL,
    pid TEXT NOT NULL,
    resource TEXT NOT NULL,
    rights TEXT NOT NULL,
    given BIGINT NOT NULL,
    ends BIGINT,
    PRIMARY KEY (pid, orgnr, resource)
);
CREATE TABLE resource (resource TEXT PRIMARY KEY, settings TEXT NOT NULL);
