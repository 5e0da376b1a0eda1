-- What has been applied to a database.

-- name: create_migration_table
CREATE TABLE IF NOT EXISTS migration (
    name text PRIMARY KEY,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)

-- name: select_migrations
SELECT name, checksum FROM migration

-- name: insert_migration
INSERT INTO migration (name, checksum) VALUES (%s, %s)
