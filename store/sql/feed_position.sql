-- How far services that are asked over the network have been read.

-- name: find_position
SELECT read_until FROM feed_position WHERE source = %(source)s AND agency = %(agency)s AND service = %(service)s

-- name: save_position
INSERT INTO feed_position (source, agency, service, read_until)
VALUES (%(source)s, %(agency)s, %(service)s, %(read_until)s)
ON CONFLICT (source, agency, service) DO UPDATE
SET read_until = greatest(feed_position.read_until, excluded.read_until)
