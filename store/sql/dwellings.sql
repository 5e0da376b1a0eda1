-- Homes of a building.

-- name: count_dwellings
SELECT count(DISTINCT uprn) AS dwellings FROM geography_uprn WHERE parent_uprn = %s
