CREATE TABLE session (
    id BYTEA PRIMARY KEY,
    sealed BYTEA NOT NULL,
    created BIGINT NOT NULL,
    seen BIGINT NOT NULL
);
CREATE INDEX session_seen ON session (seen);
CREATE TABLE signing_in (id BYTEA PRIMARY KEY, sealed BYTEA NOT NULL, expires BIGINT NOT NULL);
CREATE INDEX signing_in_expires ON signing_in (expires);
