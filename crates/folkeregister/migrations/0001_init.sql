CREATE TABLE nummer (pid TEXT PRIMARY KEY, dokument TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE dokument (id TEXT PRIMARY KEY, pid TEXT NOT NULL, gradering BIGINT NOT NULL, innhold TEXT NOT NULL, historikk TEXT);
CREATE TABLE nummerserie (dato TEXT NOT NULL, kjoenn TEXT NOT NULL, brukt BIGINT NOT NULL, PRIMARY KEY (dato, kjoenn));
CREATE TABLE hendelsesdokument (id TEXT PRIMARY KEY, pid TEXT NOT NULL, innhold TEXT NOT NULL);
CREATE TABLE melding (avsender TEXT NOT NULL, id TEXT NOT NULL, sum BYTEA NOT NULL, pid TEXT, kvittering TEXT NOT NULL, PRIMARY KEY (avsender, id))
