CREATE TABLE kommune (nummer TEXT PRIMARY KEY, innhold TEXT NOT NULL);
CREATE TABLE ordbok (n BIGINT PRIMARY KEY, ord TEXT NOT NULL UNIQUE);
CREATE TABLE omraade (
    id BIGINT PRIMARY KEY, kommune TEXT NOT NULL, kommunenavn TEXT NOT NULL, postnummer TEXT NOT NULL,
    poststed TEXT NOT NULL, UNIQUE (kommune, postnummer)
);
CREATE TABLE omraadeord (ord BIGINT NOT NULL, slag BIGINT NOT NULL, omraade BIGINT NOT NULL, PRIMARY KEY (ord, slag, omraade)) WITHOUT ROWID;
CREATE TABLE strekning (
    id BIGINT PRIMARY KEY, omraade BIGINT NOT NULL, kode BIGINT NOT NULL, navn TEXT NOT NULL, tillegg TEXT NOT NULL,
    sortering BYTEA NOT NULL, antall BIGINT NOT NULL, UNIQUE (omraade, kode, navn, tillegg)
);
CREATE TABLE strekningsord (ord BIGINT NOT NULL, slag BIGINT NOT NULL, strekning BIGINT NOT NULL, PRIMARY KEY (ord, slag, strekning)) WITHOUT ROWID;
CREATE TABLE adresse (
    id BIGINT PRIMARY KEY, strekning BIGINT NOT NULL, nummer BIGINT NOT NULL, bokstav TEXT NOT NULL, gnr BIGINT NOT NULL,
    bnr BIGINT NOT NULL, fnr BIGINT NOT NULL, unr BIGINT NOT NULL, lat BIGINT NOT NULL, lon BIGINT NOT NULL,
    celle BIGINT NOT NULL, bruksenheter TEXT NOT NULL, oppdatert TEXT NOT NULL, eiendom BIGINT NOT NULL
);
CREATE INDEX adresse_strekning ON adresse (strekning, nummer, bokstav, id);
CREATE INDEX adresse_celle ON adresse (celle, lat, lon, id);
CREATE INDEX adresse_eiendom ON adresse (gnr, bnr, fnr);
CREATE INDEX adresse_nummer ON adresse (nummer, bokstav, id);
CREATE TABLE eiendom (id BIGINT PRIMARY KEY, nummer TEXT NOT NULL UNIQUE, fra BIGINT NOT NULL, innhold TEXT NOT NULL);
CREATE TABLE eiendom_foer (eiendom BIGINT NOT NULL, fra BIGINT NOT NULL, innhold TEXT NOT NULL, PRIMARY KEY (eiendom, fra));
CREATE TABLE bygning (nummer BIGINT PRIMARY KEY, eiendom BIGINT NOT NULL);
CREATE TABLE eier (pid TEXT NOT NULL, eiendom BIGINT NOT NULL, PRIMARY KEY (pid, eiendom)) WITHOUT ROWID;
