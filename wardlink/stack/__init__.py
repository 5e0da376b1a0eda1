"""The embedded stack: Kafka, PostgreSQL and each role as its own supervised process, all from packages."""
