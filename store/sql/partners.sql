-- Partner systems and how they prove who they are.

-- name: insert_partner
INSERT INTO partner (partner, agency, sector, area, webhook, webhook_role)
VALUES (%(partner)s, %(agency)s, %(sector)s, %(area)s, %(webhook)s, %(webhook_role)s)
ON CONFLICT DO NOTHING
RETURNING partner

-- name: insert_key
INSERT INTO partner_key (key_id, partner, purpose, digest, sealed)
VALUES (%(key_id)s, %(partner)s, %(purpose)s, %(digest)s, %(sealed)s)

-- name: end_keys
UPDATE partner_key SET ends_at = least(ends_at, now() + make_interval(secs => %(seconds)s))
WHERE partner = %(partner)s AND purpose = ANY (%(purposes)s)

-- name: revoke_partner
UPDATE partner SET revoked_at = now() WHERE partner = %(partner)s AND revoked_at IS NULL RETURNING partner

-- name: find_partner
SELECT partner, agency, sector, area, webhook, webhook_role, revoked_at IS NOT NULL AS revoked
FROM partner WHERE partner = %(partner)s

-- name: select_partners
SELECT partner.partner, agency, sector, area, webhook, webhook_role, revoked_at IS NOT NULL AS revoked, partner.added_at,
    coalesce(keys.purposes, '{}') AS purposes, keys.last_used_at,
    (SELECT count(*) FROM receipt WHERE receipt.partner = partner.partner AND receipt.state = 'published') AS pushed,
    (SELECT count(*) FROM letter WHERE letter.partner = partner.partner AND letter.state = 'waiting') AS waiting,
    (SELECT count(*) FROM letter WHERE letter.partner = partner.partner AND letter.state = 'dead') AS dead
FROM partner LEFT JOIN (
    SELECT partner, array_agg(DISTINCT purpose ORDER BY purpose) AS purposes, max(last_used_at) AS last_used_at
    FROM partner_key WHERE ends_at IS NULL OR ends_at > now() GROUP BY partner
) AS keys USING (partner)
ORDER BY partner.partner

-- name: find_key
SELECT key_id, digest, partner, agency, sector, area
FROM partner_key JOIN partner USING (partner)
WHERE key_id = %(key_id)s AND purpose = 'api key' AND revoked_at IS NULL AND (ends_at IS NULL OR ends_at > now())

-- name: select_secrets
SELECT key_id, sealed, partner, agency, sector, area
FROM partner_key JOIN partner USING (partner)
WHERE partner = %(partner)s AND purpose = %(purpose)s AND revoked_at IS NULL AND (ends_at IS NULL OR ends_at > now())
ORDER BY partner_key.added_at DESC

-- name: note_use
UPDATE partner_key SET last_used_at = now()
WHERE key_id = %(key_id)s AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')

-- name: take_proof
INSERT INTO partner_proof (proof) VALUES (%(proof)s) ON CONFLICT DO NOTHING RETURNING proof

-- name: give_proof_back
DELETE FROM partner_proof WHERE proof = %(proof)s

-- name: forget_old_proofs
DELETE FROM partner_proof WHERE taken_at < now() - make_interval(secs => %(seconds)s)
