-- What readers and the operator ask. Reader statements run under row-level security as wardlink_reader.

-- name: set_reader
SELECT set_config('app.agency', %(agency)s, true), set_config('app.role', %(role)s, true)

-- name: select_alerts
SELECT alert_id, area, case_id, rule, rule_source, state, version, reason, report_ids, agencies, restricted,
    agreements, shadow, due_at, raised_at, changed_at, quiet, mailbox, team, via, covers_for, escalation,
    owner_is_unknown, trouble
FROM alert LEFT JOIN alert_route USING (area, alert_id, recipient, role)
WHERE (%(quiet)s OR quiet = '') AND (%(state)s = 'all' OR state <> 'WITHDRAWN') AND (%(area)s::text IS NULL OR area = %(area)s)
ORDER BY (due_at IS NULL), due_at, changed_at DESC
LIMIT %(limit)s

-- name: select_alerts_of_case
SELECT alert_id, rule, rule_source, state, reason, report_ids, agencies, restricted, agreements, due_at, changed_at
FROM alert WHERE area = %(area)s AND case_id = %(case_id)s AND state <> 'WITHDRAWN' ORDER BY changed_at DESC

-- name: find_case
SELECT case_file.area, case_file.case_id, kind, place_role, place_level, version, changed_at
FROM case_file WHERE case_id = %(case_id)s

-- name: find_alias
SELECT new_id FROM cluster_alias WHERE old_id = %(case_id)s

-- name: reports_of_case
SELECT agency, report_id, tier, agreement, agreement_version FROM reports_of_case(%(area)s, %(case_id)s)

-- name: select_reports
SELECT area, report_id, agency, source, reference, case_reference, category, qualifier, occurred_earliest,
    occurred_latest, occurred_precision, offset_minutes, reported_at, received_at, lsoa_code, incident_id, unit, kind,
    key_id, detail, features
FROM report WHERE area = %(area)s AND report_id = ANY (%(report_ids)s) AND NOT withdrawn

-- name: find_reports
SELECT area, report_id, features, reader_tier(area, report_id) AS tier
FROM report WHERE report_id = ANY (%(report_ids)s) AND NOT withdrawn AND features IS NOT NULL

-- name: select_clusters
SELECT report_id AS member, incident_id AS cluster
FROM report WHERE area = %(area)s AND report_id = ANY (%(report_ids)s) AND incident_id IS NOT NULL
UNION ALL
SELECT mention_id, person_id
FROM mention WHERE area = %(area)s AND report_id = ANY (%(report_ids)s) AND person_id IS NOT NULL

-- name: find_mention
SELECT area FROM mention WHERE mention_id = %(mention_id)s

-- name: select_victims
SELECT mention_id FROM mention WHERE report_id = %(report_id)s AND role_group = 'victim' ORDER BY mention_id

-- name: select_places
SELECT report_id, role, method, uprn, parent_uprn, usrn, lsoa_code, ward, nullif(property_type, 'UNKNOWN') AS property_type
FROM report_place WHERE area = %(area)s AND report_id = ANY (%(report_ids)s) ORDER BY report_id, ordinal

-- name: select_links
SELECT graph, left_id, right_id, weight_millibits, band, model_version, levels
FROM link
WHERE area = %(area)s AND live
    AND split_part(left_id, '#', 1) = ANY (%(report_ids)s) AND split_part(right_id, '#', 1) = ANY (%(report_ids)s)
ORDER BY weight_millibits DESC

