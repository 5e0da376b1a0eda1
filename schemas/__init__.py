"""The language: what Wardlink's topics carry, as Avro schemas, records, code lists and errors. Pure."""
