"""An application for an ASB case review, as an agency takes it: published, so that nobody is told again to apply."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from connectors.publish import Publisher
from connectors.registry import Registry
from policy.facts import Reader, Role
from policy.months import start_of
from schemas.errors import Refused
from schemas.records import CaseReviewApplication, Moment
from schemas.topics import APPLICATIONS
from wardlink.settings import Settings, kafka_settings, registry_url
from wardlink.views import Views


@dataclass(frozen=True, slots=True)
class Applied:
    """What was published: the application's id, and the reports that it speaks of."""

    application_id: str
    report_ids: Sequence[str]


def apply_for_review(settings: Settings, reader: Reader, case_id: str, made: date) -> Applied:
    """Publishes that a victim has applied on a day for a review of the case as the reader sees it (ASB, Crime and
    Policing Act 2014 section 104). One application of one agency, case and day is one, however often it is told.

    Raises Refused for whoever is no caseworker, where there is no such case for the reader, and for a day to come.
    """
    if reader.role is not Role.CASEWORKER:
        raise Refused(f"{reader} may not do that: an application is taken by a caseworker (--as AGENCY/caseworker)")
    now = time.time_ns() // 1000
    if start_of(made) > now:
        raise Refused(f"made: {made} has not come yet; give the day on which the victim applied")
    view = Views(settings, reader, "ASB case review").case(case_id)
    report_ids = sorted({each["report_id"] for incident in view["incidents"] for each in incident["reports"]})
    name = f"{reader.agency}:{view['case_id']}:{made.isoformat()}"
    record = CaseReviewApplication(
        application_id=name,
        area=view["area"],
        agency=reader.agency,
        report_ids=tuple(report_ids),
        case_id=view["case_id"],
        made=Moment(at=start_of(made)),
        received=Moment(at=start_of(made)),
        revision=now,
    )
    with Publisher(kafka_settings(settings), Registry(registry_url(settings))) as publisher:
        publisher.send(APPLICATIONS, record.area, record, f"{name}/{now}", record.made.at)
        publisher.flush()
    return Applied(name, report_ids)
