-- The truth: positions, reports and what was concluded from them.
-- Keys begin with the area: an area belongs to one partition, so to one writer at a time.
-- Times are stored as instants; `moment` turns the records' microseconds into them.

CREATE FUNCTION moment(microseconds bigint) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN timestamptz 'epoch' + microseconds * interval '1 microsecond';

CREATE FUNCTION microseconds(instant timestamptz) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (extract(epoch FROM instant) * 1000000)::bigint;

-- How far each partition has been read, and by whom; moved by compare-and-swap only (docs/commit-protocol.md).
CREATE TABLE stream_position (
    consumer text NOT NULL,
    topic text NOT NULL,
    partition int NOT NULL,
    cluster_id text NOT NULL,
    topic_id text NOT NULL,
    next_offset bigint NOT NULL,
    epoch bigint NOT NULL,
    owner text NOT NULL,
    PRIMARY KEY (consumer, topic, partition)
);

-- One row an area: its partition for ever, its own time, the next number for one of its clusters, and the name of the
-- set of agreements by which its share rows were made.
CREATE TABLE area (
    area text PRIMARY KEY,
    partition int NOT NULL,
    area_time bigint NOT NULL,
    next_number bigint NOT NULL DEFAULT 1,
    agreements text NOT NULL DEFAULT ''
);

CREATE TABLE report (
    area text NOT NULL,
    report_id text NOT NULL,
    revision bigint NOT NULL,
    withdrawn boolean NOT NULL,
    agency text NOT NULL,
    source text NOT NULL,
    reference text NOT NULL,
    case_reference text,
    batch text NOT NULL,
    row_reference text,
    mapper_version text NOT NULL,
    replay_of text,
    occurred_earliest timestamptz,
    occurred_latest timestamptz,
    occurred_precision text,
    offset_minutes int,
    reported_at timestamptz,
    complaint_made_at timestamptz,
    received_at timestamptz NOT NULL,
    category text NOT NULL,
    qualifier text NOT NULL,
    definition text NOT NULL,
    regime text NOT NULL,
    controller text NOT NULL,
    marking text NOT NULL,
    unit text NOT NULL,
    contacts int,
    kind text NOT NULL,
    lsoa_code text,
    lsoa_vintage int,
    incident_id text,
    quality_facts text[] NOT NULL,
    key_id bytea,
    detail bytea,
    monitoring bytea,
    features bytea,
    PRIMARY KEY (area, report_id)
) WITH (fillfactor = 85);
CREATE INDEX report_by_incident ON report (area, incident_id) WHERE incident_id IS NOT NULL;
CREATE INDEX report_by_reference ON report (agency, reference);

CREATE TABLE report_place (
    area text NOT NULL,
    report_id text NOT NULL,
    ordinal int NOT NULL,
    role text NOT NULL,
    method text NOT NULL,
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
    PRIMARY KEY (area, report_id, ordinal)
);
CREATE INDEX report_place_by_uprn ON report_place (area, uprn) WHERE uprn IS NOT NULL;

-- A person in a role of a report; person_id is the cluster it belongs to now.
CREATE TABLE mention (
    area text NOT NULL,
    mention_id text NOT NULL,
    report_id text NOT NULL,
    role_group text NOT NULL,
    person_id text,
    PRIMARY KEY (area, mention_id)
) WITH (fillfactor = 85);
CREATE INDEX mention_by_report ON mention (area, report_id);
CREATE INDEX mention_by_person ON mention (area, person_id) WHERE person_id IS NOT NULL;

-- Pairs found to be the same or possibly the same: evidence, never destroyed by a later opinion.
CREATE TABLE link (
    area text NOT NULL,
    graph text NOT NULL,
    left_id text NOT NULL,
    right_id text NOT NULL,
    weight_millibits int NOT NULL,
    band text NOT NULL,
    model_version text NOT NULL,
    levels jsonb NOT NULL,
    live boolean NOT NULL DEFAULT true,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (area, graph, left_id, right_id)
);

CREATE TABLE cluster_alias (
    area text NOT NULL,
    old_id text NOT NULL,
    new_id text NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (area, old_id)
);

-- A repeat victim's or a repeat place's incidents. A victim's case bears the person's id, a place's its own.
CREATE TABLE case_file (
    area text NOT NULL,
    case_id text NOT NULL,
    kind text NOT NULL,
    place_role text,
    place_level text,
    place_code text,
    version bigint NOT NULL,
    incident_ids text[] NOT NULL,
    report_ids text[] NOT NULL,
    agencies text[] NOT NULL,
    first_occurred timestamptz,
    last_occurred timestamptz,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (area, case_id)
);

