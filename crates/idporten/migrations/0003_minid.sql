CREATE TABLE minid (pid TEXT PRIMARY KEY, password TEXT NOT NULL, secret BYTEA NOT NULL, last_step BIGINT NOT NULL, created BIGINT NOT NULL);
CREATE TABLE minid_recovery (pid TEXT NOT NULL, code BYTEA NOT NULL, PRIMARY KEY (pid, code));
CREATE TABLE minid_letter (pid TEXT PRIMARY KEY, code BYTEA NOT NULL, expires BIGINT NOT NULL);
CREATE TABLE minid_enrolment (
    handle BYTEA PRIMARY KEY,
    pid TEXT NOT NULL,
    password TEXT NOT NULL,
    secret BYTEA NOT NULL,
    letter BYTEA,
    expires BIGINT NOT NULL
);
CREATE TABLE minid_browser (browser BYTEA NOT NULL, pid TEXT NOT NULL, expires BIGINT NOT NULL, PRIMARY KEY (browser, pid));
CREATE INDEX minid_browser_pid ON minid_browser (pid);
CREATE TABLE minid_guard (door TEXT PRIMARY KEY, failures BIGINT NOT NULL, closed_until BIGINT NOT NULL, expires BIGINT NOT NULL);
