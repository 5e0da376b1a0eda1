-- Partner systems: who they are, how they prove it, what became of what they pushed, and the letters pushed to them.

CREATE TABLE partner (
    partner text PRIMARY KEY,
    agency text NOT NULL,
    sector text NOT NULL CHECK (sector IN ('police', 'housing', 'council')),
    area text,
    webhook text,
    webhook_role text,
    added_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz,
    CHECK (webhook_role IS NULL OR webhook IS NOT NULL)
);

-- Of an API key only its SHA-256 is kept. A secret of signatures has to be known to check them: it is kept sealed.
CREATE TABLE partner_key (
    key_id text PRIMARY KEY,
    partner text NOT NULL REFERENCES partner,
    purpose text NOT NULL CHECK (purpose IN ('api key', 'signing', 'webhook')),
    digest bytea CHECK ((purpose = 'api key') = (digest IS NOT NULL)),
    sealed bytea CHECK ((purpose = 'api key') = (sealed IS NULL)),
    added_at timestamptz NOT NULL DEFAULT now(),
    ends_at timestamptz,
    last_used_at timestamptz
);
CREATE INDEX partner_key_by_partner ON partner_key (partner);

-- Signatures that were taken once, for as long as their time would let them be shown again.
CREATE TABLE partner_proof (
    proof bytea PRIMARY KEY,
    taken_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX partner_proof_by_time ON partner_proof (taken_at);

-- What became of each event. Its id is a keyed hash of agency, source and id of the event; `content` one of the event.
CREATE TABLE receipt (
    receipt_id text PRIMARY KEY,
    partner text NOT NULL REFERENCES partner,
    agency text NOT NULL,
    content bytea NOT NULL,
    received bigint NOT NULL,
    state text NOT NULL CHECK (state IN ('received', 'published', 'unfit', 'out of scope')),
    report_id text,
    area text,
    revision bigint,
    change text,
    reasons jsonb NOT NULL DEFAULT '[]'
);

-- Alerts on their way to a partner's webhook. A letter's body stays what it was: whoever gets it twice can tell.
CREATE TABLE letter (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id text NOT NULL,
    partner text NOT NULL REFERENCES partner,
    alert_id text NOT NULL,
    body bytea NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'dead')),
    attempts int NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL DEFAULT now(),
    answer text NOT NULL DEFAULT '',
    written_at timestamptz NOT NULL DEFAULT now(),
    settled_at timestamptz,
    UNIQUE (message_id, partner)
);
CREATE INDEX letter_waiting ON letter (partner, due_at) WHERE state = 'waiting';

CREATE INDEX letter_by_alert ON letter (alert_id, seq);

CREATE FUNCTION tell_of_letters() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NOTIFY letter;
    RETURN NULL;
END $$;
CREATE TRIGGER letter_written AFTER INSERT OR UPDATE OF state ON letter
    FOR EACH STATEMENT EXECUTE FUNCTION tell_of_letters();

GRANT SELECT, INSERT, UPDATE, DELETE ON partner, partner_key, partner_proof, receipt, letter TO wardlink_writer;
