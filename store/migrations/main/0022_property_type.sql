-- What a place's property is, by the gazetteer of the day on which it was told (schemas.vocabulary.PropertyType).
ALTER TABLE report_place ADD COLUMN property_type text NOT NULL DEFAULT 'UNKNOWN';
