-- Where things are: open lookups as they were imported, and which area holds which local authority.
-- A key is a code with its vintage (the year of the boundaries or of the release, 0 where nobody said it); a file that
-- is imported later counts for its own vintage, the old vintage stays.

CREATE TABLE geography_import (
    import_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    vintage int NOT NULL,
    source text NOT NULL,
    digest text NOT NULL,
    places bigint NOT NULL DEFAULT 0,
    imported_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (kind, vintage, digest)
);

CREATE TABLE geography_boundary (
    layer text NOT NULL CHECK (layer IN ('lad', 'lsoa', 'ward')),
    vintage int NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    lad text,
    shape bytea NOT NULL,
    import_id bigint NOT NULL REFERENCES geography_import,
    PRIMARY KEY (layer, vintage, code)
);

CREATE TABLE geography_lsoa (
    vintage int NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    lad text,
    ward text,
    import_id bigint NOT NULL REFERENCES geography_import,
    PRIMARY KEY (vintage, code)
);

CREATE TABLE geography_ward (
    vintage int NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    lad text,
    import_id bigint NOT NULL REFERENCES geography_import,
    PRIMARY KEY (vintage, code)
);

CREATE TABLE geography_postcode (
    vintage int NOT NULL,
    postcode text NOT NULL,
    latitude float8,
    longitude float8,
    lad text,
    ward text,
    lsoa21 text,
    lsoa11 text,
    import_id bigint NOT NULL REFERENCES geography_import,
    PRIMARY KEY (vintage, postcode)
);

CREATE TABLE geography_uprn (
    vintage int NOT NULL,
    uprn text NOT NULL CHECK (uprn ~ '^[1-9][0-9]{0,11}$'),
    parent_uprn text,
    usrn text,
    latitude float8,
    longitude float8,
    postcode text,
    lsoa_code text,
    lsoa_vintage int NOT NULL,
    ward text,
    lad text,
    classification text,
    address text,
    import_id bigint NOT NULL REFERENCES geography_import,
    PRIMARY KEY (vintage, uprn)
);

-- An area is a partnership; each local authority belongs to one, at first to its own.
CREATE TABLE partnership (
    area text PRIMARY KEY,
    name text NOT NULL
);

CREATE TABLE partnership_lad (
    lad text PRIMARY KEY,
    name text NOT NULL,
    area text NOT NULL REFERENCES partnership
);

GRANT SELECT, INSERT, UPDATE, DELETE ON geography_import, geography_boundary, geography_lsoa, geography_ward,
    geography_postcode, geography_uprn, partnership, partnership_lad TO wardlink_writer;
GRANT SELECT ON geography_import, geography_boundary, geography_lsoa, geography_ward, geography_postcode,
    geography_uprn, partnership, partnership_lad TO wardlink_reader;
