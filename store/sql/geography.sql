-- The imported lookup of areas: boundaries, LSOAs, wards, postcodes, properties, and which area holds which authority.
-- Of several vintages of a key the newest comes last: readers keep the last.

-- name: read_boundaries
COPY (SELECT layer, vintage, code, name, lad, shape FROM geography_boundary ORDER BY layer, vintage, code)
TO STDOUT (FORMAT binary)

-- name: read_lsoas
COPY (SELECT vintage, code, name, lad, ward FROM geography_lsoa ORDER BY vintage, code) TO STDOUT (FORMAT binary)

-- name: read_wards
COPY (SELECT vintage, code, name, lad FROM geography_ward ORDER BY vintage, code) TO STDOUT (FORMAT binary)

-- name: read_postcodes
COPY (
    SELECT vintage, postcode, latitude, longitude, lad, ward, lsoa21, lsoa11
    FROM geography_postcode ORDER BY postcode COLLATE "C", vintage
) TO STDOUT (FORMAT binary)

-- name: read_uprns
COPY (
    SELECT vintage, uprn, parent_uprn, usrn, latitude, longitude, postcode, lsoa_code, lsoa_vintage, ward, lad,
        classification, NULL::text
    FROM geography_uprn ORDER BY uprn::bigint, vintage
) TO STDOUT (FORMAT binary)

-- name: read_partnerships
SELECT partnership.area, partnership.name, array_agg(partnership_lad.lad ORDER BY partnership_lad.lad) AS lads
FROM partnership JOIN partnership_lad USING (area)
GROUP BY partnership.area, partnership.name
ORDER BY partnership.area
