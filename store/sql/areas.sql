-- What resolve needs to build an area's memory again.

-- name: select_area
SELECT partition, area_time, next_number, agreements, model, waiting FROM area WHERE area = %s

-- name: select_reports
SELECT report_id, revision, withdrawn, agency, case_reference, incident_id, features FROM report WHERE area = %s

-- name: select_whole_reports
SELECT report_id, revision, agency, source, reference, case_reference, area, batch, mapper_version,
    microseconds(occurred_earliest) AS occurred_earliest, microseconds(occurred_latest) AS occurred_latest,
    microseconds(reported_at) AS reported, microseconds(complaint_made_at) AS complaint_made,
    microseconds(received_at) AS received, category, qualifier, definition, controller, unit, kind, key_id, detail
FROM report WHERE area = %s AND report_id = ANY (%s)

-- name: update_features
UPDATE report SET features = %s WHERE area = %s AND report_id = %s AND revision = %s

-- name: select_persons
SELECT mention_id, person_id FROM mention WHERE area = %s AND person_id IS NOT NULL

-- name: select_judgements
SELECT judgement_id, revision, graph, left_id, right_id, verdict FROM judgement WHERE area = %s

-- name: select_linked_pairs
SELECT graph, left_id, right_id FROM link WHERE area = %s AND live

-- name: select_alerts
SELECT alert_id, case_id, recipient, role, rule, rule_source, state, version, shadow,
    microseconds(raised_at) AS raised_at, held
FROM alert WHERE area = %s

-- name: select_cases
SELECT case_id, kind, place_role, place_level, place_code, version, incident_ids, report_ids
FROM case_file WHERE area = %s

-- name: select_sources
SELECT agency, source, live FROM source_state WHERE area = %s

-- name: select_updates
SELECT update_id, revision, withdrawn, agency, case_reference, report_ids, update_kind,
    microseconds(happened_latest) AS happened
FROM agency_update WHERE area = %s

-- name: select_applications
SELECT application_id, revision, report_ids FROM case_review_application WHERE area = %s

-- name: select_revisions
SELECT report_id, revision FROM report WHERE area = %s AND report_id = ANY (%s)

-- name: select_area_names
SELECT area FROM area ORDER BY area

-- name: select_areas_of_partition
SELECT area FROM area WHERE partition = %s ORDER BY area
