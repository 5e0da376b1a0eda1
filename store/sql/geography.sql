-- The imported lookup of areas: boundaries, LSOAs, wards, postcodes, properties, and which area holds which authority.
--
-- Reading: of a postcode or property the newest vintage that says a thing is believed in that thing; of the others
-- every vintage is read, the newest last.

-- name: read_boundary
SELECT layer, vintage, code, name, lad, shape FROM geography_boundary ORDER BY layer, vintage, code

-- name: read_lsoa
SELECT vintage, code, name, lad, ward FROM geography_lsoa ORDER BY vintage, code

-- name: read_ward
SELECT vintage, code, name, lad FROM geography_ward ORDER BY vintage, code

-- name: read_postcode
SELECT max(vintage), postcode,
    (array_agg(latitude ORDER BY vintage DESC) FILTER (WHERE latitude IS NOT NULL))[1],
    (array_agg(longitude ORDER BY vintage DESC) FILTER (WHERE longitude IS NOT NULL))[1],
    (array_agg(lad ORDER BY vintage DESC) FILTER (WHERE lad IS NOT NULL))[1],
    (array_agg(ward ORDER BY vintage DESC) FILTER (WHERE ward IS NOT NULL))[1],
    (array_agg(lsoa21 ORDER BY vintage DESC) FILTER (WHERE lsoa21 IS NOT NULL))[1],
    (array_agg(lsoa11 ORDER BY vintage DESC) FILTER (WHERE lsoa11 IS NOT NULL))[1]
FROM geography_postcode GROUP BY postcode ORDER BY postcode COLLATE "C"

-- name: read_uprn
SELECT max(vintage), uprn,
    (array_agg(parent_uprn ORDER BY vintage DESC) FILTER (WHERE parent_uprn IS NOT NULL))[1],
    (array_agg(usrn ORDER BY vintage DESC) FILTER (WHERE usrn IS NOT NULL))[1],
    (array_agg(latitude ORDER BY vintage DESC) FILTER (WHERE latitude IS NOT NULL))[1],
    (array_agg(longitude ORDER BY vintage DESC) FILTER (WHERE longitude IS NOT NULL))[1],
    NULL::text,
    (array_agg(lsoa_code ORDER BY vintage DESC) FILTER (WHERE lsoa_code IS NOT NULL))[1],
    (array_agg(lsoa_vintage ORDER BY vintage DESC) FILTER (WHERE lsoa_code IS NOT NULL))[1],
    (array_agg(ward ORDER BY vintage DESC) FILTER (WHERE ward IS NOT NULL))[1],
    (array_agg(lad ORDER BY vintage DESC) FILTER (WHERE lad IS NOT NULL))[1],
    (array_agg(classification ORDER BY vintage DESC) FILTER (WHERE classification IS NOT NULL))[1],
    NULL::text
FROM geography_uprn GROUP BY uprn ORDER BY uprn::bigint

-- name: read_partnerships
SELECT
    partnership.area,
    coalesce(nullif(partnership.name, ''), string_agg(partnership_lad.name, ', ' ORDER BY lad)) AS name,
    array_agg(lad ORDER BY lad) AS lads
FROM partnership JOIN partnership_lad USING (area)
GROUP BY partnership.area, partnership.name
ORDER BY partnership.area

-- Importing: rows are staged by COPY, then merged. A later import of a vintage replaces what it says and leaves what it
-- does not say: points from one open file, parents from another and LSOAs from a third make one property.

-- name: open_import
INSERT INTO geography_import (kind, vintage, source, digest) VALUES (%(kind)s, %(vintage)s, %(source)s, %(digest)s)
ON CONFLICT (kind, vintage, digest) DO UPDATE SET source = excluded.source
RETURNING import_id

-- name: close_import
UPDATE geography_import SET places = %(places)s, imported_at = now() WHERE import_id = %(import_id)s

-- name: list_imports
SELECT kind, vintage, source, digest, places, imported_at FROM geography_import ORDER BY imported_at, import_id

-- name: geography_version
SELECT concat_ws(
    ' ', max(imported_at), count(*),
    (SELECT md5(string_agg(lad || '>' || area, ' ' ORDER BY lad)) FROM partnership_lad)
) AS version
FROM geography_import

-- name: stage_boundary
CREATE TEMPORARY TABLE incoming_boundary (LIKE geography_boundary, ordinal bigint GENERATED ALWAYS AS IDENTITY) ON COMMIT DROP;
ALTER TABLE incoming_boundary DROP COLUMN import_id

-- name: fill_boundary
COPY incoming_boundary (
    layer, vintage, code, name, lad, shape
) FROM STDIN (FORMAT binary)

-- name: merge_boundary
INSERT INTO geography_boundary AS kept (
    layer, vintage, code, name, lad, shape, import_id
)
SELECT DISTINCT ON (layer, vintage, code)
    layer, vintage, code, name, lad, shape, %(import_id)s
