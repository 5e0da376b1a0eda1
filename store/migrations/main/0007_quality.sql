-- What quality was measured, window by window, so that trends can be shown. Counts and ids of reports, never values.

-- One agency's reports of one source that were received in a window, and by which suite they were measured. `mark` tells
-- what was there when it was measured: a window whose mark differs is measured again.
CREATE TABLE quality_window (
    window_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    agency text NOT NULL,
    opens timestamptz NOT NULL,
    closes timestamptz NOT NULL,
    mark text NOT NULL,
    suite text NOT NULL,
    is_public boolean NOT NULL,
    reports bigint NOT NULL,
    quarantined bigint NOT NULL,
    batches bigint NOT NULL,
    newest timestamptz,
    delay_median interval,
    delay_p95 interval,
    expected_every interval,
    measured_at timestamptz NOT NULL,
    UNIQUE (source, agency, opens, closes)
);

CREATE TABLE quality_result (
    window_id bigint NOT NULL REFERENCES quality_window ON DELETE CASCADE,
    rule text NOT NULL,
    says text NOT NULL,
    dimension text NOT NULL,
    severity text NOT NULL,
    owner text NOT NULL,
    agreed float8,
    because text,
    checked bigint NOT NULL,
    passed bigint NOT NULL CHECK (passed BETWEEN 0 AND checked),
    PRIMARY KEY (window_id, rule)
);

-- The first of the reports that fail a rule. They go when the report goes: by retention, or by erasure.
CREATE TABLE quality_failing (
    window_id bigint NOT NULL,
    rule text NOT NULL,
    area text NOT NULL,
    report_id text NOT NULL,
    PRIMARY KEY (window_id, rule, area, report_id),
    FOREIGN KEY (window_id, rule) REFERENCES quality_result ON DELETE CASCADE,
    FOREIGN KEY (area, report_id) REFERENCES report ON DELETE CASCADE
);
CREATE INDEX quality_failing_by_report ON quality_failing (area, report_id);

-- Windows are read by the time of receipt, in which reports are stored: a summary of each range is enough.
CREATE INDEX report_by_received ON report USING brin (received_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON quality_window, quality_result, quality_failing TO wardlink_writer;
GRANT SELECT ON quality_window, quality_result, quality_failing TO wardlink_reader;

ALTER TABLE quality_window ENABLE ROW LEVEL SECURITY;
ALTER TABLE quality_result ENABLE ROW LEVEL SECURITY;
ALTER TABLE quality_failing ENABLE ROW LEVEL SECURITY;
CREATE POLICY writer_all ON quality_window TO wardlink_writer USING (true) WITH CHECK (true);
CREATE POLICY writer_all ON quality_result TO wardlink_writer USING (true) WITH CHECK (true);
CREATE POLICY writer_all ON quality_failing TO wardlink_writer USING (true) WITH CHECK (true);

-- A reader sees the quality of its own agency's reports, and of published statistics; a failing report's id only where
-- the report itself may be seen (the policies of the tables asked for apply to the reader within these, too).
CREATE POLICY reader_own ON quality_window FOR SELECT TO wardlink_reader
    USING (agency = reader_agency() OR (is_public AND reader_agency() IS NOT NULL));
CREATE POLICY reader_own ON quality_result FOR SELECT TO wardlink_reader
    USING (EXISTS (SELECT FROM quality_window AS mine WHERE mine.window_id = quality_result.window_id));
CREATE POLICY reader_own ON quality_failing FOR SELECT TO wardlink_reader USING (
    EXISTS (SELECT FROM quality_window AS mine WHERE mine.window_id = quality_failing.window_id)
    AND EXISTS (
        SELECT FROM report
        WHERE report.area = quality_failing.area AND report.report_id = quality_failing.report_id
            AND NOT report.withdrawn
    )
);
