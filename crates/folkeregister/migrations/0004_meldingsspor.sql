CREATE TABLE meldingsspor (avsender TEXT NOT NULL, id TEXT NOT NULL, pid TEXT NOT NULL, foer TEXT, etter TEXT NOT NULL, PRIMARY KEY (avsender, id, pid)) WITHOUT ROWID
