-- What only a superuser may lay in the database wardlink; everything else is the owner's migrations.

CREATE SCHEMA IF NOT EXISTS registry AUTHORIZATION wardlink_registry;