CREATE TABLE alert (
    area text NOT NULL,
    alert_id text NOT NULL,
    case_id text NOT NULL,
    recipient text NOT NULL,
    role text NOT NULL,
    rule text NOT NULL,
    rule_source text NOT NULL,
    state text NOT NULL,
    version bigint NOT NULL,
    reason text NOT NULL,
    report_ids text[] NOT NULL,
    agencies text[] NOT NULL,
    restricted boolean NOT NULL,
    agreements text[] NOT NULL,
    shadow boolean NOT NULL,
    due_at timestamptz,
    held bytea NOT NULL,
    raised_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (area, alert_id)
);
CREATE INDEX alert_by_recipient ON alert (recipient, changed_at DESC);

-- Who may see which report, how much of it and by which agreement; row-level security reads it.
CREATE TABLE share (
    area text NOT NULL,
    report_id text NOT NULL,
    agency text NOT NULL,
    role text NOT NULL,
    tier text NOT NULL,
    agreement text,
    agreement_version text,
    PRIMARY KEY (area, report_id, agency, role)
);
CREATE INDEX share_by_reader ON share (agency, role, area, report_id);

CREATE TABLE agency_update (
    area text NOT NULL,
    update_id text NOT NULL,
    revision bigint NOT NULL,
    withdrawn boolean NOT NULL,
    agency text NOT NULL,
    source text NOT NULL,
    case_reference text,
    report_ids text[] NOT NULL,
    batch text NOT NULL,
    update_kind text NOT NULL,
    action text,
    reason text,
    team text,
    outcome text,
    statement text NOT NULL,
    regime text NOT NULL,
    controller text NOT NULL,
    happened_earliest timestamptz NOT NULL,
    happened_latest timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    key_id bytea,
    detail bytea,
    PRIMARY KEY (area, update_id)
);
CREATE INDEX agency_update_by_case ON agency_update (area, agency, case_reference);

CREATE TABLE judgement (
    area text NOT NULL,
    judgement_id text NOT NULL,
    revision bigint NOT NULL,
    graph text NOT NULL,
    left_id text NOT NULL,
    right_id text NOT NULL,
    verdict text NOT NULL,
    agency text NOT NULL,
    actor text NOT NULL,
    reason text,
    given_at timestamptz NOT NULL,
    PRIMARY KEY (area, judgement_id)
);

CREATE TABLE case_review_application (
    area text NOT NULL,
    application_id text NOT NULL,
    revision bigint NOT NULL,
    agency text NOT NULL,
    report_ids text[] NOT NULL,
    case_id text,
    made_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    decision text,
    decided_at timestamptz,
    PRIMARY KEY (area, application_id)
);

CREATE TABLE command_done (
    area text NOT NULL,
    command_id text NOT NULL,
    command_kind text NOT NULL,
    given_by text NOT NULL,
    subject text,
    done_at timestamptz NOT NULL,
    PRIMARY KEY (area, command_id)
);

CREATE TABLE batch (
    area text NOT NULL,
    batch_id text NOT NULL,
    source text NOT NULL,
    agency text NOT NULL,
    digest text NOT NULL,
    columns text[] NOT NULL,
    unknown_columns text[] NOT NULL,
    mapper_version text NOT NULL,
    started_at timestamptz NOT NULL,
    finished_at timestamptz NOT NULL,
    counts jsonb NOT NULL,
    PRIMARY KEY (area, batch_id)
);

-- Rows that could not be used: the original sealed, and why, without its values.
CREATE TABLE quarantine (
    area text NOT NULL,
    quarantine_id text NOT NULL,
    agency text NOT NULL,
    source text NOT NULL,
    batch text NOT NULL,
    row_reference text,
    field text NOT NULL,
    rule text NOT NULL,
    remedy text NOT NULL,
    attempt int NOT NULL,
    state text NOT NULL DEFAULT 'open',
    failed_at timestamptz NOT NULL,
    key_id bytea,
    original bytea,
    PRIMARY KEY (area, quarantine_id)
);

-- A source is on trial ("shadow") until it is switched on: its alerts are recorded, not sent.
CREATE TABLE source_state (
    area text NOT NULL,
    agency text NOT NULL,
    source text NOT NULL,
    live boolean NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (area, agency, source)
);

-- Who did what to whose data, and why: names of fields, never values. Append only.
CREATE TABLE audit (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    area text NOT NULL,
    agency text NOT NULL,
    action text NOT NULL CHECK (
        action IN ('collection', 'alteration', 'consultation', 'disclosure', 'combination', 'erasure')
    ),
    actor text NOT NULL,
    purpose text NOT NULL,
    recipient text,
    subjects text[] NOT NULL,
    fields text[] NOT NULL,
    agreement text,
    model_version text,
    at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now()
);

-- What leaves: written with the facts it tells of, published by `relay`, then marked.
CREATE TABLE outbox (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id text NOT NULL UNIQUE,
    topic text NOT NULL,
    key text NOT NULL,
    body bytea NOT NULL,
    event_time bigint NOT NULL,
    sent_at timestamptz
);
CREATE INDEX outbox_unsent ON outbox (seq) WHERE sent_at IS NULL;

