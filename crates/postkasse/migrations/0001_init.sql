CREATE TABLE postboks (adresse TEXT PRIMARY KEY, pid TEXT NOT NULL);
CREATE TABLE forsendelse (
    nr BIGINT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    konversasjon TEXT NOT NULL,
    avsender TEXT NOT NULL,
    avsenderidentifikator TEXT NOT NULL,
    signatar TEXT NOT NULL,
    leverandoer TEXT NOT NULL,
    kanal TEXT NOT NULL,
    slag TEXT NOT NULL,
    avtrykk TEXT NOT NULL,
    brev TEXT NOT NULL,
    stoerrelse BIGINT NOT NULL,
    mottatt TEXT NOT NULL,
    feil TEXT,
    eier TEXT,
    tittel TEXT,
    nivaa BIGINT,
    synlig BIGINT,
    vil_kvittering BIGINT NOT NULL,
    aapnet TEXT,
    utskriftsstatus TEXT
);
CREATE INDEX forsendelse_eier ON forsendelse (eier, synlig, nr);
CREATE INDEX forsendelse_utskrift ON forsendelse (utskriftsstatus, nr);
CREATE TABLE dokument (nr BIGINT PRIMARY KEY, innhold BYTEA NOT NULL);
CREATE TABLE kvittering (
    nr BIGINT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    forsendelse BIGINT NOT NULL,
    avsender TEXT NOT NULL,
    kanal TEXT NOT NULL,
    slag TEXT NOT NULL,
    tidspunkt TEXT NOT NULL,
    detaljer TEXT,
    lest TEXT
);
CREATE INDEX kvittering_ulest ON kvittering (avsender, kanal, lest, nr);
