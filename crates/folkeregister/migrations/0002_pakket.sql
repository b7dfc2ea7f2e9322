ALTER TABLE dokument ADD COLUMN pakket BYTEA;
ALTER TABLE dokument ADD COLUMN pakket_historikk BYTEA
