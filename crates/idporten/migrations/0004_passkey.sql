CREATE TABLE passkey_holder (handle BYTEA PRIMARY KEY, pid TEXT NOT NULL UNIQUE);
CREATE TABLE passkey (
    credential_id BYTEA PRIMARY KEY,
    holder BYTEA NOT NULL,
    name TEXT NOT NULL,
    public_key BYTEA NOT NULL,
    sign_count BIGINT NOT NULL,
    backup_eligible BIGINT NOT NULL,
    backed_up BIGINT NOT NULL,
    vouched_by TEXT NOT NULL,
    made BIGINT NOT NULL,
    last_used BIGINT,
    locked BIGINT
);
CREATE INDEX passkey_of_holder ON passkey (holder);
CREATE TABLE passkey_challenge (challenge BYTEA PRIMARY KEY, owner BYTEA NOT NULL, expires BIGINT NOT NULL);
CREATE INDEX passkey_challenge_expires ON passkey_challenge (expires);
