-- Whose homes are whose.

-- name: lock_agency
SELECT pg_advisory_xact_lock(%(class)s, hashtext(%(agency)s))

-- name: find_newest_list
SELECT as_of, digest FROM stock_list WHERE agency = %(agency)s ORDER BY as_of DESC, list_id DESC LIMIT 1

-- name: insert_list
INSERT INTO stock_list (agency, as_of, source, digest, homes)
VALUES (%(agency)s, %(as_of)s, %(source)s, %(digest)s, 0)
ON CONFLICT (agency, as_of, digest) DO UPDATE SET imported_at = now()
RETURNING list_id

-- name: count_list
UPDATE stock_list SET homes = (SELECT count(*) FROM incoming_home) WHERE list_id = %(list_id)s

-- name: create_incoming
CREATE TEMPORARY TABLE incoming_home (
    uprn text PRIMARY KEY, valid_from date, tenure text, block text, block_uprn text, block_dwellings int
)

-- name: drop_incoming
DROP TABLE incoming_home

-- name: copy_incoming
COPY incoming_home (uprn, valid_from, tenure, block, block_uprn, block_dwellings) FROM STDIN (FORMAT binary)

-- name: count_changes
SELECT
    count(*) FILTER (WHERE held.uprn IS NULL) AS added,
    count(*) FILTER (WHERE came.uprn IS NULL) AS removed,
    count(*) FILTER (
        WHERE held.uprn = came.uprn
            AND (held.tenure, held.block, held.block_uprn, held.block_dwellings)
                IS DISTINCT FROM (came.tenure, came.block, came.block_uprn, came.block_dwellings)
    ) AS changed,
    count(held.uprn) AS held
FROM incoming_home AS came
FULL JOIN (SELECT * FROM stock_home WHERE agency = %(agency)s AND valid_to IS NULL) AS held ON held.uprn = came.uprn

-- A list takes the place of another of the same day: first what that one did is undone.
-- name: forget_homes_of_the_day
DELETE FROM stock_home
WHERE agency = %(agency)s
    AND list_id IN (SELECT list_id FROM stock_list WHERE agency = %(agency)s AND as_of = %(as_of)s)

-- name: reopen_homes_of_the_day
UPDATE stock_home SET valid_to = NULL WHERE agency = %(agency)s AND valid_to = %(as_of)s

-- name: forget_what_never_began
DELETE FROM stock_home AS held
WHERE held.agency = %(agency)s AND held.valid_to IS NULL AND held.valid_from >= %(as_of)s
    AND NOT EXISTS (
        SELECT FROM incoming_home AS came
        WHERE came.uprn = held.uprn
            AND (held.tenure, held.block, held.block_uprn, held.block_dwellings)
                IS NOT DISTINCT FROM (came.tenure, came.block, came.block_uprn, came.block_dwellings)
            AND held.valid_from = greatest(came.valid_from, %(as_of)s::date)
    )

-- name: end_homes
UPDATE stock_home AS held SET valid_to = %(as_of)s
WHERE held.agency = %(agency)s AND held.valid_to IS NULL
    AND NOT EXISTS (
        SELECT FROM incoming_home AS came
        WHERE came.uprn = held.uprn
            AND (held.tenure, held.block, held.block_uprn, held.block_dwellings)
                IS NOT DISTINCT FROM (came.tenure, came.block, came.block_uprn, came.block_dwellings)
    )

-- A home's own date counts, but not into a time of which something is held already.
-- name: insert_homes
INSERT INTO stock_home (agency, uprn, valid_from, tenure, block, block_uprn, block_dwellings, list_id)
SELECT %(agency)s, came.uprn,
    CASE WHEN was.ended = %(as_of)s THEN was.ended
        ELSE greatest(coalesce(came.valid_from, %(as_of)s::date), was.ended) END,
    came.tenure, came.block, came.block_uprn, came.block_dwellings, %(list_id)s
FROM incoming_home AS came
LEFT JOIN (SELECT uprn, max(valid_to) AS ended FROM stock_home WHERE agency = %(agency)s GROUP BY uprn) AS was
    ON was.uprn = came.uprn
WHERE NOT EXISTS (
    SELECT FROM stock_home AS held
    WHERE held.agency = %(agency)s AND held.uprn = came.uprn AND held.valid_to IS NULL
)

-- name: find_holdings
SELECT agency, uprn, tenure, block, block_uprn, block_dwellings, valid_from, valid_to FROM stock_home
WHERE uprn = ANY (%(uprns)s) AND valid_from <= %(day)s AND (valid_to IS NULL OR valid_to > %(day)s)
ORDER BY uprn, agency

-- name: find_block_holders
SELECT agency, count(*) AS homes, max(block_dwellings) AS dwellings FROM stock_home
WHERE block_uprn = %(block_uprn)s AND valid_from <= %(day)s AND (valid_to IS NULL OR valid_to > %(day)s)
GROUP BY agency ORDER BY agency

-- name: find_place_holders
SELECT agency, valid_from, valid_to FROM stock_home
WHERE (%(level)s = 'uprn' AND uprn = %(uprn)s) OR (%(level)s = 'block' AND block_uprn = %(uprn)s)
ORDER BY agency, valid_from

-- name: list_lists
SELECT DISTINCT ON (agency) agency, as_of, source, digest, homes, imported_at FROM stock_list
ORDER BY agency, as_of DESC, list_id DESC
