CREATE TABLE reise (
    nr BIGINT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    instans TEXT NOT NULL,
    sak TEXT NOT NULL,
    barn TEXT NOT NULL UNIQUE,
    mor TEXT,
    annen TEXT,
    foedselsdato TEXT,
    opprettet TEXT NOT NULL,
    stans TEXT
);
CREATE INDEX reise_mor ON reise (mor, nr);
CREATE INDEX reise_annen ON reise (annen, nr);
CREATE TABLE grunnlag (reise TEXT NOT NULL PRIMARY KEY, innhold TEXT NOT NULL);
CREATE TABLE vurdering (reise TEXT NOT NULL PRIMARY KEY, innhold TEXT NOT NULL);
CREATE TABLE vedtak (
    id TEXT NOT NULL PRIMARY KEY,
    reise TEXT NOT NULL,
    nr BIGINT NOT NULL,
    part TEXT NOT NULL,
    etat TEXT NOT NULL,
    innhold TEXT NOT NULL,
    brev TEXT NOT NULL,
    kanal TEXT,
    melding TEXT,
    postkasseadresse TEXT,
    sendt TEXT
);
CREATE INDEX vedtak_reise ON vedtak (reise, nr);
CREATE TABLE oppgave (
    id TEXT NOT NULL PRIMARY KEY,
    slag TEXT NOT NULL,
    etat TEXT NOT NULL,
    reise TEXT NOT NULL,
    sak TEXT NOT NULL,
    vedtak TEXT,
    part TEXT NOT NULL,
    tittel TEXT NOT NULL,
    grunner TEXT NOT NULL,
    frist TEXT NOT NULL,
    opprettet TEXT NOT NULL,
    tekst TEXT,
    faktum TEXT,
    noekkel TEXT,
    loest BIGINT NOT NULL,
    loesning TEXT,
    loest_av TEXT
);
CREATE INDEX oppgave_liste ON oppgave (etat, loest, frist, opprettet);
CREATE INDEX oppgave_reise ON oppgave (reise, loest);
CREATE INDEX oppgave_vedtak ON oppgave (vedtak, opprettet);
CREATE TABLE saksbehandler (pid TEXT NOT NULL PRIMARY KEY, orgnr TEXT NOT NULL, rolle TEXT NOT NULL, navn TEXT)
