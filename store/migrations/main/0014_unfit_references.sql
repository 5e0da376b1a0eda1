-- What lies in quarantine is also known by the reference of its row ("unfit"), so that a mended row can settle it.
ALTER TABLE connector_record
    DROP CONSTRAINT connector_record_entity_check,
    ADD CONSTRAINT connector_record_entity_check CHECK (entity IN ('report', 'update', 'quarantine', 'unfit'));
