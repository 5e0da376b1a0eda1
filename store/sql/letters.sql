-- Alerts on their way to partners' webhooks.

-- name: select_addressees
SELECT partner, agency, webhook_role FROM partner
WHERE agency = ANY (%(agencies)s) AND webhook IS NOT NULL AND revoked_at IS NULL
ORDER BY partner

-- name: select_own_references
SELECT area, report_id, reference, case_reference FROM report
WHERE area = ANY (%(areas)s) AND report_id = ANY (%(report_ids)s) AND agency = ANY (%(agencies)s)

-- name: select_last_bodies
SELECT DISTINCT ON (alert_id) alert_id, body FROM letter WHERE alert_id = ANY (%(alert_ids)s) ORDER BY alert_id, seq DESC

-- name: insert_letters
INSERT INTO letter (message_id, partner, alert_id, body)
SELECT * FROM unnest(%(message_ids)s::text[], %(partners)s::text[], %(alert_ids)s::text[], %(bodies)s::bytea[])
ON CONFLICT DO NOTHING

-- One letter for each partner: the oldest that is due and does not overtake an earlier one of the same alert.
-- name: claim_due
UPDATE letter SET attempts = attempts + 1, due_at = now() + make_interval(secs => %(lease)s)
FROM partner
WHERE partner.partner = letter.partner AND letter.seq IN (
    SELECT (
        SELECT seq FROM letter
        WHERE letter.partner = partner.partner AND state = 'waiting' AND due_at <= now() AND NOT EXISTS (
            SELECT FROM letter AS earlier
            WHERE earlier.partner = letter.partner AND earlier.alert_id = letter.alert_id
                AND earlier.state = 'waiting' AND earlier.seq < letter.seq
        )
        ORDER BY seq LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    FROM partner WHERE webhook IS NOT NULL AND revoked_at IS NULL
)
RETURNING letter.seq, letter.message_id, letter.partner, letter.body, letter.attempts, partner.webhook

-- name: settle_letter
UPDATE letter SET state = %(state)s, answer = %(answer)s, due_at = now() + make_interval(secs => %(wait)s),
    settled_at = CASE WHEN %(state)s <> 'waiting' THEN now() END
WHERE seq = %(seq)s AND state = 'waiting'

-- name: revive_letters
UPDATE letter SET state = 'waiting', attempts = 0, due_at = now(), settled_at = NULL
WHERE partner = %(partner)s AND state = 'dead'

-- name: count_dead
SELECT partner, count(*) AS letters, min(settled_at) AS since FROM letter WHERE state = 'dead'
GROUP BY partner ORDER BY partner

-- name: bury_letters
UPDATE letter SET state = 'dead', answer = 'the partner was revoked', settled_at = now()
WHERE partner = %(partner)s AND state = 'waiting'

-- name: seconds_to_next
SELECT extract(epoch FROM min(due_at) - now())::float8 AS seconds
FROM letter JOIN partner USING (partner)
WHERE state = 'waiting' AND webhook IS NOT NULL AND revoked_at IS NULL AND NOT EXISTS (
    SELECT FROM letter AS earlier
    WHERE earlier.partner = letter.partner AND earlier.alert_id = letter.alert_id
        AND earlier.state = 'waiting' AND earlier.seq < letter.seq
)
