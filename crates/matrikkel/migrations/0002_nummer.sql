-- A property's number in its parts, so that properties are found by municipality, holding and so on, in the numbers' order.
ALTER TABLE eiendom ADD COLUMN kommune TEXT NOT NULL DEFAULT '';
ALTER TABLE eiendom ADD COLUMN gnr BIGINT NOT NULL DEFAULT 0;
ALTER TABLE eiendom ADD COLUMN bnr BIGINT NOT NULL DEFAULT 0;
ALTER TABLE eiendom ADD COLUMN fnr BIGINT NOT NULL DEFAULT 0;
-- Of '0301-207/454/1' fra_gnr is '207/454/1', fra_bnr '/454/1' and fra_fnr '/1'.
UPDATE eiendom SET kommune = substr(nummer, 1, 4),
    gnr = CAST(substr(fra_gnr, 1, length(fra_gnr) - length(fra_bnr)) AS BIGINT),
    bnr = CAST(substr(fra_bnr, 2, length(fra_bnr) - 1 - length(fra_fnr)) AS BIGINT),
    fnr = CAST('0' || substr(fra_fnr, 2) AS BIGINT)
FROM (
    SELECT eiendom, fra_gnr, fra_bnr, ltrim(substr(fra_bnr, 2), '0123456789') AS fra_fnr FROM (
        SELECT eiendom, fra_gnr, ltrim(fra_gnr, '0123456789') AS fra_bnr FROM (
            SELECT id AS eiendom, substr(nummer, 6) AS fra_gnr FROM eiendom
        ) AS utenKommune
    ) AS utenGnr
) AS deler WHERE deler.eiendom = eiendom.id;
CREATE INDEX eiendom_deler ON eiendom (kommune, gnr, bnr, fnr);
