"""Every topic of Wardlink, on one page.

All keyed topics have the same number of partitions and the same key, the area, so that one worker owns an area
across all of them. Timestamps are the broker's (LogAppendTime): event time lives only in the payload and `ce_time`.
"""

from dataclasses import dataclass

from schemas.records import (
    AgencyUpdate,
    Alert,
    Batch,
    Case,
    CaseReviewApplication,
    Command,
    Judgement,
    Quarantined,
    Report,
)


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic: its name, the record that it carries, why it exists, and for how many days Kafka keeps it."""

    name: str
    record: type
    purpose: str
    retention_days: int = 14

    @property
    def subject(self) -> str:
        """Its subject in the schema registry (topic name strategy)."""
        return f"{self.name}-value"


REPORTS_POLICE = Topic("asb.reports.police", Report, "reports of police forces, live")
REPORTS_HOUSING = Topic("asb.reports.housing", Report, "reports of housing associations, live")
REPORTS_COUNCIL = Topic("asb.reports.council", Report, "reports of council services and others, live")
BACKFILL = Topic("asb.backfill", Report, "history and published statistics; taken only when the live topics are quiet")
UPDATES = Topic("asb.updates", AgencyUpdate, "what agencies did, found and decided")
BATCHES = Topic("asb.batches", Batch, "files and snapshots read, with what became of their rows")
QUARANTINE = Topic("asb.quarantine", Quarantined, "rows that connectors could not use, sealed")
JUDGEMENTS = Topic("asb.judgements", Judgement, "caseworkers' words about pairs")
APPLICATIONS = Topic("asb.applications", CaseReviewApplication, "applications for ASB case reviews")
COMMANDS = Topic("asb.commands", Command, "ticks, erasures, expiries, agreements, models, replays")
CASES = Topic("asb.cases", Case, "changes of cases, from the outbox")
ALERTS = Topic("asb.alerts", Alert, "alerts for one recipient each, from the outbox")

LIVE = (
    REPORTS_POLICE,
    REPORTS_HOUSING,
    REPORTS_COUNCIL,
    UPDATES,
    BATCHES,
    QUARANTINE,
    JUDGEMENTS,
    APPLICATIONS,
    COMMANDS,
)
"""What `resolve` takes as it comes."""

INBOUND = (*LIVE, BACKFILL)
"""Everything that changes an area's state: the topics of `resolve`, co-partitioned."""

OUTBOUND = (CASES, ALERTS)
"""What `relay` publishes from the outbox."""

TOPICS = (*INBOUND, *OUTBOUND)

BY_NAME = {topic.name: topic for topic in TOPICS}
