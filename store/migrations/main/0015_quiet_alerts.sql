-- An alert that is not sent, only listed: why (policy.inbox); empty for one that is sent.

ALTER TABLE alert ADD COLUMN quiet text NOT NULL DEFAULT ''
    CHECK (quiet IN ('', 'FOLDED', 'FULL', 'PAST', 'WEAK'));
