-- The alert thresholds of a block are rates against its homes.
CREATE INDEX geography_uprn_by_parent ON geography_uprn (parent_uprn) WHERE parent_uprn IS NOT NULL;
