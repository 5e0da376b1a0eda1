"""What the service answers: receipts, and problems in the form of RFC 9457. No answer repeats a value that was sent."""

from typing import Any, Literal

from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from connectors.push.settle import Settled
from store.receipts import Followed, Receipt

PROBLEM = "application/problem+json"

Status = Literal["received", "published", "stored", "linked", "unfit", "out of scope"]
"""How far an event has come:

`received`      it arrived, and was not acknowledged: send it again
`published`     it is kept safely, and on its way
`stored`        it is in the partnership's records
`linked`        linking has looked at it: it belongs to an incident, alone or with others
`unfit`         it breaks a rule, and lies in quarantine
`out of scope`  it is not of this partnership's matter, and is not kept
"""


class Mistake(BaseModel):
    """One thing that is wrong, and what to do."""

    field: str = Field(examples=["data.places[0].uprn"])
    rule: str = Field(examples=["is no UPRN of 1 to 12 digits"])
    remedy: str


class ReceiptAnswer(BaseModel):
    """What became of one event."""

    receipt: str = Field(description="Ask /v1/receipts/{receipt} how far it has come.")
    status: Status
    report_id: str | None = None
    change: Literal["new", "revised", "moved", "withdrawn", "unchanged"] | None = Field(
        default=None, description="What the event did to the report; unchanged: the same, or a later state, was known."
    )
    repeated: bool = Field(default=False, description="It had come before, and nothing was done.")
    mistakes: list[Mistake] = []


class ItemAnswer(BaseModel):
    """What became of one item of a batch; `index` counts from 0."""

    index: int
    receipt: str
    status: Literal["published", "unfit", "out of scope", "conflict"]
    report_id: str | None = None
    change: Literal["new", "revised", "moved", "withdrawn", "unchanged"] | None = None
    repeated: bool = False
    mistakes: list[Mistake] = []


class BatchAnswer(BaseModel):
    """What became of a batch: every item was settled, and Kafka has acknowledged all that was published."""

    published: int
    unfit: int
    out_of_scope: int
    conflicts: int
    repeated: int = Field(description="How many of them had come before.")
    items: list[ItemAnswer]


class Problem(BaseModel):
    """A problem (RFC 9457)."""

    type: str = Field(examples=["/problems/unfit"])
    title: str
    status: int
    detail: str
    receipt: str | None = None
    mistakes: list[Mistake] = []


CONFLICT = Mistake(
    field="id",
    rule="was used with this source for another event, which was published",
    remedy="give an event that says something new an id of its own",
)

_TITLES = {
    400: ("unreadable", "The body cannot be read"),
    401: ("denied", "Who is asking is not known"),
    404: ("not-found", "There is nothing here for you"),
    405: ("method", "This method is not for this address"),
    408: ("too-slow", "The body took too long to arrive"),
    409: ("conflict", "This was sent before"),
    413: ("too-large", "The body is too large"),
    415: ("media-type", "The media type is not taken here"),
    422: ("unfit", "The event breaks a rule"),
    429: ("too-many", "Too much in too short a time"),
    500: ("defect", "The service made a mistake"),
    503: ("away", "Nothing can be taken just now"),
}


class Trouble(Exception):
    """An answer other than the one hoped for."""

    def __init__(
        self,
        status: int,
        detail: str,
        headers: dict[str, str] | None = None,
        receipt: str | None = None,
        mistakes: list[Mistake] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.headers = status, headers or {}
        kind, title = _TITLES[status]
        self.problem = Problem(
            type=f"/problems/{kind}",
            title=title,
            status=status,
            detail=detail,
            receipt=receipt,
            mistakes=mistakes or [],
        )

    def answer(self) -> JSONResponse:
        """As it is sent."""
        content = self.problem.model_dump(exclude_defaults=True)
        return JSONResponse(content, self.status, {**self.headers, "cache-control": "no-store"}, PROBLEM)


def receipt_of(settled: Settled) -> ReceiptAnswer:
    """The answer to one event."""
    receipt = settled.receipt
    return ReceiptAnswer(
        receipt=receipt.receipt_id,
        status=receipt.state,
        report_id=receipt.report_id,
        change=receipt.change,  # type: ignore[arg-type]  # one of connectors.compare.Change
        repeated=settled.is_repeat,
        mistakes=_mistakes(receipt),
    )


def followed(found: Followed) -> ReceiptAnswer:
    """The answer to a question for a receipt."""
    status: Status = found.state
    if found.state == "published" and found.stored:
        status = "linked" if found.linked else "stored"
    return ReceiptAnswer(
        receipt=found.receipt_id,
        status=status,
        report_id=found.report_id,
        change=found.change,  # type: ignore[arg-type]  # one of connectors.compare.Change
        mistakes=[Mistake(**reason) for reason in found.reasons],
    )


def batch_of(settled: list[Settled]) -> BatchAnswer:
    """The answer to a batch."""
    items = [_item(index, one) for index, one in enumerate(settled)]
    count = [item.status for item in items].count
    return BatchAnswer(
        published=count("published"),
        unfit=count("unfit"),
        out_of_scope=count("out of scope"),
        conflicts=count("conflict"),
        repeated=sum(one.is_repeat for one in settled),
        items=items,
    )


def _item(index: int, settled: Settled) -> ItemAnswer:
    receipt = settled.receipt
    if settled.is_conflict:
        return ItemAnswer(index=index, receipt=receipt.receipt_id, status="conflict", mistakes=[CONFLICT])
    told: dict[str, Any] = receipt_of(settled).model_dump()
    return ItemAnswer(index=index, **told)


def _mistakes(receipt: Receipt) -> list[Mistake]:
    return [Mistake(**reason) for reason in receipt.reasons]
