-- Staging tables of a session: COPY fills them, one statement each carries them over. Times are microseconds.

-- name: stage_report
CREATE TEMPORARY TABLE IF NOT EXISTS in_report (
    area text,
    report_id text,
    revision bigint,
    withdrawn boolean,
    agency text,
    source text,
    reference text,
    case_reference text,
    batch text,
    row_reference text,
    mapper_version text,
    replay_of text,
    occurred_earliest bigint,
    occurred_latest bigint,
    occurred_precision text,
    offset_minutes int,
    reported_at bigint,
    complaint_made_at bigint,
    received_at bigint,
    category text,
    qualifier text,
    definition text,
    regime text,
    controller text,
    marking text,
    unit text,
    contacts int,
    kind text,
    lsoa_code text,
    lsoa_vintage int,
    incident_id text,
    share_set text,
    quality_facts text[],
    key_id bytea,
    detail bytea,
    monitoring bytea,
    features bytea
) ON COMMIT DELETE ROWS

-- name: stage_place
CREATE TEMPORARY TABLE IF NOT EXISTS in_place (
    area text,
    report_id text,
    ordinal int,
    role text,
    method text,
    uprn text,
    parent_uprn text,
    usrn text,
    latitude float8,
    longitude float8,
    uncertainty_m float8,
    lsoa_code text,
    lsoa_vintage int,
    ward text,
    open_label text,
    property_type text
) ON COMMIT DELETE ROWS

-- name: stage_mention
CREATE TEMPORARY TABLE IF NOT EXISTS in_mention (
    area text,
    mention_id text,
    report_id text,
    role_group text,
    person_id text
) ON COMMIT DELETE ROWS

-- name: stage_incident
CREATE TEMPORARY TABLE IF NOT EXISTS in_incident (
    area text,
    report_id text,
    incident_id text
) ON COMMIT DELETE ROWS

-- name: stage_person
CREATE TEMPORARY TABLE IF NOT EXISTS in_person (
    area text,
    mention_id text,
    person_id text
) ON COMMIT DELETE ROWS

-- name: stage_link
CREATE TEMPORARY TABLE IF NOT EXISTS in_link (
    area text,
    graph text,
    left_id text,
    right_id text,
    weight_millibits int,
    band text,
    model_version text,
    levels jsonb,
    live boolean,
    changed_at bigint
) ON COMMIT DELETE ROWS

-- name: stage_unlink
CREATE TEMPORARY TABLE IF NOT EXISTS in_unlink (
    area text,
    graph text,
    left_id text,
    right_id text,
    changed_at bigint
) ON COMMIT DELETE ROWS

-- name: stage_reshare
CREATE TEMPORARY TABLE IF NOT EXISTS in_reshare (
    area text,
    report_id text,
    share_set text
) ON COMMIT DELETE ROWS

-- name: stage_alias
CREATE TEMPORARY TABLE IF NOT EXISTS in_alias (
    area text,
    old_id text,
    new_id text,
    changed_at bigint
) ON COMMIT DELETE ROWS

-- name: stage_case
CREATE TEMPORARY TABLE IF NOT EXISTS in_case (
    area text,
    case_id text,
    kind text,
    place_role text,
    place_level text,
    place_code text,
    version bigint,
    incident_ids text[],
    report_ids text[],
    agencies text[],
    first_occurred bigint,
    last_occurred bigint,
    changed_at bigint
) ON COMMIT DELETE ROWS

-- name: stage_alert
CREATE TEMPORARY TABLE IF NOT EXISTS in_alert (
    area text,
    alert_id text,
    case_id text,
    recipient text,
    role text,
    rule text,
    rule_source text,
    state text,
    version bigint,
    reason text,
    report_ids text[],
    agencies text[],
    restricted boolean,
    agreements text[],
    shadow boolean,
    due_at bigint,
    held bytea,
    raised_at bigint,
    changed_at bigint,
    quiet text
) ON COMMIT DELETE ROWS

-- name: stage_share
CREATE TEMPORARY TABLE IF NOT EXISTS in_share (
    set_id text,
    agency text,
    role text,
    tier text,
    agreement text,
    agreement_version text
) ON COMMIT DELETE ROWS

-- name: stage_update
CREATE TEMPORARY TABLE IF NOT EXISTS in_update (
    area text,
    update_id text,
    revision bigint,
    withdrawn boolean,
    agency text,
    source text,
    case_reference text,
    report_ids text[],
    batch text,
    update_kind text,
    action text,
    reason text,
    team text,
    outcome text,
    statement text,
    regime text,
    controller text,
    happened_earliest bigint,
    happened_latest bigint,
    received_at bigint,
    key_id bytea,
    detail bytea
) ON COMMIT DELETE ROWS

-- name: stage_judgement
CREATE TEMPORARY TABLE IF NOT EXISTS in_judgement (
    area text,
    judgement_id text,
    revision bigint,
    graph text,
    left_id text,
    right_id text,
    verdict text,
    agency text,
    actor text,
    reason text,
    given_at bigint
) ON COMMIT DELETE ROWS

-- name: stage_application
CREATE TEMPORARY TABLE IF NOT EXISTS in_application (
    area text,
    application_id text,
    revision bigint,
    agency text,
    report_ids text[],
    case_id text,
    made_at bigint,
    received_at bigint,
    decision text,
    decided_at bigint
) ON COMMIT DELETE ROWS

-- name: stage_command
CREATE TEMPORARY TABLE IF NOT EXISTS in_command (
    area text,
    command_id text,
    command_kind text,
    given_by text,
    subject text,
    done_at bigint
) ON COMMIT DELETE ROWS

-- name: stage_batch
CREATE TEMPORARY TABLE IF NOT EXISTS in_batch (
    area text,
    batch_id text,
    source text,
    agency text,
    digest text,
    columns text[],
    unknown_columns text[],
    mapper_version text,
    started_at bigint,
    finished_at bigint,
    counts jsonb
) ON COMMIT DELETE ROWS

-- name: stage_quarantine
CREATE TEMPORARY TABLE IF NOT EXISTS in_quarantine (
    area text,
    quarantine_id text,
    agency text,
    source text,
    batch text,
    row_reference text,
    field text,
    rule text,
    remedy text,
    attempt int,
    state text,
    failed_at bigint,
    key_id bytea,
    original bytea
) ON COMMIT DELETE ROWS

-- name: stage_source
CREATE TEMPORARY TABLE IF NOT EXISTS in_source (
    area text,
    agency text,
    source text,
    live boolean,
    changed_at bigint
) ON COMMIT DELETE ROWS

-- name: stage_audit
CREATE TEMPORARY TABLE IF NOT EXISTS in_audit (
    area text,
    agency text,
    action text,
    actor text,
    purpose text,
    recipient text,
    subjects text[],
    fields text[],
    agreement text,
    model_version text,
    at bigint
) ON COMMIT DELETE ROWS

-- name: stage_outbox
CREATE TEMPORARY TABLE IF NOT EXISTS in_outbox (
    message_id text,
    topic text,
    key text,
    body bytea,
    event_time bigint
) ON COMMIT DELETE ROWS

-- name: stage_area
CREATE TEMPORARY TABLE IF NOT EXISTS in_area (
    area text,
    partition int,
    area_time bigint,
    next_number bigint,
    agreements text,
    model text,
    waiting boolean
) ON COMMIT DELETE ROWS
