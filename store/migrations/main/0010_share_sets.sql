-- Reports that the same readers may see, as much and by the same agreements, share one set: a report names its set
-- instead of repeating each reader. `share` stays what row-level security and the readers' functions ask.

CREATE TABLE share_set (
    set_id text NOT NULL,
    agency text NOT NULL,
    role text NOT NULL,
    tier text NOT NULL,
    agreement text,
    agreement_version text,
    PRIMARY KEY (set_id, agency, role)
);
ALTER TABLE report ADD COLUMN share_set text;

CREATE TEMPORARY TABLE named ON COMMIT DROP AS
    SELECT area, report_id,
        md5(string_agg(concat_ws(' ', agency, role, tier, agreement, agreement_version), ',' ORDER BY agency, role))
            AS set_id
    FROM share GROUP BY area, report_id;
INSERT INTO share_set (set_id, agency, role, tier, agreement, agreement_version)
    SELECT DISTINCT set_id, agency, role, tier, agreement, agreement_version
    FROM named JOIN share USING (area, report_id);
UPDATE report SET share_set = named.set_id FROM named
    WHERE report.area = named.area AND report.report_id = named.report_id;

ALTER TABLE share RENAME TO share_before;
CREATE VIEW share AS
    SELECT report.area, report.report_id, granted.agency, granted.role, granted.tier, granted.agreement,
        granted.agreement_version
    FROM report JOIN share_set AS granted ON granted.set_id = report.share_set;

CREATE OR REPLACE FUNCTION shared_with_reader(of_area text, of_report text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    RETURN EXISTS (
        SELECT FROM share
        WHERE share.area = of_area AND share.report_id = of_report
            AND share.agency = reader_agency() AND share.role = reader_role() AND share.tier <> 'EXISTENCE'
    );

CREATE OR REPLACE FUNCTION reader_tier(of_area text, of_report text) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    BEGIN ATOMIC
        SELECT share.tier FROM share
        WHERE share.area = of_area AND share.report_id = of_report
            AND share.agency = reader_agency() AND share.role = reader_role();
    END;

CREATE OR REPLACE FUNCTION reports_of_case(of_area text, of_case text)
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

DROP TABLE share_before;

ALTER TABLE share_set ENABLE ROW LEVEL SECURITY;
CREATE POLICY writer_all ON share_set TO wardlink_writer USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON share_set TO wardlink_writer;
GRANT SELECT ON share TO wardlink_writer;
