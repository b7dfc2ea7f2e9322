ALTER TABLE scope ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';
ALTER TABLE scope ADD COLUMN created BIGINT NOT NULL DEFAULT 0;
ALTER TABLE scope ADD COLUMN last_updated BIGINT NOT NULL DEFAULT 0;
CREATE INDEX scope_owner ON scope (owner);
CREATE TABLE scope_prefix (prefix TEXT NOT NULL, owner TEXT NOT NULL, PRIMARY KEY (prefix, owner));
ALTER TABLE scope_access ADD COLUMN state TEXT NOT NULL DEFAULT 'APPROVED';
ALTER TABLE scope_access ADD COLUMN created BIGINT NOT NULL DEFAULT 0;
ALTER TABLE scope_access ADD COLUMN last_updated BIGINT NOT NULL DEFAULT 0;
CREATE INDEX scope_access_scope ON scope_access (scope);
ALTER TABLE client ADD COLUMN tenant TEXT NOT NULL DEFAULT '';
ALTER TABLE client ADD COLUMN integration_type TEXT NOT NULL DEFAULT 'maskinporten';
ALTER TABLE client ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';
ALTER TABLE client ADD COLUMN keys_created BIGINT NOT NULL DEFAULT 0;
ALTER TABLE client ADD COLUMN keys_updated BIGINT NOT NULL DEFAULT 0;
UPDATE client SET tenant = orgnr;
CREATE INDEX client_tenant ON client (tenant);
CREATE TABLE client_onbehalfof (
    client_id TEXT NOT NULL,
    handle TEXT NOT NULL,
    display_name TEXT NOT NULL,
    orgnr TEXT NOT NULL,
    url TEXT NOT NULL,
    PRIMARY KEY (client_id, handle)
);
CREATE TABLE system (system_id TEXT PRIMARY KEY, supplier TEXT NOT NULL, name TEXT NOT NULL, created BIGINT NOT NULL);
CREATE TABLE system_client (client_id TEXT PRIMARY KEY, system_id TEXT NOT NULL);
CREATE INDEX system_client_system ON system_client (system_id);
CREATE TABLE system_user (
    id TEXT PRIMARY KEY,
    system_id TEXT NOT NULL,
    party TEXT NOT NULL,
    external_ref TEXT NOT NULL,
    active BIGINT NOT NULL,
    created BIGINT NOT NULL,
    UNIQUE (system_id, party, external_ref)
);
CREATE TABLE test_ca (
    id BIGINT PRIMARY KEY,
    root BYTEA NOT NULL,
    root_key BYTEA NOT NULL,
    issuing BYTEA NOT NULL,
    issuing_key BYTEA NOT NULL
);
CREATE TABLE test_certificate (
    serial TEXT PRIMARY KEY,
    orgnr TEXT NOT NULL,
    issued BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    revoked BIGINT
);
