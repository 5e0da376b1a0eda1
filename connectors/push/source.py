"""The sources of what partners push: one for each partner system, by the contract of file connectors."""

from abc import abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from connectors.contract import Broken, Context, Outcome, Row, Sector, Source
from connectors.push import draft
from connectors.push.events import event_of
from connectors.push.form import ReportForm
from connectors.sdm.report import report_of
from connectors.sources.sdm import Sdm
from schemas.errors import Refused


class Pushed(Source):
    """What one partner system pushes. Nothing of it is read from files."""

    columns = frozenset()

    def __init__(self, partner: str, sector: str) -> None:
        self.name = source_name(partner)
        self.sector = Sector(sector)

    def recognise(self, path: Path) -> None:
        """Refused: nothing of it is a file."""
        raise Refused(f"{self.name} is pushed over HTTP: files of this agency need a source of their own")

    def collect(self, path: Path, context: Context) -> Iterator[Row | Broken]:
        """Refused: nothing of it is a file."""
        self.recognise(path)
        yield from ()

    def to_report(self, row: Row, context: Context) -> Outcome:
        """What the JSON in the row's bytes becomes; pure. Raises Unfit."""
        return self.read(orjson.loads(row.raw), context)

    @abstractmethod
    def read(self, content: Any, context: Context) -> Outcome:
        """What parsed JSON becomes; pure. Raises Unfit."""


class PushedEvents(Pushed):
    """CloudEvents whose data are the form of a report, or its withdrawal."""

    mapper_version = draft.MAPPER
    expects = "CloudEvents 1.0 of type wardlink.report or wardlink.report.withdrawn"
    one_report_is = "one event"

    def read(self, content: Any, context: Context) -> Outcome:
        """The report of an event, or its withdrawal."""
        event = event_of(content)
        if isinstance(event.data, ReportForm):
            return draft.draft_of(event.data, event.time, context)
        return draft.withdrawal_of(event.data, event.time, context)


class PushedSdm(Pushed):
    """Incident documents of the police Standard Data Model."""

    mapper_version = Sdm.mapper_version
    expects = Sdm.expects
    one_report_is = Sdm.one_report_is

    def read(self, content: Any, context: Context) -> Outcome:
        """The report of an incident."""
        return report_of(content, context.agency)


def source_name(partner: str) -> str:
    """The name of a partner's feed, as in `wardlink source on AGENCY push-PARTNER`."""
    return f"push-{partner}"
