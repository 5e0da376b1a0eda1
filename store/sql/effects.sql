-- Carries staged rows over into their tables.

-- name: merge_report
INSERT INTO report (
    area, report_id, revision, withdrawn, agency, source, reference, case_reference, batch, row_reference,
    mapper_version, replay_of, occurred_earliest, occurred_latest, occurred_precision, offset_minutes,
    reported_at, complaint_made_at, received_at, category, qualifier, definition, regime, controller, marking,
    unit, contacts, kind, lsoa_code, lsoa_vintage, incident_id, share_set, quality_facts, key_id, detail, monitoring,
    features
)
SELECT
    area, report_id, revision, withdrawn, agency, source, reference, case_reference, batch, row_reference,
    mapper_version, replay_of, moment(occurred_earliest), moment(occurred_latest), occurred_precision,
    offset_minutes, moment(reported_at), moment(complaint_made_at), moment(received_at), category, qualifier,
    definition, regime, controller, marking, unit, contacts, kind, lsoa_code, lsoa_vintage, incident_id,
    share_set, quality_facts, key_id, detail, monitoring, features
FROM in_report
ON CONFLICT (area, report_id) DO UPDATE SET
    revision = excluded.revision, withdrawn = excluded.withdrawn, agency = excluded.agency,
    source = excluded.source, reference = excluded.reference, case_reference = excluded.case_reference,
    batch = excluded.batch, row_reference = excluded.row_reference, mapper_version = excluded.mapper_version,
    replay_of = excluded.replay_of, occurred_earliest = excluded.occurred_earliest,
    occurred_latest = excluded.occurred_latest, occurred_precision = excluded.occurred_precision,
    offset_minutes = excluded.offset_minutes, reported_at = excluded.reported_at,
    complaint_made_at = excluded.complaint_made_at, received_at = excluded.received_at,
    category = excluded.category, qualifier = excluded.qualifier, definition = excluded.definition,
    regime = excluded.regime, controller = excluded.controller, marking = excluded.marking,
    unit = excluded.unit, contacts = excluded.contacts, kind = excluded.kind, lsoa_code = excluded.lsoa_code,
    lsoa_vintage = excluded.lsoa_vintage, incident_id = excluded.incident_id, share_set = excluded.share_set,
    quality_facts = excluded.quality_facts, key_id = excluded.key_id, detail = excluded.detail,
    monitoring = excluded.monitoring, features = excluded.features
WHERE report.revision < excluded.revision

-- name: merge_place
INSERT INTO report_place (
    area, report_id, ordinal, role, method, uprn, parent_uprn, usrn, latitude, longitude, uncertainty_m,
    lsoa_code, lsoa_vintage, ward, open_label, property_type
)
SELECT
    area, report_id, ordinal, role, method, uprn, parent_uprn, usrn, latitude, longitude, uncertainty_m,
    lsoa_code, lsoa_vintage, ward, open_label, property_type
FROM in_place

-- name: merge_mention
INSERT INTO mention (
    area, mention_id, report_id, role_group, person_id
)
SELECT
    area, mention_id, report_id, role_group, person_id
FROM in_mention

-- name: merge_incident
UPDATE report SET incident_id = in_incident.incident_id
FROM in_incident
WHERE report.area = in_incident.area AND report.report_id = in_incident.report_id

-- name: merge_person
UPDATE mention SET person_id = in_person.person_id
FROM in_person
WHERE mention.area = in_person.area AND mention.mention_id = in_person.mention_id

-- name: merge_link
INSERT INTO link (
    area, graph, left_id, right_id, weight_millibits, band, model_version, levels, live, changed_at
)
SELECT
    area, graph, left_id, right_id, weight_millibits, band, model_version, levels, live, moment(changed_at)
FROM in_link
ON CONFLICT (area, graph, left_id, right_id) DO UPDATE SET
    weight_millibits = excluded.weight_millibits, band = excluded.band, model_version = excluded.model_version,
    levels = excluded.levels, live = excluded.live, changed_at = excluded.changed_at

-- name: merge_unlink
UPDATE link SET live = false, changed_at = moment(in_unlink.changed_at)
FROM in_unlink
WHERE link.area = in_unlink.area AND link.graph = in_unlink.graph
    AND link.left_id = in_unlink.left_id AND link.right_id = in_unlink.right_id

-- name: merge_reshare
UPDATE report SET share_set = in_reshare.share_set
FROM in_reshare
WHERE report.area = in_reshare.area AND report.report_id = in_reshare.report_id

