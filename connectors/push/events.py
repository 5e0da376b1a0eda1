"""CloudEvents 1.0 in structured JSON, one or a batch: what a request holds, and under which receipt each item goes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from connectors.push.form import Line, ReportForm, Stamp, WithdrawalForm
from connectors.push.reasons import Reason, UnfitEvent, unfit
from vault.blind import blind

EVENT, BATCH, JSON, JSON_API = (
    "application/cloudevents+json",
    "application/cloudevents-batch+json",
    "application/json",
    "application/vnd.api+json",
)
LARGEST_ITEM = 256 * 1024
"""Bytes of one event; a report with its narrative seldom has four thousand."""

REPORT, WITHDRAWN = "wardlink.report", "wardlink.report.withdrawn"


class Unreadable(Exception):
    """The body as a whole is not what its media type says; the message holds nothing of it."""


class _Event(BaseModel):
    """The attributes of an event; extensions are let through and not looked at."""

    model_config = ConfigDict(extra="allow", frozen=True)

    specversion: Literal["1.0"]
    id: Line = Field(description="Of the event, not of the report: with `source` it is the key of idempotency.")
    source: Line = Field(description="The system that sends it, as a URI reference.", examples=["/marsh-homes/crm"])
    time: Stamp | None = Field(default=None, description="Counts as `updated` where the data have none.")
    subject: Line | None = None
    datacontenttype: Literal["application/json"] | None = None
    dataschema: Line | None = None


class ReportEvent(_Event):
    """A report that is new or has changed."""

    type: Literal["wardlink.report"]
    data: ReportForm


class WithdrawalEvent(_Event):
    """A report that is no more."""

    type: Literal["wardlink.report.withdrawn"]
    data: WithdrawalForm


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a request: its receipt, a keyed hash of its content, and the parsed JSON with its bytes.

    `raw` is empty for an item that is too large to be kept.
    """

    receipt_id: str
    content: bytes
    parsed: Any
    raw: bytes


@dataclass(frozen=True, slots=True)
class Namer:
    """Names receipts by keyed hashes, so that they tell nothing of the event and are the same wherever it arrives."""

    key: bytes
    agency: str

    def event(self, parsed: Any) -> Item:
        """The item of an event: by its source and id, or by its bytes where it has none."""
        raw = _bytes_of(parsed)
        named = isinstance(parsed, dict) and all(isinstance(parsed.get(part), str) for part in ("source", "id"))
        told = {part: parsed.get(part) for part in ("type", "data")} if named else parsed
        name = (parsed["source"].strip(), parsed["id"].strip()) if named else ("", raw.decode())
        return self._item("event", name, _bytes_of(told), parsed, raw)

    def document(self, parsed: Any) -> Item:
        """The item of a document that has no event around it: the same bytes are the same document."""
        raw = _bytes_of(parsed)
        return self._item("sdm", ("", raw.decode()), raw, parsed, raw)

    def _item(self, kind: str, name: tuple[str, str], told: bytes, parsed: Any, raw: bytes) -> Item:
        source, event_id = name
        text = f"{kind} {len(self.agency)}:{self.agency}{len(source)}:{source}{event_id}"
        kept = raw if len(raw) <= LARGEST_ITEM else b""
        return Item(blind(self.key, "push receipt", text).hex(), blind(self.key, "push content", told), parsed, kept)


def parse(body: bytes) -> Any:
    """The JSON of a body; Unreadable for anything else."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Unreadable("the body is no JSON in UTF-8") from None


def without_attachments(document: dict[str, Any]) -> dict[str, Any]:
    """A JSON:API document without the files that came with it, which nobody reads."""
    included = document.get("included")
    if not isinstance(included, list):
        return document
    kept = [one for one in included if not (isinstance(one, Mapping) and one.get("type") == "attachment")]
    return {**document, "included": kept}


def event_of(parsed: Any) -> ReportEvent | WithdrawalEvent:
    """The event of parsed JSON; Unfit with all mistakes."""
    if not isinstance(parsed, Mapping):
        raise UnfitEvent([Reason("event", "is no object", "put its attributes between braces")])
    model = WithdrawalEvent if parsed.get("type") == WITHDRAWN else ReportEvent
    try:
        return model.model_validate_json(_bytes_of(parsed), strict=True)
    except ValidationError as error:
        raise unfit(error) from None


def _bytes_of(parsed: Any) -> bytes:
    """JSON with its names in order, so that the same content has the same bytes."""
    try:
        return orjson.dumps(parsed, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        raise Unreadable("the body is nested too deeply") from None
