CREATE TABLE melding (
    avsender TEXT NOT NULL, id TEXT NOT NULL, slag TEXT NOT NULL, innhold TEXT NOT NULL, kvittering TEXT NOT NULL,
    PRIMARY KEY (avsender, id)
);
CREATE TABLE frivillig_organisasjon (
    orgnr TEXT PRIMARY KEY, foerste TEXT NOT NULL, innfoert TEXT NOT NULL, slettet TEXT, innhold TEXT NOT NULL
);