-- name: merge_alias
INSERT INTO cluster_alias (
    area, old_id, new_id, changed_at
)
SELECT
    area, old_id, new_id, moment(changed_at)
FROM in_alias
ON CONFLICT (area, old_id) DO UPDATE SET
    new_id = excluded.new_id, changed_at = excluded.changed_at

-- name: merge_case
INSERT INTO case_file (
    area, case_id, kind, place_role, place_level, place_code, version, incident_ids, report_ids, agencies,
    first_occurred, last_occurred, changed_at
)
SELECT DISTINCT ON (area, case_id)
    area, case_id, kind, place_role, place_level, place_code, version, incident_ids, report_ids, agencies,
    moment(first_occurred), moment(last_occurred), moment(changed_at)
FROM in_case
ORDER BY area, case_id, version DESC
ON CONFLICT (area, case_id) DO UPDATE SET
    kind = excluded.kind, place_role = excluded.place_role, place_level = excluded.place_level,
    place_code = excluded.place_code, version = excluded.version, incident_ids = excluded.incident_ids,
    report_ids = excluded.report_ids, agencies = excluded.agencies, first_occurred = excluded.first_occurred,
    last_occurred = excluded.last_occurred, changed_at = excluded.changed_at

-- name: merge_alert
INSERT INTO alert (
    area, alert_id, case_id, recipient, role, rule, rule_source, state, version, reason, report_ids, agencies,
    restricted, agreements, shadow, due_at, held, raised_at, changed_at, quiet
)
SELECT DISTINCT ON (area, alert_id)
    area, alert_id, case_id, recipient, role, rule, rule_source, state, version, reason, report_ids, agencies,
    restricted, agreements, shadow, moment(due_at), held, moment(raised_at), moment(changed_at), quiet
FROM in_alert
ORDER BY area, alert_id, version DESC
ON CONFLICT (area, alert_id) DO UPDATE SET
    case_id = excluded.case_id, recipient = excluded.recipient, role = excluded.role, rule = excluded.rule,
    rule_source = excluded.rule_source, state = excluded.state, version = excluded.version,
    reason = excluded.reason, report_ids = excluded.report_ids, agencies = excluded.agencies,
    restricted = excluded.restricted, agreements = excluded.agreements, shadow = excluded.shadow,
    due_at = excluded.due_at, held = excluded.held, raised_at = excluded.raised_at, changed_at = excluded.changed_at,
    quiet = excluded.quiet

-- name: merge_share
INSERT INTO share_set (
    set_id, agency, role, tier, agreement, agreement_version
)
SELECT
    set_id, agency, role, tier, agreement, agreement_version
FROM in_share
ON CONFLICT (set_id, agency, role) DO NOTHING

-- name: merge_update
INSERT INTO agency_update (
    area, update_id, revision, withdrawn, agency, source, case_reference, report_ids, batch, update_kind,
    action, reason, team, outcome, statement, regime, controller, happened_earliest, happened_latest,
    received_at, key_id, detail
)
SELECT
    area, update_id, revision, withdrawn, agency, source, case_reference, report_ids, batch, update_kind,
    action, reason, team, outcome, statement, regime, controller, moment(happened_earliest),
    moment(happened_latest), moment(received_at), key_id, detail
FROM in_update
ON CONFLICT (area, update_id) DO UPDATE SET
    revision = excluded.revision, withdrawn = excluded.withdrawn, agency = excluded.agency,
    source = excluded.source, case_reference = excluded.case_reference, report_ids = excluded.report_ids,
    batch = excluded.batch, update_kind = excluded.update_kind, action = excluded.action,
    reason = excluded.reason, team = excluded.team, outcome = excluded.outcome, statement = excluded.statement,
    regime = excluded.regime, controller = excluded.controller, happened_earliest = excluded.happened_earliest,
    happened_latest = excluded.happened_latest, received_at = excluded.received_at, key_id = excluded.key_id,
    detail = excluded.detail
WHERE agency_update.revision < excluded.revision

-- name: merge_judgement
INSERT INTO judgement (
    area, judgement_id, revision, graph, left_id, right_id, verdict, agency, actor, reason, given_at
)
SELECT
    area, judgement_id, revision, graph, left_id, right_id, verdict, agency, actor, reason, moment(given_at)
FROM in_judgement
ON CONFLICT (area, judgement_id) DO UPDATE SET
    revision = excluded.revision, graph = excluded.graph, left_id = excluded.left_id,
    right_id = excluded.right_id, verdict = excluded.verdict, agency = excluded.agency, actor = excluded.actor,
    reason = excluded.reason, given_at = excluded.given_at
