-- Who has another number now. The owner of a mailbox is kept as it was told, and read through this: there are millions of mailboxes,
-- and few people who ever get another number.
CREATE TABLE nummer (gammelt TEXT PRIMARY KEY, nytt TEXT NOT NULL);
