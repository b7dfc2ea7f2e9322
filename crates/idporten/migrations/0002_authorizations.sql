-- Whose an authorization is, so that the person can see and withdraw it. Those of before end within their lifetime.
ALTER TABLE granted ADD COLUMN pid TEXT;
CREATE INDEX granted_pid ON granted (pid);
-- `revoked` is 0, or when in seconds since 1970.
CREATE INDEX granted_revoked ON granted (client_id) WHERE revoked > 0;
-- Every sign-in, for the person: written in the transaction that gives the client its code.
CREATE TABLE sign_in_log (
    id TEXT PRIMARY KEY,
    pid TEXT NOT NULL,
    time BIGINT NOT NULL,
    client_id TEXT NOT NULL,
    orgno TEXT NOT NULL,
    service TEXT NOT NULL,
    eid TEXT NOT NULL,
    level BIGINT NOT NULL,
    sid TEXT NOT NULL
);
CREATE INDEX sign_in_log_pid ON sign_in_log (pid, time);
CREATE INDEX sign_in_log_time ON sign_in_log (time);
