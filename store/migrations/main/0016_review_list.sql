-- Pairs that may be the same go to a list, not to the inbox; what an agency has judged is on it no more.

CREATE INDEX link_possible ON link (graph, weight_millibits DESC) WHERE live AND band = 'possible';

ALTER TABLE judgement ENABLE ROW LEVEL SECURITY;
CREATE POLICY writer_all ON judgement TO wardlink_writer USING (true) WITH CHECK (true);
CREATE POLICY reader_own ON judgement FOR SELECT TO wardlink_reader USING (agency = reader_agency());
GRANT SELECT ON judgement TO wardlink_reader;
