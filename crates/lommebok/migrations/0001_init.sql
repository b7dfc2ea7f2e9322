-- Moments are seconds since 1970. Secrets are kept as hashes, or sealed under a key that only the browser's cookie gives.
CREATE TABLE signing_in (id BYTEA PRIMARY KEY, sealed BYTEA NOT NULL, expires BIGINT NOT NULL);
CREATE INDEX signing_in_expires ON signing_in (expires);
-- An offer that a browser shows: its code, the transaction code, and how often that was wrong.
CREATE TABLE offer (
    code BYTEA PRIMARY KEY,
    tx_code BYTEA NOT NULL,
    wrong BIGINT NOT NULL,
    pid TEXT NOT NULL,
    browser BYTEA NOT NULL UNIQUE,
    sealed BYTEA NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX offer_expires ON offer (expires);
-- An access token, and the thumbprint of the key that it is bound to.
CREATE TABLE token (token BYTEA PRIMARY KEY, pid TEXT NOT NULL, jkt TEXT, expires BIGINT NOT NULL);
CREATE INDEX token_expires ON token (expires);
-- Nonces and proofs that have been used.
CREATE TABLE used (what BYTEA PRIMARY KEY, until BIGINT NOT NULL);
CREATE INDEX used_until ON used (until);
