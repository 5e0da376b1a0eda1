-- The key database: one random key for each sealed row.

-- name: copy_report_keys
COPY report_key (key_id, key, area) FROM STDIN

-- name: select_report_keys
SELECT key_id, key FROM report_key WHERE key_id = ANY (%s)