-- Tells `relay` that there is something to send, when the transaction is committed.
CREATE FUNCTION tell_relay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NOTIFY outbox;
    RETURN NULL;
END $$;
CREATE TRIGGER outbox_filled AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION tell_relay();

-- Messages that `deliver` has handed on, so that a redelivery is known.
CREATE TABLE delivery (
    message_id text NOT NULL,
    channel text NOT NULL,
    delivered_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (message_id, channel)
);

-- Rights. The owner owns; the writer writes all areas; a reader sees what `share` gives to `app.agency` and `app.role`.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO wardlink_writer;
REVOKE UPDATE, DELETE ON audit FROM wardlink_writer;
GRANT SELECT ON report, report_place, mention, link, cluster_alias, alert, agency_update, quarantine, batch
    TO wardlink_reader;
-- A case's members, agencies and address tell more than a reader may know: they are asked for through reports_of_case.
GRANT SELECT (area, case_id, kind, place_role, place_level, version, changed_at) ON case_file TO wardlink_reader;
GRANT INSERT ON audit TO wardlink_reader;
REVOKE ALL ON migration FROM wardlink_writer;

CREATE FUNCTION reader_agency() RETURNS text LANGUAGE sql STABLE
    RETURN nullif(current_setting('app.agency', true), '');
CREATE FUNCTION reader_role() RETURNS text LANGUAGE sql STABLE
    RETURN nullif(current_setting('app.role', true), '');
CREATE FUNCTION shared_with_reader(of_area text, of_report text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    RETURN EXISTS (
        SELECT FROM share
        WHERE share.area = of_area AND share.report_id = of_report
            AND share.agency = reader_agency() AND share.role = reader_role() AND share.tier <> 'EXISTENCE'
    );

-- How much of a report the reader may see; null for nothing.
CREATE FUNCTION reader_tier(of_area text, of_report text) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    BEGIN ATOMIC
        SELECT share.tier FROM share
        WHERE share.area = of_area AND share.report_id = of_report
            AND share.agency = reader_agency() AND share.role = reader_role();
    END;

-- The reports of a case as the reader may see them; of one of which only the existence may be told, the agency.
CREATE FUNCTION reports_of_case(of_area text, of_case text)
    RETURNS TABLE (agency text, report_id text, tier text, agreement text, agreement_version text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    BEGIN ATOMIC
        SELECT split_part(share.report_id, ':', 1),
            CASE WHEN share.tier <> 'EXISTENCE' THEN share.report_id END,
            share.tier, share.agreement, share.agreement_version
        FROM case_file JOIN share ON share.area = case_file.area AND share.report_id = ANY (case_file.report_ids)
        WHERE case_file.area = of_area AND case_file.case_id = of_case
            AND share.agency = reader_agency() AND share.role = reader_role();
    END;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['report', 'report_place', 'mention', 'link', 'case_file', 'alert', 'share',
        'agency_update', 'quarantine', 'batch', 'audit']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY writer_all ON %I TO wardlink_writer USING (true) WITH CHECK (true)', name);
    END LOOP;
END $$;

CREATE POLICY reader_shared ON report FOR SELECT TO wardlink_reader
    USING (kind = 'PUBLIC_STATISTICS' OR shared_with_reader(area, report_id));
CREATE POLICY reader_shared ON report_place FOR SELECT TO wardlink_reader USING (shared_with_reader(area, report_id));
CREATE POLICY reader_shared ON mention FOR SELECT TO wardlink_reader USING (shared_with_reader(area, report_id));
CREATE POLICY reader_own ON alert FOR SELECT TO wardlink_reader
    USING (recipient = reader_agency() AND role = reader_role());
CREATE POLICY reader_some ON case_file FOR SELECT TO wardlink_reader
    USING (EXISTS (SELECT FROM reports_of_case(area, case_id)));
CREATE POLICY reader_both ON link FOR SELECT TO wardlink_reader USING (
    shared_with_reader(area, split_part(left_id, '#', 1)) AND shared_with_reader(area, split_part(right_id, '#', 1))
);
CREATE POLICY reader_shared ON agency_update FOR SELECT TO wardlink_reader USING (
    agency = reader_agency()
    OR EXISTS (SELECT FROM unnest(report_ids) AS concerned WHERE shared_with_reader(area, concerned))
);
CREATE POLICY reader_own ON quarantine FOR SELECT TO wardlink_reader USING (agency = reader_agency());
CREATE POLICY reader_own ON batch FOR SELECT TO wardlink_reader USING (agency = reader_agency());
CREATE POLICY reader_append ON audit FOR INSERT TO wardlink_reader WITH CHECK (agency = reader_agency());
