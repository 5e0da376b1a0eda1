-- Whose homes are whose: a landlord's stock, as lists of it were handed in. A home's rows follow each other in time;
-- `valid_to` is the first day on which a row no longer holds, and null while it does.

CREATE TABLE stock_list (
    list_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    agency text NOT NULL,
    as_of date NOT NULL,
    source text NOT NULL,
    digest text NOT NULL,
    homes bigint NOT NULL,
    imported_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (agency, as_of, digest)
);

CREATE TABLE stock_home (
    agency text NOT NULL,
    uprn text NOT NULL CHECK (uprn ~ '^[1-9][0-9]{0,11}$'),
    valid_from date NOT NULL,
    valid_to date CHECK (valid_to > valid_from),
    tenure text NOT NULL,
    block text,
    block_uprn text CHECK (block_uprn ~ '^[1-9][0-9]{0,11}$'),
    block_dwellings int CHECK (block_dwellings > 0),
    list_id bigint NOT NULL REFERENCES stock_list,
    PRIMARY KEY (agency, uprn, valid_from)
);
CREATE UNIQUE INDEX stock_home_that_holds ON stock_home (agency, uprn) WHERE valid_to IS NULL;
CREATE INDEX stock_home_by_uprn ON stock_home (uprn);
CREATE INDEX stock_home_by_block ON stock_home (block_uprn) WHERE block_uprn IS NOT NULL;

GRANT SELECT, INSERT, UPDATE, DELETE ON stock_list, stock_home TO wardlink_writer;
