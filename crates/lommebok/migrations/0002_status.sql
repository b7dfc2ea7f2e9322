-- Moments are seconds since 1970. A list of places, each of which says whether a credential is withdrawn, and how many are
-- taken.
CREATE TABLE status_list (list BIGINT PRIMARY KEY, used BIGINT NOT NULL);
-- A credential that has not expired: its place, and with which others it was issued. Nothing of what it says is kept.
CREATE TABLE issued (
    list BIGINT NOT NULL,
    idx BIGINT NOT NULL,
    batch TEXT NOT NULL,
    pid TEXT NOT NULL,
    issued BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    withdrawn BIGINT,
    PRIMARY KEY (list, idx)
);
CREATE INDEX issued_pid ON issued (pid);
CREATE INDEX issued_expires ON issued (expires);
-- Who has just signed in, by the hash of the browser's secret.
CREATE TABLE visit (browser BYTEA PRIMARY KEY, pid TEXT NOT NULL, expires BIGINT NOT NULL);
CREATE INDEX visit_expires ON visit (expires);
-- Keys with certificates that have signed credentials that may live.
CREATE TABLE certified_key (kid TEXT PRIMARY KEY, jwk TEXT NOT NULL, until BIGINT NOT NULL);
