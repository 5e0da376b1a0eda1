"""What may and must be told: sharing, alerting and case-review rules. Pure."""
