-- The schema registry's memory, in the schema `registry` that its role owns; the owner of the truth has no part in it.
CREATE TABLE registry.avro_schema (
    schema_id int PRIMARY KEY,
    fingerprint bytea NOT NULL UNIQUE,
    text text NOT NULL
);

CREATE TABLE registry.subject_version (
    subject text NOT NULL,
    version int NOT NULL,
    schema_id int NOT NULL REFERENCES registry.avro_schema,
    registered_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (subject, version),
    UNIQUE (subject, schema_id)
);

-- How strictly versions are held together; the row of the subject '' is for all that have none.
CREATE TABLE registry.compatibility (
    subject text PRIMARY KEY,
    level text NOT NULL
);
INSERT INTO registry.compatibility (subject, level) VALUES ('', 'FULL_TRANSITIVE');
