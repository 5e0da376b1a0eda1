-- Where an alert went: the mailbox of a team of its recipient, by the directory that was in force. One row for each alert,
-- by its last message. `trouble` is set, and nothing else, where nobody is named to read it.

CREATE TABLE alert_route (
    area text NOT NULL,
    alert_id text NOT NULL,
    recipient text NOT NULL,
    role text NOT NULL,
    mailbox text,
    via text,
    team text,
    covers_for text,
    escalation text,
    owner_is_unknown boolean NOT NULL DEFAULT false,
    trouble text,
    directory text NOT NULL,
    routed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (area, alert_id),
    CHECK ((mailbox IS NULL) = (trouble IS NOT NULL) AND (mailbox IS NULL) = (via IS NULL))
);

GRANT SELECT, INSERT, UPDATE, DELETE ON alert_route TO wardlink_writer;
GRANT SELECT ON alert_route TO wardlink_reader;
ALTER TABLE alert_route ENABLE ROW LEVEL SECURITY;
CREATE POLICY writer_all ON alert_route TO wardlink_writer USING (true) WITH CHECK (true);
CREATE POLICY reader_own ON alert_route FOR SELECT TO wardlink_reader
    USING (recipient = reader_agency() AND role = reader_role());
