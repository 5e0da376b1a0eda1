-- How far each partition has been read, and by whom.

-- name: lock_positions
SELECT topic, cluster_id, topic_id, next_offset, epoch, owner
FROM stream_position
WHERE consumer = %(consumer)s AND partition = %(partition)s AND topic = ANY (%(topics)s)
ORDER BY topic
FOR UPDATE

-- name: claim_position
INSERT INTO stream_position (consumer, topic, partition, cluster_id, topic_id, next_offset, epoch, owner)
VALUES (
    %(consumer)s, %(topic)s, %(partition)s, %(cluster_id)s, %(topic_id)s, %(start)s, 1, %(owner)s
)
ON CONFLICT (consumer, topic, partition) DO UPDATE SET epoch = stream_position.epoch + 1, owner = excluded.owner
RETURNING next_offset, epoch

-- name: owners_of
SELECT DISTINCT owner FROM stream_position
WHERE consumer = %(consumer)s AND partition = %(partition)s AND owner <> %(owner)s

-- name: end_sessions_of
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = ANY (%s) AND usename = current_user

-- name: advance_position
UPDATE stream_position SET next_offset = %(next)s
WHERE consumer = %(consumer)s AND topic = %(topic)s AND partition = %(partition)s
    AND epoch = %(epoch)s AND next_offset = %(base)s

-- name: read_position
SELECT next_offset, epoch FROM stream_position
WHERE consumer = %(consumer)s AND topic = %(topic)s AND partition = %(partition)s

-- name: read_epochs
SELECT topic, partition, epoch FROM stream_position WHERE consumer = %(consumer)s

-- name: list_positions
SELECT consumer, topic, partition, cluster_id, topic_id, next_offset, epoch, owner
FROM stream_position ORDER BY consumer, topic, partition

-- name: move_position
UPDATE stream_position
SET next_offset = %(next)s, cluster_id = %(cluster_id)s, topic_id = %(topic_id)s, epoch = epoch + 1, owner = %(owner)s
WHERE consumer = %(consumer)s AND topic = %(topic)s AND partition = %(partition)s
