-- A person's sessions, for their own page, and the browser of each as it called itself when the session began.
CREATE INDEX authentication_pid ON authentication (pid);
ALTER TABLE session ADD COLUMN browser TEXT NOT NULL DEFAULT '';
-- The pages of passkeys were a client of their own. Now all of a person's own pages are one.
UPDATE client SET active = 0 WHERE client_id = 'idporten-passnoekler';
