-- People are found by two words of a name too. All rows of searches are made anew at the next start.
DELETE FROM soekeord;
DELETE FROM ordtall;
DELETE FROM ajourfoert WHERE hva = 'soek'
