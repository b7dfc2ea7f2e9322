-- A wallet is asked to show a credential. Moments are seconds since 1970. Secrets are here as hashes, or sealed: the
-- request's own nonce, state and key with a secret of the installation, the sign-in's handle with the cookie of the browser
-- that began it.
CREATE TABLE presentation (
    request BYTEA PRIMARY KEY,
    login BYTEA NOT NULL,
    asked BYTEA NOT NULL,
    handle BYTEA NOT NULL,
    browser TEXT NOT NULL,
    service TEXT NOT NULL,
    expires BIGINT NOT NULL,
    -- What came of it: a person, or why not.
    pid TEXT,
    fault TEXT,
    response_code BYTEA UNIQUE,
    digits BYTEA,
    wrong BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX presentation_expires ON presentation (expires);
