CREATE TABLE secret (name TEXT PRIMARY KEY, sealed BYTEA NOT NULL);
CREATE TABLE scope (scope TEXT PRIMARY KEY, settings TEXT NOT NULL, active BIGINT NOT NULL);
CREATE TABLE client (
    client_id TEXT PRIMARY KEY,
    settings TEXT NOT NULL,
    secret BYTEA,
    secret_expires BIGINT NOT NULL,
    keys_expire BIGINT NOT NULL,
    active BIGINT NOT NULL,
    created BIGINT NOT NULL,
    last_updated BIGINT NOT NULL
);
CREATE TABLE used_assertion (fingerprint BYTEA PRIMARY KEY, expires BIGINT NOT NULL);
CREATE INDEX used_assertion_expires ON used_assertion (expires);
CREATE TABLE pushed (handle BYTEA PRIMARY KEY, client_id TEXT NOT NULL, parameters TEXT NOT NULL, expires BIGINT NOT NULL);
CREATE INDEX pushed_expires ON pushed (expires);
CREATE TABLE login (
    handle BYTEA PRIMARY KEY,
    browser BYTEA NOT NULL,
    request TEXT NOT NULL,
    signed_in TEXT,
    attempts BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX login_expires ON login (expires);
CREATE TABLE session (sid TEXT PRIMARY KEY, cookie BYTEA NOT NULL UNIQUE, started BIGINT NOT NULL, touched BIGINT NOT NULL);
CREATE INDEX session_started ON session (started);
CREATE TABLE authentication (
    sid TEXT NOT NULL,
    realm TEXT NOT NULL,
    pid TEXT NOT NULL,
    level BIGINT NOT NULL,
    amr TEXT NOT NULL,
    auth_time BIGINT NOT NULL,
    PRIMARY KEY (sid, realm)
);
CREATE TABLE participant (sid TEXT NOT NULL, client_id TEXT NOT NULL, PRIMARY KEY (sid, client_id));
CREATE TABLE granted (
    id TEXT PRIMARY KEY,
    client_id TEXT NOT NULL,
    sid TEXT NOT NULL,
    survives_logout BIGINT NOT NULL,
    revoked BIGINT NOT NULL,
    ends BIGINT NOT NULL,
    data TEXT NOT NULL
);
CREATE INDEX granted_sid ON granted (sid);
CREATE INDEX granted_ends ON granted (ends);
CREATE TABLE code (hash BYTEA PRIMARY KEY, granted TEXT NOT NULL, used BIGINT NOT NULL, expires BIGINT NOT NULL);
CREATE INDEX code_granted ON code (granted);
CREATE TABLE refresh_token (
    hash BYTEA PRIMARY KEY,
    granted TEXT NOT NULL,
    used BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX refresh_token_granted ON refresh_token (granted);
CREATE TABLE access_token (
    hash BYTEA PRIMARY KEY,
    granted TEXT NOT NULL,
    jti TEXT NOT NULL,
    scope TEXT NOT NULL,
    issued BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX access_token_granted ON access_token (granted);
CREATE INDEX access_token_expires ON access_token (expires);
