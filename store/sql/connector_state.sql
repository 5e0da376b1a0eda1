-- What connectors have published.

-- name: find_batch
SELECT collected_at, finished_at FROM connector_batch WHERE batch_id = %(batch)s

-- name: begin_batch
INSERT INTO connector_batch (batch_id, source, agency, collected_at)
VALUES (%(batch)s, %(source)s, %(agency)s, %(now)s)
ON CONFLICT DO NOTHING

-- name: finish_batch
UPDATE connector_batch SET finished_at = %(now)s WHERE batch_id = %(batch)s

-- name: renew_batch
UPDATE connector_batch SET collected_at = %(now)s, finished_at = NULL WHERE batch_id = %(batch)s

-- name: find_newest_batch
SELECT max(collected_at) AS collected_at FROM connector_batch
WHERE source = %(source)s AND agency = %(agency)s

-- name: find_records
SELECT held.agency, held.entity, held.reference, held.content, held.revision, held.area, held.withdrawn
FROM unnest(%(agencies)b::text[], %(entities)b::text[], %(references)b::text[]) AS wanted (agency, entity, reference)
JOIN connector_record AS held
    ON held.source = %(source)s AND held.agency = wanted.agency
    AND held.entity = wanted.entity AND held.reference = wanted.reference

-- name: create_incoming
CREATE TEMPORARY TABLE IF NOT EXISTS incoming_record (
    agency text, entity text, reference text, content bytea, revision bigint, area text, withdrawn boolean
)

-- name: empty_incoming
TRUNCATE incoming_record

-- name: copy_incoming
COPY incoming_record (agency, entity, reference, content, revision, area, withdrawn) FROM STDIN (FORMAT binary)

-- name: merge_incoming
INSERT INTO connector_record (source, agency, entity, reference, content, revision, area, withdrawn)
SELECT %(source)s, agency, entity, reference, content, revision, area, withdrawn FROM incoming_record
ON CONFLICT (source, agency, entity, reference) DO UPDATE
SET content = excluded.content, revision = excluded.revision, area = excluded.area, withdrawn = excluded.withdrawn

-- name: create_seen
CREATE TEMPORARY TABLE seen_record (agency text, entity text, reference text)

-- name: drop_seen
DROP TABLE IF EXISTS seen_record

-- name: copy_seen
COPY seen_record (agency, entity, reference) FROM STDIN (FORMAT binary)

-- name: count_held
SELECT count(*) AS held FROM connector_record
WHERE source = %(source)s AND agency = %(agency)s AND entity IN ('report', 'update') AND NOT withdrawn

-- name: find_unseen
SELECT held.agency, held.entity, held.reference, held.content, held.revision, held.area, held.withdrawn
FROM connector_record AS held
WHERE held.source = %(source)s AND held.agency = %(agency)s AND held.entity IN ('report', 'update') AND NOT held.withdrawn
    AND NOT EXISTS (
        SELECT FROM seen_record AS seen
        WHERE seen.agency = held.agency AND seen.entity = held.entity AND seen.reference = held.reference
    )
ORDER BY held.entity, held.reference

-- name: find_open_failures
SELECT agency, entity, reference, content, revision, area, withdrawn FROM connector_record
WHERE source = %(source)s AND entity = 'unfit' AND NOT withdrawn

-- name: find_periods
SELECT agency, period, layout FROM connector_period WHERE source = %(source)s

-- name: insert_period
INSERT INTO connector_period (source, agency, period, layout)
VALUES (%(source)s, %(agency)s, %(period)s, %(layout)s)
ON CONFLICT DO NOTHING
