-- What leaves: published by `relay` in the order of writing, then marked; handed on by `deliver`.

-- name: lock_relay
SELECT pg_try_advisory_lock(hashtext('wardlink-relay')) AS locked

-- name: select_unsent
SELECT seq, message_id, topic, key, body, event_time FROM outbox WHERE sent_at IS NULL ORDER BY seq LIMIT %s

-- name: mark_sent
UPDATE outbox SET sent_at = now() WHERE seq = ANY (%s)

-- name: count_unsent
SELECT count(*) AS unsent FROM outbox WHERE sent_at IS NULL

-- name: select_delivered
SELECT message_id FROM delivery WHERE channel = %s AND message_id = ANY (%s)

-- name: insert_delivered
INSERT INTO delivery (message_id, channel) SELECT unnest(%s::text[]), %s ON CONFLICT DO NOTHING
