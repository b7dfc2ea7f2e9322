-- What is searched for, a row for each person. The number nr is the day of birth (20190531) and four digits more, so that the
-- table itself is in the order in which hits come. The number trekk holds all that is one of few values (src/model/rad.rs says
-- which bit is what), barn the days of birth of the children that live, the youngest first, eight digits each, bekreftet the
-- moment when a channel of contact was last confirmed, in seconds since 1970 (0 where there is none), and verge the guardian.
CREATE TABLE person (
  nr BIGINT PRIMARY KEY,
  pid TEXT NOT NULL UNIQUE,
  kommune BIGINT NOT NULL,
  trekk BIGINT NOT NULL,
  barn TEXT NOT NULL,
  bekreftet BIGINT NOT NULL,
  verge TEXT
);
-- A municipality is what is asked for most. The index holds all that a search looks at, so that it reads nothing else.
CREATE INDEX person_kommune ON person (kommune, nr, trekk, barn, bekreftet);
CREATE INDEX person_verge ON person (verge) WHERE verge IS NOT NULL;
