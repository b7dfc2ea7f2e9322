ALTER TABLE access_token ADD COLUMN jkt TEXT;
ALTER TABLE refresh_token ADD COLUMN jkt TEXT;
