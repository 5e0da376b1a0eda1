-- Months that are published as statistics and covered by the force's own feed: there, what is published is shown as a
-- comparison, and not counted beside what the force itself reports.
-- A feed covers a month of an area when it has a report of it. It is the force's own when it bears the code that the
-- publisher gives the force, or is law enforcement's (DPA 2018 Part 3): one force polices an area.

CREATE FUNCTION month_of(instant timestamptz) RETURNS date
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN date_trunc('month', instant AT TIME ZONE 'Europe/London')::date;

CREATE VIEW covered_month WITH (security_invoker = true) AS
WITH published AS (
    SELECT area, agency, month_of(occurred_earliest) AS month, count(*) AS reports
    FROM report WHERE kind = 'PUBLIC_STATISTICS' AND NOT withdrawn
    GROUP BY area, agency, month
), own AS (
    SELECT area, agency, regime, month_of(coalesce(occurred_earliest, reported_at)) AS month, count(*) AS reports
    FROM report WHERE kind = 'OPERATIONAL' AND NOT withdrawn
    GROUP BY area, agency, regime, month
)
SELECT published.area, published.agency, published.month, published.reports AS published, sum(own.reports) AS own
FROM published
JOIN own ON own.area = published.area AND own.month = published.month
    AND (own.agency = published.agency OR own.regime = 'DPA_2018_PART_3')
GROUP BY published.area, published.agency, published.month, published.reports;

GRANT SELECT ON covered_month TO wardlink_writer;
