-- How far a service that is asked over the network has been read: everything before the instant is published.

CREATE TABLE feed_position (
    source text NOT NULL,
    agency text NOT NULL,
    service text NOT NULL,
    read_until bigint NOT NULL,
    PRIMARY KEY (source, agency, service)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON feed_position TO wardlink_writer;
