-- What `collect` has done: its looks at each place, and what became of each file. Names and counts, never contents.

CREATE TABLE connector_look (
    feed text PRIMARY KEY,
    looked_at bigint NOT NULL,
    trouble text NOT NULL,
    trouble_since bigint
);

-- One row for each content of a feed. `attempts` counts readings that were begun and told no end; a file is settled
-- once it lies aside with its receipt.
CREATE TABLE connector_file (
    feed text NOT NULL,
    digest text NOT NULL,
    name text NOT NULL,
    read_as text NOT NULL,
    state text NOT NULL CHECK (state IN ('begun', 'done', 'failed')),
    attempts int NOT NULL,
    begun_at bigint NOT NULL,
    settled_at bigint,
    receipt jsonb,
    PRIMARY KEY (feed, digest)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON connector_look, connector_file TO wardlink_writer;
