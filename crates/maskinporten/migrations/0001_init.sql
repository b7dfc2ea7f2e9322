CREATE TABLE scope (
    scope TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    description TEXT NOT NULL,
    active BIGINT NOT NULL,
    accessible_for_all BIGINT NOT NULL,
    at_max_age BIGINT NOT NULL,
    delegation_source TEXT
);
CREATE TABLE scope_revision (id BIGINT PRIMARY KEY, revision BIGINT NOT NULL);
INSERT INTO scope_revision (id, revision) VALUES (1, 1);
CREATE TABLE scope_access (scope TEXT NOT NULL, consumer TEXT NOT NULL, PRIMARY KEY (consumer, scope));
CREATE TABLE delegation (
    scope TEXT NOT NULL,
    consumer TEXT NOT NULL,
    supplier TEXT NOT NULL,
    PRIMARY KEY (supplier, consumer, scope)
);
CREATE TABLE client (
    client_id TEXT PRIMARY KEY,
    orgnr TEXT NOT NULL,
    name TEXT NOT NULL,
    active BIGINT NOT NULL,
    access_token_lifetime BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    created BIGINT NOT NULL,
    last_updated BIGINT NOT NULL
);
CREATE INDEX client_orgnr ON client (orgnr);
CREATE TABLE client_scope (client_id TEXT NOT NULL, scope TEXT NOT NULL, PRIMARY KEY (client_id, scope));
CREATE TABLE client_key (
    client_id TEXT NOT NULL,
    kid TEXT NOT NULL,
    jwk TEXT NOT NULL,
    expires BIGINT NOT NULL,
    PRIMARY KEY (client_id, kid)
);
CREATE TABLE used_assertion (fingerprint BYTEA PRIMARY KEY, expires BIGINT NOT NULL);
CREATE INDEX used_assertion_expires ON used_assertion (expires);
CREATE TABLE issued (
    nr BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    client_id TEXT NOT NULL,
    consumer TEXT NOT NULL,
    supplier TEXT,
    scope TEXT NOT NULL,
    pid TEXT,
    jti TEXT NOT NULL
);
