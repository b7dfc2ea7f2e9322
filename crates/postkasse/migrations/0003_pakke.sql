-- What a letter consists of that came as a signed package, as JSON. A letter without is one PDF. The package itself stands as its
-- document, and the signed message by which it came is kept beside it as evidence.
ALTER TABLE forsendelse ADD COLUMN dokumenter TEXT;
ALTER TABLE dokument ADD COLUMN melding TEXT;
