-- What `collect` has done.

-- name: try_lock
SELECT pg_try_advisory_lock(%(class)s, hashtext(%(feed)s)) AS is_ours

-- name: find_file
SELECT name, read_as, state, attempts, begun_at, settled_at, receipt FROM connector_file
WHERE feed = %(feed)s AND digest = %(digest)s

-- name: begin_file
INSERT INTO connector_file (feed, digest, name, read_as, state, attempts, begun_at)
VALUES (%(feed)s, %(digest)s, %(name)s, %(read_as)s, 'begun', 1, %(now)s)
ON CONFLICT (feed, digest) DO UPDATE
SET name = excluded.name, read_as = excluded.read_as, state = 'begun', begun_at = excluded.begun_at,
    attempts = CASE WHEN connector_file.state = 'begun' THEN connector_file.attempts + 1 ELSE 1 END,
    settled_at = NULL, receipt = NULL

-- name: put_back_file
UPDATE connector_file SET attempts = attempts - 1 WHERE feed = %(feed)s AND digest = %(digest)s AND state = 'begun'

-- name: conclude_file
UPDATE connector_file SET state = %(state)s, receipt = %(receipt)s WHERE feed = %(feed)s AND digest = %(digest)s

-- name: settle_file
UPDATE connector_file SET settled_at = %(now)s WHERE feed = %(feed)s AND digest = %(digest)s

-- name: note_look
INSERT INTO connector_look (feed, looked_at, trouble, trouble_since)
VALUES (%(feed)s, %(now)s, %(trouble)s, CASE WHEN %(trouble)s <> '' THEN %(now)s::bigint END)
ON CONFLICT (feed) DO UPDATE
SET looked_at = excluded.looked_at, trouble = excluded.trouble,
    trouble_since = CASE
        WHEN excluded.trouble = '' THEN NULL
        ELSE coalesce(connector_look.trouble_since, excluded.trouble_since)
    END

-- name: find_looks
SELECT feed, looked_at, trouble, trouble_since FROM connector_look

-- name: count_files
SELECT feed, state, count(*) AS files, max(begun_at) AS last FROM connector_file GROUP BY feed, state
