-- An alert that is not sent because another agency leads (policy.inbox).

ALTER TABLE alert DROP CONSTRAINT alert_quiet_check;
ALTER TABLE alert ADD CONSTRAINT alert_quiet_check CHECK (quiet IN ('', 'FOLDED', 'FULL', 'LED', 'PAST', 'WEAK'));
