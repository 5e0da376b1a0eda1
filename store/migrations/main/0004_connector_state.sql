-- What connectors have published, so that reading again adds nothing: references and keyed hashes, never values.

CREATE TABLE connector_batch (
    batch_id text PRIMARY KEY,
    source text NOT NULL,
    agency text NOT NULL,
    collected_at bigint NOT NULL,
    finished_at bigint
);

CREATE TABLE connector_record (
    source text NOT NULL,
    agency text NOT NULL,
    entity text NOT NULL CHECK (entity IN ('report', 'update', 'quarantine')),
    reference text NOT NULL,
    content bytea NOT NULL,
    revision bigint NOT NULL,
    area text NOT NULL,
    withdrawn boolean NOT NULL,
    PRIMARY KEY (source, agency, entity, reference)
);

-- Periods that a source publishes as a whole, with the layout that each was read from.
CREATE TABLE connector_period (
    source text NOT NULL,
    agency text NOT NULL,
    period text NOT NULL,
    layout text NOT NULL,
    PRIMARY KEY (source, agency, period, layout)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON connector_batch, connector_record, connector_period TO wardlink_writer;
