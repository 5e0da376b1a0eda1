-- To whom in its agency an alert goes.

-- The places of the recipient's own reports of the case, where it comes from first; and the case's own place, which alone
-- a landlord that reported nothing has.
-- name: select_spots
WITH found AS (
    SELECT place_level, place_code, report_ids FROM case_file WHERE area = %(area)s AND case_id = %(case_id)s
)
SELECT DISTINCT uprn, parent_uprn, ward, rank FROM (
    SELECT CASE WHEN place_level = 'uprn' THEN place_code END AS uprn,
        CASE WHEN place_level = 'block' THEN place_code END AS parent_uprn,
        CASE WHEN place_level = 'ward' THEN place_code END AS ward, 0 AS rank
    FROM found WHERE place_level IN ('uprn', 'block', 'ward')
    UNION ALL
    SELECT at.uprn, at.parent_uprn, at.ward,
        CASE WHEN at.report_id = ANY (%(report_ids)s) THEN 0 ELSE 10 END
            + CASE at.role WHEN 'SOURCE' THEN 1 WHEN 'OCCURRED' THEN 2 ELSE 3 END
    FROM report_place AS at
    JOIN report ON report.area = at.area AND report.report_id = at.report_id
    WHERE at.area = %(area)s AND report.agency = %(agency)s AND NOT report.withdrawn
        AND at.report_id = ANY (%(report_ids)s || coalesce((SELECT report_ids FROM found), '{}'))
) AS spot
WHERE coalesce(uprn, parent_uprn, ward) IS NOT NULL
ORDER BY rank, uprn, parent_uprn, ward

-- The team that the agency's own updates named last, of those of its cases of this matter that it did not say are closed.
-- name: find_owner
WITH own AS (
    SELECT DISTINCT case_reference FROM report
    WHERE area = %(area)s AND agency = %(agency)s AND NOT withdrawn AND case_reference IS NOT NULL
        AND report_id = ANY (%(report_ids)s || coalesce(
            (SELECT report_ids FROM case_file WHERE area = %(area)s AND case_id = %(case_id)s), '{}'
        ))
), said AS (
    SELECT update_kind, team, case_reference, happened_latest, received_at, update_id
    FROM agency_update
    WHERE area = %(area)s AND agency = %(agency)s AND NOT withdrawn
        AND case_reference IN (SELECT case_reference FROM own)
), closed AS (
    SELECT case_reference FROM (
        SELECT DISTINCT ON (case_reference) case_reference, update_kind FROM said
        WHERE update_kind IN ('OPENED', 'REOPENED', 'CLOSED')
        ORDER BY case_reference, happened_latest DESC, received_at DESC, update_id DESC
    ) AS last WHERE update_kind = 'CLOSED'
)
SELECT team FROM said
WHERE team IS NOT NULL AND case_reference NOT IN (SELECT case_reference FROM closed)
ORDER BY happened_latest DESC, received_at DESC, update_id DESC LIMIT 1

-- name: select_routes
SELECT area, alert_id, recipient, role, mailbox, via, team, covers_for, escalation, owner_is_unknown, trouble, directory
FROM alert_route WHERE (area, alert_id) IN (SELECT * FROM unnest(%(areas)s::text[], %(alert_ids)s::text[]))

-- name: write_route
INSERT INTO alert_route (
    area, alert_id, recipient, role, mailbox, via, team, covers_for, escalation, owner_is_unknown, trouble, directory
) VALUES (
    %(area)s, %(alert_id)s, %(recipient)s, %(role)s, %(mailbox)s, %(via)s, %(team)s, %(covers_for)s, %(escalation)s,
    %(owner_is_unknown)s, %(trouble)s, %(directory)s
)
ON CONFLICT (area, alert_id) DO UPDATE SET (
    mailbox, via, team, covers_for, escalation, owner_is_unknown, trouble, directory, routed_at
) = (
    excluded.mailbox, excluded.via, excluded.team, excluded.covers_for, excluded.escalation, excluded.owner_is_unknown,
    excluded.trouble, excluded.directory, now()
)

-- Alerts that stand and are sent, and were routed by another directory or by none.
-- name: select_routed_otherwise
SELECT alert.area, alert.alert_id, alert.case_id, alert.recipient, alert.role, alert.report_ids,
    to_timestamp(area.area_time / 1e6) AS area_time
FROM alert JOIN area USING (area) LEFT JOIN alert_route USING (area, alert_id)
WHERE alert.state <> 'WITHDRAWN' AND NOT alert.shadow AND alert_route.directory IS DISTINCT FROM %(directory)s
    AND EXISTS (SELECT FROM delivery WHERE message_id = 'alert:' || alert.alert_id || ':' || alert.version)
ORDER BY alert.area, alert.alert_id

-- name: select_unroutable
SELECT alert_route.recipient AS agency, alert_route.trouble AS reason, count(*) AS alerts,
    min(alert_route.routed_at) AS since
FROM alert_route JOIN alert USING (area, alert_id)
WHERE trouble IS NOT NULL AND state <> 'WITHDRAWN'
GROUP BY alert_route.recipient, alert_route.trouble ORDER BY alert_route.recipient

-- name: count_unknown_owners
SELECT alert_route.recipient AS agency, count(*) AS alerts
FROM alert_route JOIN alert USING (area, alert_id)
WHERE owner_is_unknown AND state <> 'WITHDRAWN'
GROUP BY alert_route.recipient ORDER BY alert_route.recipient
