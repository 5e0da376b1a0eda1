-- Quality: what windows hold, value-free facts of their reports, and what was measured. Statements named select_…, count_…
-- and save_… are the measuring role's; those named read_… are a reader's, under row-level security.

-- name: lock_measuring
SELECT pg_advisory_lock(7226462)

-- name: count_windows
SELECT source, agency, opens, opens + %(width)s AS closes,
    sum(reports)::bigint AS reports, sum(quarantined)::bigint AS quarantined, sum(batches)::bigint AS batches,
    max(newest) AS newest, bool_and(is_public) AS is_public,
    concat_ws(' ', sum(reports), sum(quarantined), sum(batches), max(newest), max(rejected), max(finished)) AS mark
FROM (
    SELECT source, agency, date_bin(%(width)s, received_at, timestamptz '1970-01-05 00:00+00') AS opens,
        count(*) AS reports, 0 AS quarantined, 0 AS batches, max(received_at) AS newest,
        bool_and(kind = 'PUBLIC_STATISTICS') AS is_public, NULL::timestamptz AS rejected, NULL::timestamptz AS finished
    FROM report WHERE NOT withdrawn GROUP BY 1, 2, 3
    UNION ALL
    SELECT source, agency, date_bin(%(width)s, failed_at, timestamptz '1970-01-05 00:00+00'),
        0, count(*), 0, NULL, NULL, max(failed_at), NULL
    FROM quarantine WHERE state = 'open' GROUP BY 1, 2, 3
    UNION ALL
    SELECT source, agency, date_bin(%(width)s, finished_at, timestamptz '1970-01-05 00:00+00'),
        0, 0, count(*), NULL, NULL, NULL, max(finished_at)
    FROM batch GROUP BY 1, 2, 3
) AS found
WHERE (%(source)s::text IS NULL OR source = %(source)s) AND (%(agency)s::text IS NULL OR agency = %(agency)s)
GROUP BY source, agency, opens
ORDER BY source, opens, agency

-- name: select_marks
SELECT source, agency, opens, closes, mark, suite FROM quality_window

-- name: select_reports
SELECT report.area, report.report_id, report.agency, occurred_precision,
    extract(epoch FROM occurred_earliest)::float8 AS occurred_at,
    extract(epoch FROM reported_at)::float8 AS reported_at,
    extract(epoch FROM coalesce(reported_at, complaint_made_at))::float8 AS told_at,
    extract(epoch FROM received_at)::float8 AS received_at,
    category, regime, report.kind, array_to_string(quality_facts, ' ') AS facts, detail IS NOT NULL AS has_detail,
    place.places, place.has_point, place.has_property, place.place_method, place.open_label,
    report.lsoa_code IS NOT NULL AS has_lsoa,
    CASE
        WHEN connector_record.content = '' THEN report.reference ~ ':([2-9]|[1-9][0-9]+)$'
        WHEN connector_record.content IS NOT NULL THEN row_number() OVER (
            PARTITION BY report.agency, connector_record.content ORDER BY report.area, report.report_id
        ) > 1
    END AS repeats_row,
    CASE WHEN report.incident_id IS NOT NULL THEN row_number() OVER (
        PARTITION BY report.area, report.agency, report.incident_id ORDER BY report.received_at, report.report_id
    ) > 1 END AS repeats_incident
FROM report
LEFT JOIN connector_record ON connector_record.source = report.source AND connector_record.agency = report.agency
    AND connector_record.entity = 'report' AND connector_record.reference = report.reference
LEFT JOIN LATERAL (
    SELECT count(*) AS places, bool_or(latitude IS NOT NULL) AS has_point, bool_or(uprn IS NOT NULL) AS has_property,
        (array_agg(method ORDER BY array_position(
            ARRAY['STATED_UPRN', 'STATED_POINT', 'STATED_ADDRESS', 'SNAPPED_POINT', 'POSTCODE_CENTROID', 'AREA_ONLY'],
            method
        )))[1] AS place_method,
        min(open_label) AS open_label
    FROM report_place WHERE report_place.area = report.area AND report_place.report_id = report.report_id
) AS place ON true
WHERE report.source = %(source)s AND report.agency = ANY (%(agencies)s) AND NOT report.withdrawn
    AND report.received_at >= %(opens)s AND report.received_at < %(closes)s
ORDER BY report.area, report.report_id

