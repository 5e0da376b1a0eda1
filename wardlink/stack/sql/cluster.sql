-- Roles and databases of Wardlink; no role is a superuser. Statements are parted by an empty line.
-- Works in psql too: psql -v owner=... -v writer=... -v reader=... -v keykeeper=... -v registry=... -f cluster.sql

CREATE ROLE wardlink_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'owner';

CREATE ROLE wardlink_writer LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'writer';

CREATE ROLE wardlink_reader LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'reader';

CREATE ROLE wardlink_keykeeper LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'keykeeper';

CREATE ROLE wardlink_registry LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'registry';

CREATE DATABASE wardlink OWNER wardlink_owner;

CREATE DATABASE wardlink_keys OWNER wardlink_keykeeper;

REVOKE ALL ON DATABASE wardlink FROM PUBLIC;

REVOKE ALL ON DATABASE wardlink_keys FROM PUBLIC;

GRANT CONNECT, TEMPORARY ON DATABASE wardlink TO wardlink_writer;

GRANT CONNECT ON DATABASE wardlink TO wardlink_reader, wardlink_registry;

ALTER ROLE wardlink_registry SET search_path = registry;

