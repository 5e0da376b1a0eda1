-- What became of the events that partners pushed.

-- name: begin_receipts
INSERT INTO receipt (receipt_id, partner, agency, content, received, state)
SELECT receipt_id, partner, agency, content, %(received)s, 'received'
FROM unnest(%(receipt_ids)s::text[], %(partners)s::text[], %(agencies)s::text[], %(contents)s::bytea[])
    AS begun (receipt_id, partner, agency, content)
ORDER BY receipt_id
ON CONFLICT (receipt_id) DO NOTHING

-- name: lock_agency
SELECT pg_advisory_xact_lock(hashtextextended('wardlink push ' || %(agency)s, 0))

-- name: find_receipts
SELECT receipt_id, content, received, state, report_id, area, revision, change, reasons
FROM receipt WHERE receipt_id = ANY (%(receipt_ids)s)

-- name: settle_receipts
UPDATE receipt SET content = settled.content, received = settled.received, state = settled.state,
    report_id = settled.report_id, area = settled.area, revision = settled.revision, change = settled.change,
    reasons = settled.reasons
FROM unnest(
    %(receipt_ids)s::text[], %(contents)s::bytea[], %(receiveds)s::bigint[], %(states)s::text[], %(report_ids)s::text[],
    %(areas)s::text[], %(revisions)s::bigint[], %(changes)s::text[], %(reasons)s::jsonb[]
) AS settled (receipt_id, content, received, state, report_id, area, revision, change, reasons)
WHERE receipt.receipt_id = settled.receipt_id

-- A report is stored with the revision that was pushed or a later one, and linked once it belongs to an incident. What
-- could not be used once it was published lies in quarantine under its report id and revision.
-- name: follow_receipt
SELECT receipt.receipt_id, receipt.received, receipt.report_id, receipt.change,
    CASE WHEN refused.reasons IS NULL THEN receipt.state ELSE 'unfit' END AS state,
    coalesce(refused.reasons, receipt.reasons) AS reasons,
    report.revision IS NOT NULL AS stored, report.incident_id IS NOT NULL AS linked
FROM receipt
LEFT JOIN report
    ON report.area = receipt.area AND report.report_id = receipt.report_id AND report.revision >= receipt.revision
LEFT JOIN LATERAL (
    SELECT jsonb_agg(DISTINCT jsonb_build_object('field', field, 'rule', rule, 'remedy', remedy)) AS reasons
    FROM quarantine
    WHERE report.revision IS NULL AND quarantine.area = receipt.area AND quarantine.agency = receipt.agency
        AND quarantine.row_reference = receipt.report_id || '/' || receipt.revision AND quarantine.state = 'open'
) AS refused ON true
WHERE receipt.receipt_id = %(receipt_id)s AND receipt.agency = %(agency)s