WHERE judgement.revision < excluded.revision

-- name: merge_application
INSERT INTO case_review_application (
    area, application_id, revision, agency, report_ids, case_id, made_at, received_at, decision, decided_at
)
SELECT
    area, application_id, revision, agency, report_ids, case_id, moment(made_at), moment(received_at),
    decision, moment(decided_at)
FROM in_application
ON CONFLICT (area, application_id) DO UPDATE SET
    revision = excluded.revision, agency = excluded.agency, report_ids = excluded.report_ids,
    case_id = excluded.case_id, made_at = excluded.made_at, received_at = excluded.received_at,
    decision = excluded.decision, decided_at = excluded.decided_at
WHERE case_review_application.revision < excluded.revision

-- name: merge_command
INSERT INTO command_done (
    area, command_id, command_kind, given_by, subject, done_at
)
SELECT
    area, command_id, command_kind, given_by, subject, moment(done_at)
FROM in_command
ON CONFLICT (area, command_id) DO NOTHING

-- name: merge_batch
INSERT INTO batch (
    area, batch_id, source, agency, digest, columns, unknown_columns, mapper_version, started_at, finished_at,
    counts
)
SELECT
    area, batch_id, source, agency, digest, columns, unknown_columns, mapper_version, moment(started_at),
    moment(finished_at), counts
FROM in_batch
ON CONFLICT (area, batch_id) DO UPDATE SET
    source = excluded.source, agency = excluded.agency, digest = excluded.digest, columns = excluded.columns,
    unknown_columns = excluded.unknown_columns, mapper_version = excluded.mapper_version,
    started_at = excluded.started_at, finished_at = excluded.finished_at, counts = excluded.counts

-- name: merge_quarantine
INSERT INTO quarantine (
    area, quarantine_id, agency, source, batch, row_reference, field, rule, remedy, attempt, state, failed_at,
    key_id, original
)
SELECT
    area, quarantine_id, agency, source, batch, row_reference, field, rule, remedy, attempt, state, moment(failed_at),
    key_id, original
FROM in_quarantine
ON CONFLICT (area, quarantine_id) DO UPDATE SET
    batch = CASE excluded.state WHEN 'open' THEN excluded.batch ELSE quarantine.batch END,
    row_reference = CASE excluded.state WHEN 'open' THEN excluded.row_reference ELSE quarantine.row_reference END,
    field = CASE excluded.state WHEN 'open' THEN excluded.field ELSE quarantine.field END,
    rule = CASE excluded.state WHEN 'open' THEN excluded.rule ELSE quarantine.rule END,
    remedy = CASE excluded.state WHEN 'open' THEN excluded.remedy ELSE quarantine.remedy END,
    agency = excluded.agency, source = excluded.source, attempt = excluded.attempt, state = excluded.state,
    failed_at = excluded.failed_at, key_id = excluded.key_id, original = excluded.original
WHERE quarantine.attempt < excluded.attempt

-- name: merge_source
INSERT INTO source_state (
    area, agency, source, live, changed_at
)
SELECT
    area, agency, source, live, moment(changed_at)
FROM in_source
ON CONFLICT (area, agency, source) DO UPDATE SET
    live = excluded.live, changed_at = excluded.changed_at

-- name: merge_audit
INSERT INTO audit (
    area, agency, action, actor, purpose, recipient, subjects, fields, agreement, model_version, at
)
SELECT
    area, agency, action, actor, purpose, recipient, subjects, fields, agreement, model_version, moment(at)
FROM in_audit

-- name: merge_outbox
INSERT INTO outbox (
    message_id, topic, key, body, event_time
)
SELECT
    message_id, topic, key, body, event_time
FROM in_outbox
ON CONFLICT (message_id) DO NOTHING

-- name: merge_area
INSERT INTO area (
    area, partition, area_time, next_number, agreements, model, waiting
)
SELECT
    area, partition, area_time, next_number, agreements, model, waiting
FROM in_area
ON CONFLICT (area) DO UPDATE SET
    area_time = excluded.area_time, next_number = excluded.next_number,
    agreements = excluded.agreements, model = excluded.model, waiting = excluded.waiting

-- name: clear_place
DELETE FROM report_place USING in_report
WHERE report_place.area = in_report.area AND report_place.report_id = in_report.report_id

-- name: clear_mention
DELETE FROM mention USING in_report
WHERE mention.area = in_report.area AND mention.report_id = in_report.report_id