-- Pairs that may be the same and are not put together: of what the reader may judge and its agency has not judged.
-- name: select_possible
SELECT area, graph, left_id, right_id, weight_millibits, band, model_version, levels, changed_at
FROM link
WHERE live AND band = 'possible' AND graph = ANY (%(graphs)s) AND (%(area)s::text IS NULL OR area = %(area)s)
    AND reader_tier(area, split_part(left_id, '#', 1)) IN ('CASE', 'PERSON')
    AND reader_tier(area, split_part(right_id, '#', 1)) IN ('CASE', 'PERSON')
    AND NOT EXISTS (
        SELECT FROM judgement
        WHERE judgement.area = link.area AND judgement.graph = link.graph AND verdict <> 'WITHDRAWN'
            AND (judgement.left_id, judgement.right_id) IN ((link.left_id, link.right_id), (link.right_id, link.left_id))
    )
    AND NOT EXISTS (
        SELECT FROM report AS one JOIN report AS other USING (area, incident_id)
        WHERE link.graph = 'INCIDENT' AND area = link.area
            AND one.report_id = link.left_id AND other.report_id = link.right_id
    )
    AND NOT EXISTS (
        SELECT FROM mention AS one JOIN mention AS other USING (area, person_id)
        WHERE link.graph = 'PERSON' AND area = link.area
            AND one.mention_id = link.left_id AND other.mention_id = link.right_id
    )
ORDER BY weight_millibits DESC, left_id, right_id LIMIT %(limit)s

-- name: select_updates
SELECT agency, case_reference, update_kind, action, outcome, team, happened_earliest, report_ids
FROM agency_update
WHERE area = %(area)s AND NOT withdrawn
    AND (report_ids && %(report_ids)s OR (agency, case_reference) IN (
        SELECT agency, case_reference FROM report WHERE area = %(area)s AND report_id = ANY (%(report_ids)s)
    ))
ORDER BY happened_earliest

-- name: select_quarantine
SELECT quarantine_id, area, agency, source, batch, row_reference, field, rule, remedy, attempt, state, failed_at
FROM quarantine WHERE state = %(state)s ORDER BY failed_at DESC LIMIT %(limit)s

-- name: select_audit
SELECT seq, area, agency, action, actor, purpose, recipient, subjects, fields, agreement, model_version, at
FROM audit_of_reader(%(case_id)s, %(since)s, %(limit)s)

-- name: record_consultation
INSERT INTO audit (area, agency, action, actor, purpose, subjects, fields, agreement, at)
VALUES (
    %(area)s, %(agency)s, 'consultation', %(actor)s, %(purpose)s, %(subjects)s, %(fields)s, %(agreement)s, now()
)

-- name: count_stored
SELECT count(*) FILTER (WHERE NOT withdrawn) AS stored, count(*) FILTER (WHERE withdrawn) AS withdrawn,
    count(*) FILTER (WHERE kind = 'PUBLIC_STATISTICS' AND NOT withdrawn) AS published_statistics,
    (SELECT coalesce(sum(published), 0)::bigint FROM covered_month) AS compared
FROM report

-- name: comparisons
SELECT area, agency, to_char(month, 'YYYY-MM') AS month, published, own::bigint AS own
FROM covered_month ORDER BY covered_month.month DESC, area, agency LIMIT %(limit)s

-- name: count_concluded
SELECT
    (SELECT count(*) FROM quarantine WHERE state = 'open') AS quarantined,
    (SELECT count(*) FROM alert WHERE state <> 'WITHDRAWN' AND NOT shadow AND quiet = '') AS alerts,
    (SELECT count(*) FROM case_file WHERE cardinality(incident_ids) > 1) AS cases

-- name: busiest_open_places
WITH covered AS MATERIALIZED (SELECT area, agency, month FROM covered_month)
SELECT open_label AS place, latitude, longitude, count(*) AS reports
FROM report_place
JOIN report USING (area, report_id)
LEFT JOIN covered ON report.kind = 'PUBLIC_STATISTICS' AND covered.area = report.area
    AND covered.agency = report.agency AND covered.month = month_of(report.occurred_earliest)
WHERE open_label IS NOT NULL AND NOT withdrawn AND covered.area IS NULL
GROUP BY open_label, latitude, longitude
ORDER BY reports DESC, place
LIMIT %(limit)s

-- name: count_by_area
WITH compared AS MATERIALIZED (SELECT area, sum(published)::bigint AS reports FROM covered_month GROUP BY area),
stored AS (SELECT area, count(*) AS reports FROM report WHERE NOT withdrawn GROUP BY area)
SELECT area, stored.reports - coalesce(compared.reports, 0) AS reports
FROM stored LEFT JOIN compared USING (area)
ORDER BY reports DESC, area
LIMIT %(limit)s