FROM incoming_boundary
ORDER BY layer, vintage, code, ordinal DESC
ON CONFLICT (layer, vintage, code) DO UPDATE SET
    name = coalesce(nullif(excluded.name, ''), kept.name),
    lad = coalesce(excluded.lad, kept.lad),
    shape = excluded.shape,
    import_id = excluded.import_id
WHERE (
    kept.name, kept.lad, kept.shape
) IS DISTINCT FROM (
    coalesce(nullif(excluded.name, ''), kept.name),
    coalesce(excluded.lad, kept.lad),
    excluded.shape
)

-- name: unstage_boundary
DROP TABLE incoming_boundary

-- name: stage_lsoa
CREATE TEMPORARY TABLE incoming_lsoa (LIKE geography_lsoa, ordinal bigint GENERATED ALWAYS AS IDENTITY) ON COMMIT DROP;
ALTER TABLE incoming_lsoa DROP COLUMN import_id

-- name: fill_lsoa
COPY incoming_lsoa (
    vintage, code, name, lad, ward
) FROM STDIN (FORMAT binary)

-- name: merge_lsoa
INSERT INTO geography_lsoa AS kept (
    vintage, code, name, lad, ward, import_id
)
SELECT DISTINCT ON (vintage, code)
    vintage, code, name, lad, ward, %(import_id)s
FROM incoming_lsoa
ORDER BY vintage, code, ordinal DESC
ON CONFLICT (vintage, code) DO UPDATE SET
    name = coalesce(nullif(excluded.name, ''), kept.name),
    lad = coalesce(excluded.lad, kept.lad),
    ward = coalesce(excluded.ward, kept.ward),
    import_id = excluded.import_id
WHERE (
    kept.name, kept.lad, kept.ward
) IS DISTINCT FROM (
    coalesce(nullif(excluded.name, ''), kept.name),
    coalesce(excluded.lad, kept.lad),
    coalesce(excluded.ward, kept.ward)
)

-- name: unstage_lsoa
DROP TABLE incoming_lsoa

-- name: stage_ward
CREATE TEMPORARY TABLE incoming_ward (LIKE geography_ward, ordinal bigint GENERATED ALWAYS AS IDENTITY) ON COMMIT DROP;
ALTER TABLE incoming_ward DROP COLUMN import_id

-- name: fill_ward
COPY incoming_ward (
    vintage, code, name, lad
) FROM STDIN (FORMAT binary)

-- name: merge_ward
INSERT INTO geography_ward AS kept (
    vintage, code, name, lad, import_id
)
SELECT DISTINCT ON (vintage, code)
    vintage, code, name, lad, %(import_id)s
FROM incoming_ward
ORDER BY vintage, code, ordinal DESC
ON CONFLICT (vintage, code) DO UPDATE SET
    name = coalesce(nullif(excluded.name, ''), kept.name),
    lad = coalesce(excluded.lad, kept.lad),
    import_id = excluded.import_id
WHERE (
    kept.name, kept.lad
) IS DISTINCT FROM (
    coalesce(nullif(excluded.name, ''), kept.name),
    coalesce(excluded.lad, kept.lad)
)

-- name: unstage_ward
DROP TABLE incoming_ward

-- name: stage_postcode
CREATE TEMPORARY TABLE incoming_postcode (LIKE geography_postcode, ordinal bigint GENERATED ALWAYS AS IDENTITY) ON COMMIT DROP;
ALTER TABLE incoming_postcode DROP COLUMN import_id

-- name: fill_postcode
COPY incoming_postcode (
    vintage, postcode, latitude, longitude, lad, ward, lsoa21, lsoa11
) FROM STDIN (FORMAT binary)

-- name: merge_postcode
INSERT INTO geography_postcode AS kept (
    vintage, postcode, latitude, longitude, lad, ward, lsoa21, lsoa11, import_id
)
SELECT DISTINCT ON (vintage, postcode)
    vintage, postcode, latitude, longitude, lad, ward, lsoa21, lsoa11, %(import_id)s
FROM incoming_postcode
ORDER BY vintage, postcode, ordinal DESC
ON CONFLICT (vintage, postcode) DO UPDATE SET
    latitude = coalesce(excluded.latitude, kept.latitude),
    longitude = coalesce(excluded.longitude, kept.longitude),
    lad = coalesce(excluded.lad, kept.lad),
    ward = coalesce(excluded.ward, kept.ward),
    lsoa21 = coalesce(excluded.lsoa21, kept.lsoa21),
    lsoa11 = coalesce(excluded.lsoa11, kept.lsoa11),
    import_id = excluded.import_id
WHERE (
    kept.latitude, kept.longitude, kept.lad, kept.ward, kept.lsoa21, kept.lsoa11
) IS DISTINCT FROM (
    coalesce(excluded.latitude, kept.latitude),
    coalesce(excluded.longitude, kept.longitude),
    coalesce(excluded.lad, kept.lad),
    coalesce(excluded.ward, kept.ward),
    coalesce(excluded.lsoa21, kept.lsoa21),
    coalesce(excluded.lsoa11, kept.lsoa11)
)

