"""Nerves: the topology and the roles that move records between Kafka and PostgreSQL."""
