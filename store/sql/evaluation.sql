-- What was concluded, as plain partitions, to be held against a known truth. Asked as the writer; never for a reader.

-- name: select_reports
SELECT report_id, withdrawn, incident_id FROM report WHERE kind = 'OPERATIONAL'

-- name: select_mentions
SELECT mention_id, person_id FROM mention WHERE role_group = %(role_group)s

-- name: select_places
SELECT report_id, role, uprn FROM report_place WHERE role = ANY (%(roles)s)

-- name: select_unseen
SELECT report_id FROM report
WHERE kind = 'OPERATIONAL' AND NOT withdrawn AND NOT EXISTS (
    SELECT FROM share WHERE (share.area, share.report_id, share.agency) = (report.area, report.report_id, report.agency)
)

-- name: count_progress
SELECT
    (SELECT count(*) FROM report WHERE kind = 'OPERATIONAL' AND NOT withdrawn) AS reports,
    (SELECT count(DISTINCT incident_id) FROM report WHERE NOT withdrawn) AS incidents,
    (SELECT count(*) FROM link WHERE live AND band = 'certain') AS links,
    (SELECT count(*) FROM case_file WHERE cardinality(incident_ids) > 1) AS cases,
    (SELECT count(*) FROM alert WHERE state <> 'WITHDRAWN' AND NOT shadow AND quiet = '') AS alerts

-- name: select_delivered_at
SELECT max(delivered_at) AS at FROM delivery WHERE message_id = ANY (%(message_ids)s)

-- name: select_disclosures
SELECT action, actor, purpose, recipient, subjects, fields, agreement, at FROM audit
WHERE action = 'disclosure' AND recipient = %(recipient)s AND agreement = %(agreement)s AND fields @> %(fields)s
ORDER BY seq

-- name: select_combinations
SELECT action, actor, purpose, subjects, fields, model_version, at FROM audit
WHERE action = 'combination' AND EXISTS (
    SELECT FROM unnest(subjects) AS pair
    WHERE split_part(split_part(pair, '=', 1), '#', 1) = ANY (%(report_ids)s)
        AND split_part(split_part(pair, '=', 2), '#', 1) = ANY (%(report_ids)s)
)
ORDER BY seq

-- name: select_judgements
SELECT action, actor, purpose, subjects, fields, at FROM audit
WHERE purpose = 'judgement of a link' AND action = 'alteration' ORDER BY seq

-- name: select_alerts
SELECT alert_id, case_id, recipient, role, rule, state, version, shadow, quiet, report_ids, raised_at, changed_at
FROM alert

-- name: select_judged_pairs
SELECT judgement.area, graph, left_id, right_id, verdict,
    one.report_id AS left_report, one.features AS left_features,
    other.report_id AS right_report, other.features AS right_features
FROM judgement
JOIN report AS one ON one.area = judgement.area AND one.report_id = split_part(left_id, '#', 1)
JOIN report AS other ON other.area = judgement.area AND other.report_id = split_part(right_id, '#', 1)
WHERE verdict IN ('SAME', 'DIFFERENT') AND one.features IS NOT NULL AND other.features IS NOT NULL
ORDER BY judgement.area, judgement_id
