#!/bin/bash
# Makes the roles and databases the first time, by the same statements as the embedded stack. The image's entrypoint
# calls it; passwords go by the environment, never by a command line.
set -e

psql --no-psqlrc --quiet -v ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<SQL
\getenv owner OWNER_PASSWORD
\getenv writer WRITER_PASSWORD
\getenv reader READER_PASSWORD
\getenv keykeeper KEYKEEPER_PASSWORD
\getenv registry REGISTRY_PASSWORD
\i ${STATEMENTS:-/wardlink/sql}/cluster.sql
\connect wardlink
\i ${STATEMENTS:-/wardlink/sql}/database.sql
SQL
