-- What a judgement of a pair could concern. Asked as the writer; a reader is shown of it what a reader may see.

-- Whoever is linked to one of the members, is in a cluster with it, or was judged with it.
-- name: select_tied
SELECT right_id AS member FROM link
WHERE area = %(area)s AND graph = %(graph)s AND live AND left_id = ANY (%(members)s)
UNION
SELECT left_id FROM link
WHERE area = %(area)s AND graph = %(graph)s AND live AND right_id = ANY (%(members)s)
UNION
SELECT unnest(ARRAY[left_id, right_id]) FROM judgement
WHERE area = %(area)s AND graph = %(graph)s AND (left_id = ANY (%(members)s) OR right_id = ANY (%(members)s))
UNION
SELECT other.mention_id FROM mention AS one JOIN mention AS other USING (area, person_id)
WHERE %(graph)s = 'PERSON' AND area = %(area)s AND one.mention_id = ANY (%(members)s)
UNION
SELECT other.report_id FROM report AS one JOIN report AS other USING (area, incident_id)
WHERE %(graph)s = 'INCIDENT' AND area = %(area)s AND one.report_id = ANY (%(members)s)

-- name: select_features
SELECT report_id, features FROM report
WHERE area = %(area)s AND report_id = ANY (%(report_ids)s) AND NOT withdrawn AND features IS NOT NULL

-- name: select_clusters
SELECT report_id AS member, incident_id AS cluster FROM report
WHERE area = %(area)s AND report_id = ANY (%(report_ids)s) AND incident_id IS NOT NULL
UNION ALL
SELECT mention_id, person_id FROM mention
WHERE area = %(area)s AND report_id = ANY (%(report_ids)s) AND person_id IS NOT NULL

-- name: select_judgements
SELECT judgement_id, revision, graph, left_id, right_id, verdict FROM judgement
WHERE area = %(area)s AND split_part(left_id, '#', 1) = ANY (%(report_ids)s)
    AND split_part(right_id, '#', 1) = ANY (%(report_ids)s)