-- name: count_quarantined
SELECT agency, count(*) AS rows FROM quarantine
WHERE source = %(source)s AND agency = ANY (%(agencies)s) AND state = 'open'
    AND failed_at >= %(opens)s AND failed_at < %(closes)s
GROUP BY agency ORDER BY agency

-- name: select_batches
SELECT batch_id, agency, source, columns, unknown_columns, counts, finished_at FROM batch
WHERE agency = ANY (%(agencies)s) AND finished_at < %(closes)s
    AND (finished_at >= %(opens)s OR (agency, source, finished_at) IN (
        SELECT agency, source, max(finished_at) FROM batch WHERE finished_at < %(opens)s GROUP BY agency, source
    ))
ORDER BY finished_at, batch_id

-- name: select_delays
SELECT agency,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY received_at - coalesce(reported_at, complaint_made_at)) AS delay_median,
    percentile_disc(0.95) WITHIN GROUP (ORDER BY received_at - coalesce(reported_at, complaint_made_at)) AS delay_p95
FROM report
WHERE source = %(source)s AND agency = ANY (%(agencies)s) AND NOT withdrawn
    AND coalesce(reported_at, complaint_made_at) IS NOT NULL
    AND received_at >= %(opens)s AND received_at < %(closes)s
GROUP BY agency

-- name: forget_window
DELETE FROM quality_window
WHERE source = %(source)s AND agency = %(agency)s AND opens = %(opens)s AND closes = %(closes)s

-- name: save_window
INSERT INTO quality_window (
    source, agency, opens, closes, mark, suite, is_public, reports, quarantined, batches, newest, delay_median, delay_p95,
    expected_every, measured_at
)
VALUES (
    %(source)s, %(agency)s, %(opens)s, %(closes)s, %(mark)s, %(suite)s, %(is_public)s, %(reports)s, %(quarantined)s,
    %(batches)s, %(newest)s, %(delay_median)s, %(delay_p95)s, %(expected_every)s, %(measured_at)s
)
RETURNING window_id

-- name: save_result
INSERT INTO quality_result (window_id, rule, says, dimension, severity, owner, agreed, because, checked, passed)
VALUES (
    %(window_id)s, %(rule)s, %(says)s, %(dimension)s, %(severity)s, %(owner)s, %(agreed)s, %(because)s, %(checked)s,
    %(passed)s
)

-- name: save_failing
INSERT INTO quality_failing (window_id, rule, area, report_id)
SELECT %(window_id)s, %(rule)s, report.area, report.report_id
FROM report JOIN unnest(%(areas)s::text[], %(report_ids)s::text[]) AS failing (area, report_id)
    ON report.area = failing.area AND report.report_id = failing.report_id
FOR KEY SHARE OF report

-- name: read_windows
SELECT window_id, source, agency, opens, closes, suite, is_public, reports, quarantined, batches, newest, delay_median,
    delay_p95, expected_every, measured_at
FROM quality_window
WHERE closes - opens = %(width)s AND (%(source)s::text IS NULL OR source = %(source)s)
ORDER BY source, agency, opens

-- name: read_results
SELECT window_id, rule, says, dimension, severity, owner, agreed, because, checked, passed
FROM quality_result WHERE window_id = ANY (%(windows)s) ORDER BY window_id, rule

-- name: read_failing
SELECT window_id, rule, area, report_id FROM (
    SELECT window_id, rule, area, report_id,
        row_number() OVER (PARTITION BY window_id, rule ORDER BY area, report_id) AS place
    FROM quality_failing WHERE window_id = ANY (%(windows)s)
) AS numbered
WHERE place <= %(most)s
ORDER BY window_id, rule, place

-- name: read_quarantine
SELECT agency, source, field, rule, remedy, count(*) AS rows, max(failed_at) AS newest
FROM quarantine
WHERE state = 'open' AND (%(source)s::text IS NULL OR source = %(source)s)
GROUP BY agency, source, field, rule, remedy
ORDER BY rows DESC, source, field, rule

-- name: read_batches
SELECT batch_id, agency, source, columns, unknown_columns, counts, finished_at FROM batch
WHERE finished_at < %(closes)s
    AND (finished_at >= %(opens)s OR (agency, source, finished_at) IN (
        SELECT agency, source, max(finished_at) FROM batch WHERE finished_at < %(opens)s GROUP BY agency, source
    ))
ORDER BY finished_at, batch_id
