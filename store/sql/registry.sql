-- The schema registry's memory.

-- name: lock_registration
SELECT pg_advisory_xact_lock(7226462)

-- name: select_subjects
SELECT DISTINCT subject FROM registry.subject_version ORDER BY subject

-- name: select_versions
SELECT subject, version, schema_id, text
FROM registry.subject_version JOIN registry.avro_schema USING (schema_id)
WHERE subject = %s
ORDER BY version

-- name: select_schema
SELECT text FROM registry.avro_schema WHERE schema_id = %s

-- name: insert_schema
INSERT INTO registry.avro_schema (schema_id, fingerprint, text)
SELECT coalesce(max(schema_id), 0) + 1, %(fingerprint)s, %(text)s FROM registry.avro_schema
ON CONFLICT (fingerprint) DO NOTHING

-- name: insert_version
INSERT INTO registry.subject_version (subject, version, schema_id)
SELECT
    %(subject)s,
    (SELECT coalesce(max(version), 0) + 1 FROM registry.subject_version WHERE subject = %(subject)s),
    schema_id
FROM registry.avro_schema
WHERE fingerprint = %(fingerprint)s

-- name: select_level
SELECT level FROM registry.compatibility WHERE subject = %s

-- name: upsert_level
INSERT INTO registry.compatibility (subject, level) VALUES (%s, %s)
ON CONFLICT (subject) DO UPDATE SET level = excluded.level
