CREATE TABLE process_definition (id TEXT NOT NULL, version TEXT NOT NULL, xml TEXT NOT NULL, PRIMARY KEY (id, version));
CREATE TABLE process_instance (
    id TEXT NOT NULL PRIMARY KEY, definition TEXT NOT NULL, version TEXT NOT NULL, business_key TEXT NOT NULL,
    rev BIGINT NOT NULL, status TEXT NOT NULL, state TEXT NOT NULL, started TEXT NOT NULL, ended TEXT,
    UNIQUE (definition, business_key));
CREATE TABLE process_journal (instance TEXT NOT NULL, rev BIGINT NOT NULL, entries TEXT NOT NULL, PRIMARY KEY (instance, rev));
CREATE TABLE process_effect (
    id TEXT NOT NULL PRIMARY KEY, instance TEXT NOT NULL, token BIGINT NOT NULL, element TEXT NOT NULL, visit BIGINT NOT NULL,
    handler TEXT NOT NULL, attempts BIGINT NOT NULL, next_at BIGINT NOT NULL, owner TEXT);
CREATE INDEX process_effect_due ON process_effect (next_at);
CREATE TABLE process_wait (
    instance TEXT NOT NULL, token BIGINT NOT NULL, element TEXT NOT NULL, message TEXT, key TEXT, due BIGINT,
    PRIMARY KEY (instance, token, element));
CREATE INDEX process_wait_message ON process_wait (message, key);
CREATE INDEX process_wait_due ON process_wait (due);
CREATE TABLE process_inbox (
    source TEXT NOT NULL, ref TEXT NOT NULL, message TEXT NOT NULL, key TEXT NOT NULL, payload TEXT NOT NULL,
    at TEXT NOT NULL, taken BIGINT NOT NULL, taken_by TEXT, PRIMARY KEY (source, ref));
CREATE INDEX process_inbox_taken ON process_inbox (taken, message, key);
CREATE TABLE process_node (node TEXT NOT NULL PRIMARY KEY, boot TEXT NOT NULL, alive_until BIGINT NOT NULL)
