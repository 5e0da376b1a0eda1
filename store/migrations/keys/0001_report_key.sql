-- The key of each report's sealed bytes; erasing the row erases the report's personal data everywhere.
CREATE TABLE report_key (
    key_id bytea PRIMARY KEY,
    key bytea NOT NULL,
    area text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