-- name: unstage_postcode
DROP TABLE incoming_postcode

-- name: stage_uprn
CREATE TEMPORARY TABLE incoming_uprn (LIKE geography_uprn, ordinal bigint GENERATED ALWAYS AS IDENTITY) ON COMMIT DROP;
ALTER TABLE incoming_uprn DROP COLUMN import_id

-- name: fill_uprn
COPY incoming_uprn (
    vintage, uprn, parent_uprn, usrn, latitude, longitude, postcode, lsoa_code, lsoa_vintage, ward, lad,
    classification, address
) FROM STDIN (FORMAT binary)

-- name: merge_uprn
INSERT INTO geography_uprn AS kept (
    vintage, uprn, parent_uprn, usrn, latitude, longitude, postcode, lsoa_code, lsoa_vintage, ward, lad,
    classification, address, import_id
)
SELECT DISTINCT ON (vintage, uprn)
    vintage, uprn, parent_uprn, usrn, latitude, longitude, postcode, lsoa_code, lsoa_vintage, ward, lad,
    classification, address, %(import_id)s
FROM incoming_uprn
ORDER BY vintage, uprn, ordinal DESC
ON CONFLICT (vintage, uprn) DO UPDATE SET
    parent_uprn = coalesce(excluded.parent_uprn, kept.parent_uprn),
    usrn = coalesce(excluded.usrn, kept.usrn),
    latitude = coalesce(excluded.latitude, kept.latitude),
    longitude = coalesce(excluded.longitude, kept.longitude),
    postcode = coalesce(excluded.postcode, kept.postcode),
    lsoa_code = coalesce(excluded.lsoa_code, kept.lsoa_code),
    lsoa_vintage = CASE WHEN excluded.lsoa_code IS NULL THEN kept.lsoa_vintage ELSE excluded.lsoa_vintage END,
    ward = coalesce(excluded.ward, kept.ward),
    lad = coalesce(excluded.lad, kept.lad),
    classification = coalesce(excluded.classification, kept.classification),
    address = coalesce(excluded.address, kept.address),
    import_id = excluded.import_id
WHERE (
    kept.parent_uprn, kept.usrn, kept.latitude, kept.longitude, kept.postcode, kept.lsoa_code,
    kept.lsoa_vintage, kept.ward, kept.lad, kept.classification, kept.address
) IS DISTINCT FROM (
    coalesce(excluded.parent_uprn, kept.parent_uprn),
    coalesce(excluded.usrn, kept.usrn),
    coalesce(excluded.latitude, kept.latitude),
    coalesce(excluded.longitude, kept.longitude),
    coalesce(excluded.postcode, kept.postcode),
    coalesce(excluded.lsoa_code, kept.lsoa_code),
    CASE WHEN excluded.lsoa_code IS NULL THEN kept.lsoa_vintage ELSE excluded.lsoa_vintage END,
    coalesce(excluded.ward, kept.ward),
    coalesce(excluded.lad, kept.lad),
    coalesce(excluded.classification, kept.classification),
    coalesce(excluded.address, kept.address)
)

-- name: unstage_uprn
DROP TABLE incoming_uprn

-- Partnerships.

-- name: note_lads
WITH found AS (
    SELECT lad, name FROM unnest(%(lads)s::text[], %(names)s::text[]) AS one (lad, name)
), own AS (
    INSERT INTO partnership (area, name)
    SELECT lad, '' FROM found WHERE lad NOT IN (SELECT lad FROM partnership_lad)
    ON CONFLICT (area) DO NOTHING
)
INSERT INTO partnership_lad AS kept (lad, name, area)
SELECT lad, name, lad FROM found
ON CONFLICT (lad) DO UPDATE SET name = excluded.name WHERE excluded.name NOT IN ('', kept.name)

-- name: name_partnership
INSERT INTO partnership AS kept (area, name) VALUES (%(area)s, %(name)s)
ON CONFLICT (area) DO UPDATE SET name = excluded.name WHERE excluded.name NOT IN ('', kept.name)

-- name: join_lads
INSERT INTO partnership_lad AS kept (lad, name, area)
SELECT lad, '', %(area)s FROM unnest(%(lads)s::text[]) AS one (lad)
ON CONFLICT (lad) DO UPDATE SET area = excluded.area WHERE kept.area <> excluded.area

-- name: own_area_of_left_lads
INSERT INTO partnership (area, name)
SELECT lad, '' FROM partnership_lad WHERE area = %(area)s AND lad <> ALL (%(lads)s)
ON CONFLICT (area) DO NOTHING

-- name: leave_lads
UPDATE partnership_lad SET area = lad WHERE area = %(area)s AND lad <> ALL (%(lads)s)

-- name: drop_empty_partnerships
DELETE FROM partnership WHERE area NOT IN (SELECT area FROM partnership_lad)

-- name: areas_with_records
SELECT area FROM area WHERE area = ANY (%(areas)s) ORDER BY area

-- name: read_lad_areas
SELECT lad, area FROM partnership_lad ORDER BY lad
