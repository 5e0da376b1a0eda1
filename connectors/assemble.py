"""From a source's draft to the record that is published: ids, area, content hash, and the sealing of what is personal.

Sealing is the last step, and only for what will be published: most rows of a second reading are unchanged.
"""

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from hashlib import blake2b
from operator import attrgetter
from typing import Any

from connectors.areas import Areas, Settled
from connectors.contract import Context, Draft, Sector, Source, UpdateDraft
from schemas.errors import Unfit
from schemas.records import AgencyUpdate, Moment, Quarantined, Report, ReportDetail, Sealed, Span
from schemas.released import pack
from schemas.topics import BACKFILL, REPORTS_COUNCIL, REPORTS_HOUSING, REPORTS_POLICE, UPDATES, Topic
from schemas.vocabulary import Kind, Operation
from store.connector_state import Key, Published
from vault.keyring import PublicRing
from vault.seal import Sealer

_CONTENT_BYTES = 16
_LIVE = {Sector.POLICE: REPORTS_POLICE, Sector.HOUSING: REPORTS_HOUSING, Sector.COUNCIL: REPORTS_COUNCIL}
_LONGEST_REFERENCE = 200
_CLEAR = attrgetter(
    "case_reference", "occurred", "reported", "complaint_made", "category", "qualifier", "definition", "regime",
    "controller", "marking", "unit", "contacts", "kind",
)  # fmt: skip
_CLEAR_OF_UPDATE = attrgetter(
    "case_reference", "report_references", "happened", "update_kind", "action", "reason", "team", "outcome",
    "statement", "regime", "controller",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seal:
    """Seals for those areas that have a key; `ring` is None where no keyring is at hand (open sources, dry runs)."""

    ring: PublicRing | None
    sealer: Sealer | None

    @classmethod
    def of(cls, ring: PublicRing | None, source: str, day: date) -> "Seal":
        """The seal of one source on one day."""
        return cls(ring, None if ring is None else Sealer(ring, source, day))

    def must(self, area: str, record_id: str, plaintext: bytes, part: str) -> Sealed:
        """Seals; Refused for an area without a key."""
        if self.sealer is None:
            raise ValueError("personal data and no keyring: the command line refuses that before")
        return self.sealer.seal(area, record_id, plaintext, part)

    def may(self, area: str, record_id: str, plaintext: bytes, part: str) -> Sealed | None:
        """Seals where the area has a key, else leaves the part out."""
        if self.ring is None or area not in self.ring.areas:
            return None
        return self.must(area, record_id, plaintext, part)


@dataclass(frozen=True, slots=True)
class Sketch:
    """One record before it is known whether it has to be published: all of it, unsealed.

    `key` names it in the connector's state; `content` is the keyed hash of everything that a revision would tell.
    """

    key: Key
    row: str
    draft: Draft | UpdateDraft
    settled: Settled
    revision: int
    content: bytes
    detail: bytes | None
    monitoring: bytes | None
    updates: tuple["Sketch", ...] = ()

    @property
    def record_id(self) -> str:
        """Agency and its reference: the report id, or the update id."""
        return record_id(self.key[0], self.key[2])


def record_id(agency: str, reference: str) -> str:
    """The id of a report or update, for ever.

    >>> record_id("city-of-london", "CAD 17")
    'city-of-london:CAD 17'
    """
    return f"{agency}:{reference}"


@dataclass(frozen=True)
class Assembler:
    """Makes the records of one reading."""

    source: Source
    context: Context
    areas: Areas
    seal: Seal
    batch: str

    def sketch(self, row: str, draft: Draft | UpdateDraft, ordinal: int | None = None) -> Sketch | None:
        """The record that a draft becomes; None when it lies outside the area that the user asked for.

        `ordinal` numbers rows of equal reference of a source without references. Raises Unfit for a reference or an
        agency that cannot be one.
        """
        agency = draft.agency or self.context.agency
        reference = draft.reference if ordinal is None else f"{draft.reference}:{ordinal}"
        _check(agency, reference)
        assert agency is not None, "checked above"  # noqa: S101
        if isinstance(draft, Draft):
            return self._sketch_report(row, draft, agency, reference)
        return self._sketch_update(row, draft, agency, reference)

    def report(self, sketch: Sketch, operation: Operation, revision: int) -> Report:
        """The report of a sketch, sealed for its area."""
        draft, settled, name = sketch.draft, sketch.settled, sketch.record_id
        assert isinstance(draft, Draft), "a sketch of a report"  # noqa: S101
        agency, _, reference = sketch.key
        return Report(
            report_id=name,
            agency=agency,
            source=self.source.name,
            reference=reference,
            case_reference=draft.case_reference,
            revision=revision,
            operation=operation,
            area=settled.area,
            batch=self.batch,
            row=sketch.row,
            mapper_version=self.source.mapper_version,
            occurred=draft.occurred,
            reported=draft.reported,
            complaint_made=draft.complaint_made,
            received=self._received,
            category=draft.category,
            qualifier=draft.qualifier,
            definition=draft.definition,
            regime=draft.regime,
            controller=draft.controller or agency,
            marking=draft.marking,
            unit=draft.unit,
            contacts=draft.contacts,
            kind=draft.kind,
            lsoa=settled.lsoa,
            open_places=settled.open_places,
            detail=self._sealed(settled.area, name, sketch.detail, "detail"),
            monitoring=self._sealed(settled.area, name, sketch.monitoring, "monitoring"),
        )

    def update(self, sketch: Sketch, operation: Operation, revision: int) -> AgencyUpdate:
        """The agency update of a sketch, sealed for its area."""
        draft, area, name = sketch.draft, sketch.settled.area, sketch.record_id
        assert isinstance(draft, UpdateDraft), "a sketch of an update"  # noqa: S101
        agency = sketch.key[0]
        return AgencyUpdate(
            update_id=name,
            agency=agency,
            source=self.source.name,
            area=area,
            case_reference=draft.case_reference,
            report_ids=tuple(record_id(agency, one) for one in draft.report_references),
            revision=revision,
            operation=operation,
            batch=self.batch,
            row=sketch.row,
            mapper_version=self.source.mapper_version,
            happened=draft.happened,
            received=self._received,
            update_kind=draft.update_kind,
            action=draft.action,
            reason=draft.reason,
            team=draft.team,
            outcome=draft.outcome,
            statement=draft.statement,
            regime=draft.regime,
            controller=draft.controller or agency,
            detail=self._sealed(area, name, sketch.detail, "detail"),
        )

    def tombstone(self, key: Key, area: str, revision: int, kind: Kind = Kind.UNKNOWN) -> Report | AgencyUpdate:
        """The withdrawal of a record from an area: it tells nothing but that."""
        agency, entity, reference = key
        common: dict[str, Any] = {
            "agency": agency,
            "source": self.source.name,
            "area": area,
            "revision": revision,
            "operation": Operation.WITHDRAW,
            "batch": self.batch,
            "mapper_version": self.source.mapper_version,
            "received": self._received,
            "controller": agency,
        }
        if entity == "report":
            return Report(report_id=record_id(agency, reference), reference=reference, kind=kind, **common)
        now = Span(earliest=self._received, latest=self._received)
        return AgencyUpdate(update_id=record_id(agency, reference), happened=now, **common)

    def quarantined(
        self, row: str, raw: bytes, error: Unfit, agency: str, before: Published | None = None
    ) -> Quarantined:
        """A row that could not be used; its bytes sealed, and left out where an open source's area has no key.

        `before` is what lies in quarantine of a row of the same reference: this is the next try, under the same id.
        """
        area, name = (
            (before.area, before.content.decode()) if before else (self.areas.fallback(agency), f"{self.batch}:{row}")
        )
        seal = self.seal.must if self.source.personal else self.seal.may
        return Quarantined(
            quarantine_id=name,
            area=area,
            agency=agency,
            source=self.source.name,
            batch=self.batch,
            row=row,
            field=error.field,
            rule=error.rule,
            remedy=error.remedy,
            attempt=before.revision + 1 if before else 1,
            at=self._received,
            original=seal(area, name, raw, "original"),
        )

    def settled(self, row: str, agency: str, before: Published) -> Quarantined:
        """What lies in quarantine is mended: a row of the same reference could be used."""
        return Quarantined(
            quarantine_id=before.content.decode(),
            area=before.area,
            agency=agency,
            source=self.source.name,
            batch=self.batch,
            row=row,
            field="row",
            rule="could be used in the end",
            remedy="nothing is left to do",
            attempt=before.revision + 1,
            at=self._received,
            settled=True,
        )

    def topic_of(self, record: Report | AgencyUpdate) -> Topic:
        """Where a record goes: history and published statistics wait behind what is live."""
        if isinstance(record, AgencyUpdate):
            return UPDATES
        backfill = self.context.history or record.kind is Kind.PUBLIC_STATISTICS
        return BACKFILL if backfill else _LIVE[self.source.sector]

    @cached_property
    def _received(self) -> Moment:
        return Moment(at=self.context.collected)

    def _sketch_report(self, row: str, draft: Draft, agency: str, reference: str) -> Sketch | None:
        stated = draft.detail.places if draft.detail else ()
        settled = self.areas.settle(agency, draft.kind, draft.open_places, stated)
        if settled is None:
            return None
        detail = _packed(draft.detail, settled)
        monitoring = pack(draft.monitoring) if draft.monitoring else None
        content = b"" if self.source.immutable else self._content(_CLEAR(draft), settled, detail, monitoring)
        updates = tuple(self._attached(row, update, agency, settled) for update in draft.updates)
        revision = self.context.collected if draft.revision is None else draft.revision
        key = (agency, "report", reference)
        return Sketch(key, row, draft, settled, revision, content, detail, monitoring, updates)

    def _sketch_update(self, row: str, draft: UpdateDraft, agency: str, reference: str) -> Sketch | None:
        settled = self.areas.settle(agency, Kind.OPERATIONAL, (), draft.places)
        return None if settled is None else self._update_in(row, draft, agency, reference, settled)

    def _attached(self, row: str, draft: UpdateDraft, agency: str, settled: Settled) -> Sketch:
        """An update that came with a report belongs to the report's area."""
        return self._update_in(row, draft, draft.agency or agency, draft.reference, settled)

    def _update_in(self, row: str, draft: UpdateDraft, agency: str, reference: str, settled: Settled) -> Sketch:
        detail = pack(draft.detail)
        content = self._content(_CLEAR_OF_UPDATE(draft), settled, detail, None)
        revision = self.context.collected if draft.revision is None else draft.revision
        return Sketch((agency, "update", reference), row, draft, settled, revision, content, detail, None)

    def _content(self, clear: Any, settled: Settled, detail: bytes | None, monitoring: bytes | None) -> bytes:
        """Keyed hash of all that a revision would tell; the area is compared apart."""
        told = blake2b(repr((clear, settled.lsoa, settled.open_places)).encode(), key=self.context.row_key[:64])
        for part in (detail, monitoring):
            told.update(b"\x00" if part is None else len(part).to_bytes(8, "big") + part)
        return told.digest()[:_CONTENT_BYTES]

    def _sealed(self, area: str, name: str, plaintext: bytes | None, part: str) -> Sealed | None:
        if plaintext is None:
            return None
        return (self.seal.must if self.source.personal else self.seal.may)(area, name, plaintext, part)


def _packed(detail: ReportDetail | None, settled: Settled) -> bytes | None:
    if detail is None:
        return None
    return pack(detail if settled.places == detail.places else replace(detail, places=settled.places))


def _check(agency: str | None, reference: str) -> None:
    if not agency:
        raise Unfit("agency", "the row names no agency", "name it with --agency")
    if not reference or len(reference) > _LONGEST_REFERENCE or not reference.isprintable():
        rule = f"is missing, longer than {_LONGEST_REFERENCE} characters, or holds control characters"
        raise Unfit("reference", rule, "give each record its own short reference")
