CREATE TABLE uttrekk (id TEXT PRIMARY KEY, eier TEXT NOT NULL, pakke TEXT NOT NULL, laget TEXT NOT NULL, sist TEXT NOT NULL, ferdig BIGINT NOT NULL);
CREATE TABLE uttrekksbatch (uttrekk TEXT NOT NULL, nr BIGINT NOT NULL, innhold TEXT NOT NULL, PRIMARY KEY (uttrekk, nr)) WITHOUT ROWID;
CREATE INDEX meldingsspor_etter ON meldingsspor (etter)
