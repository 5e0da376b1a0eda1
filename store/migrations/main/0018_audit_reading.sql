-- An agency's information governance lead reads the audit trail: of its own people's doings and what its people were
-- told, all that was named; of others' doings, its own reports alone. A link to another agency's report is not shown:
-- that would tell of what may be restricted.
CREATE FUNCTION audit_of_reader(of_case text, since timestamptz, most bigint)
    RETURNS TABLE (
        seq bigint, area text, agency text, action text, actor text, purpose text, recipient text, subjects text[],
        fields text[], agreement text, model_version text, at timestamptz
    )
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    BEGIN ATOMIC
        SELECT audit.seq, audit.area, audit.agency, audit.action, audit.actor, audit.purpose, audit.recipient,
            coalesce(seen.subjects, '{}'), audit.fields, audit.agreement, audit.model_version, audit.at
        FROM audit
        CROSS JOIN LATERAL (
            SELECT audit.agency = reader_agency() OR split_part(audit.recipient, '/', 1) = reader_agency() AS whole
        ) AS own
        CROSS JOIN LATERAL (
            SELECT array_agg(named.subject ORDER BY named.place) AS subjects,
                bool_or(EXISTS (
                    SELECT FROM case_file, unnest(string_to_array(named.subject, '=')) AS part
                    WHERE case_file.area = audit.area AND case_file.case_id = of_case
                        AND split_part(part, '#', 1) = ANY (case_file.report_ids)
                )) AS of_this_case
            FROM unnest(audit.subjects) WITH ORDINALITY AS named (subject, place)
            WHERE own.whole OR reader_agency() = ALL (
                SELECT split_part(part, ':', 1) FROM unnest(string_to_array(named.subject, '=')) AS part
            )
        ) AS seen
        WHERE reader_role() = 'governance' AND (own.whole OR seen.subjects IS NOT NULL)
            AND (since IS NULL OR audit.at >= since) AND (of_case IS NULL OR seen.of_this_case)
        ORDER BY audit.seq DESC LIMIT most;
    END;
REVOKE EXECUTE ON FUNCTION audit_of_reader FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_of_reader TO wardlink_reader;
