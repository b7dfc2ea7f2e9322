CREATE TABLE enhet (
    orgnr TEXT PRIMARY KEY, slag BIGINT NOT NULL, tilstand BIGINT NOT NULL, navn TEXT NOT NULL, sortering BYTEA NOT NULL,
    form TEXT NOT NULL, kommune TEXT, postkommune TEXT, postnummer TEXT, naering BYTEA, overordnet TEXT, ansatte BIGINT,
    registrert TEXT, stiftet TEXT, sektor TEXT, regnskap TEXT, flagg BIGINT NOT NULL, innhold TEXT NOT NULL, roller TEXT
);
CREATE INDEX enhet_navn ON enhet (slag, tilstand, sortering, orgnr);
CREATE INDEX enhet_form ON enhet (form, sortering);
CREATE INDEX enhet_kommune ON enhet (kommune);
CREATE INDEX enhet_postkommune ON enhet (postkommune);
CREATE INDEX enhet_naering ON enhet (naering);
CREATE INDEX enhet_overordnet ON enhet (overordnet);
CREATE TABLE navneord (ord BYTEA NOT NULL, orgnr TEXT NOT NULL, PRIMARY KEY (ord, orgnr));
CREATE TABLE rolle (
    pid TEXT NOT NULL, orgnr TEXT NOT NULL, n BIGINT NOT NULL, kode TEXT NOT NULL, beskrivelse TEXT NOT NULL,
    fratraadt BIGINT NOT NULL, avregistrert BIGINT NOT NULL, doed BIGINT NOT NULL, PRIMARY KEY (pid, orgnr, n)
);
CREATE INDEX feed_slag ON feed (kind, seq);
