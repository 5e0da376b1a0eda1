"""Memory: PostgreSQL. The only room that knows psycopg."""
