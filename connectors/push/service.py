"""The push service: its interface on one page, and what happens between a request and its answer."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

import structlog
from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from connectors.contract import Context, Outcome, Row
from connectors.push import answers, interface
from connectors.push.access import Access, Denied, Principal, Replayed
from connectors.push.answers import CONFLICT, Trouble
from connectors.push.counter import RETRY_SECONDS, Counter, where
from connectors.push.events import (
    BATCH,
    EVENT,
    JSON,
    JSON_API,
    LARGEST_ITEM,
    Item,
    Namer,
    Unreadable,
    parse,
    without_attachments,
)
from connectors.push.limits import Limits, Meter, TooLarge, read_body
from connectors.push.reasons import Reason, UnfitEvent
from connectors.push.settle import Settled, Submission
from connectors.push.source import Pushed, PushedEvents, PushedSdm
from schemas.errors import Unavailable, Unfit
from store import receipts

log = structlog.get_logger()

_BODY_SECONDS = 30.0
_ANSWER_SECONDS = 60.0
_NO_STORE = {"cache-control": "no-store"}
_TOO_LARGE = Reason("event", f"has more than {LARGEST_ITEM // 1024} KB", "shorten its texts")


@dataclass(frozen=True, slots=True)
class Tools:
    """What requests are worked on with. `row_key` keys the names of receipts; `clock` is microseconds since 1970."""

    access: Access
    counter: Counter
    row_key: Callable[[], bytes]
    clock: Callable[[], int]
    limits: Limits


@dataclass(slots=True)
class _Asked:
    """One request as far as it is known; what is logged of it."""

    principal: Principal | None = None
    items: int = 0
    bytes: int = 0


def build(tools: Tools) -> FastAPI:
    """The service as an ASGI application. It has no pages of documents: they would come from other hosts."""
    app = FastAPI(title="Wardlink", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    service = Service(tools)
    for method, path, work in service.routes():
        app.add_api_route(path, work, methods=[method], response_model=None)
    app.add_exception_handler(HTTPException, _answer_http)
    return app


class Service:
    """What each request does."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        limits = tools.limits
        self._meter = Meter(
            limits.items_per_minute, max(limits.items_per_minute // 2, limits.max_items), time.monotonic
        )
        self._document = interface.document(limits)

    def routes(self) -> Sequence[tuple[str, str, Callable[[Request], Awaitable[Response]]]]:
        """The interface on one page: method, path, what it does."""
        return (
            ("POST", "/v1/reports", self._logged("/v1/reports", self.reports)),
            ("POST", "/v1/incidents/sdm", self._logged("/v1/incidents/sdm", self.incident)),
            ("GET", "/v1/receipts/{receipt}", self._logged("/v1/receipts", self.receipt)),
            ("GET", "/v1/openapi.json", self._logged("/v1/openapi.json", self.openapi)),
            ("GET", "/health", self.health),
        )

    async def reports(self, request: Request, asked: _Asked) -> Response:
        """One event, or a batch."""
        media = _media(request, EVENT, BATCH)
        body = await self._body(request, asked)
        settled = await self._settle(request, asked, body, lambda principal: self._events(principal, media, body))
        if media == BATCH:
            return _json(202, answers.batch_of(settled))
        return _one(settled[0])

    async def incident(self, request: Request, asked: _Asked) -> Response:
        """One incident of the police Standard Data Model."""
        _media(request, JSON, JSON_API)
        body = await self._body(request, asked)
        return _one((await self._settle(request, asked, body, lambda principal: self._sdm(principal, body)))[0])

    async def receipt(self, request: Request, asked: _Asked) -> Response:
        """How far an event has come."""
        body = await self._body(request, asked)
        return await run_in_threadpool(self._follow, request, asked, body)

    async def openapi(self, request: Request, asked: _Asked) -> Response:
        """This interface, for machines."""
        del request, asked
        return JSONResponse(self._document)

    async def health(self, request: Request) -> Response:
        """Whether events are taken just now."""
        del request
        away = self._tools.counter.away
        return _away().answer() if away else JSONResponse({"state": "working"}, headers=_NO_STORE)

    # -- who, and how much ----------------------------------------------------------------------------------------

    async def _body(self, request: Request, asked: _Asked) -> bytes:
        most = self._tools.limits.max_body
        try:
            async with asyncio.timeout(_BODY_SECONDS):
                body = await read_body(request.stream(), most)
        except TooLarge:
            raise Trouble(413, f"send {most} bytes at most: part the batch") from None
        except TimeoutError:
            raise Trouble(408, f"send the body within {_BODY_SECONDS:.0f} seconds") from None
        asked.bytes = len(body)
        return body

    def _admit(self, request: Request, asked: _Asked, body: bytes) -> Principal:
        """Who is asking."""
        try:
            principal = self._tools.access.check(dict(request.headers), body)
        except Denied as error:
            raise Trouble(401, str(error), {"www-authenticate": 'Bearer realm="wardlink"'}) from None
        except Replayed:
            raise Trouble(409, "this signature was taken before: sign anew, with the time of now") from None
        asked.principal = principal
        return principal

    def _measure(self, principal: Principal, count: int) -> None:
        wait = self._meter.take(principal.partner.name, count)
        if wait:
            limit = self._tools.limits.items_per_minute
            raise Trouble(429, f"send {limit} items a minute at most", {"retry-after": str(wait)})

    # -- from bytes to what became of them --------------------------------------------------------------------------

    async def _settle(
        self, request: Request, asked: _Asked, body: bytes, read: Callable[[Principal], Submission]
    ) -> list[Settled]:
        """What became of the items; a signed request of which nothing came may come again as it is."""
        try:
            future = await run_in_threadpool(self._submit, request, asked, body, read)
            async with asyncio.timeout(_ANSWER_SECONDS):
                return await asyncio.wrap_future(future)
        except Exception as error:  # whatever it was: nothing came of the request
            if asked.principal is not None:
                await run_in_threadpool(self._forgive, asked.principal)
            raise (_away() if isinstance(error, TimeoutError) else error) from None

    def _submit(
        self, request: Request, asked: _Asked, body: bytes, read: Callable[[Principal], Submission]
    ) -> "Future[list[Settled]]":
        principal = self._admit(request, asked, body)
        try:
            submission = read(principal)
        except Unreadable as error:
            raise Trouble(400, str(error)) from None
        asked.items = len(submission.items)
        self._measure(principal, max(asked.items, 1))
        return self._tools.counter.submit(submission)

    def _forgive(self, principal: Principal) -> None:
        try:
            self._tools.access.forgive(principal)
        except Unavailable as error:
            log.warning("unavailable", message=str(error))

    def _events(self, principal: Principal, media: str, body: bytes) -> Submission:
        parsed = parse(body)
        if (media == BATCH) != isinstance(parsed, list):
            raise Unreadable(f"a list is a batch ({BATCH}), an object one event ({EVENT})")
        events = parsed if isinstance(parsed, list) else [parsed]
        most = self._tools.limits.max_items
        if len(events) > most:
            raise Trouble(413, f"a batch has {most} events at most: part it")
        namer = Namer(self._tools.row_key(), principal.partner.agency)
        source = PushedEvents(principal.partner.name, principal.partner.sector)
        return self._submission(principal, source, [namer.event(event) for event in events])

    def _sdm(self, principal: Principal, body: bytes) -> Submission:
        parsed = parse(body)
        if not isinstance(parsed, dict):
            raise Unreadable("a document of the Standard Data Model is an object")
        namer = Namer(self._tools.row_key(), principal.partner.agency)
        source = PushedSdm(principal.partner.name, principal.partner.sector)
        return self._submission(principal, source, [namer.document(without_attachments(parsed))])

    def _submission(self, principal: Principal, source: Pushed, items: list[Item]) -> Submission:
        partner = principal.partner
        context = Context(partner.agency, self._tools.clock(), self._tools.row_key())
        outcomes = tuple(_outcome(source, item, context) for item in items)
        return Submission(source, partner.name, partner.agency, partner.area, tuple(items), outcomes)

    def _follow(self, request: Request, asked: _Asked, body: bytes) -> Response:
        principal = self._admit(request, asked, body)
        self._measure(principal, 1)
        name = str(request.path_params["receipt"])
        with self._tools.access.session() as session:
            found = (
                receipts.follow(session, principal.partner.agency, name) if interface.RECEIPT.fullmatch(name) else None
            )
        if found is None:
            raise Trouble(404, "your agency has no such receipt")
        return _json(200, answers.followed(found))

    def _logged(
        self, path: str, work: Callable[[Request, _Asked], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        """Does the work, answers whatever goes wrong, and logs one line: no body, no header, no address."""

        async def run(request: Request) -> Response:
            asked, began = _Asked(), time.monotonic()
            try:
                response = await work(request, asked)
            except Exception as error:  # every request has an answer of ours, which repeats nothing of it
                response = _trouble(error).answer()
            log.info(
                "request",
                method=request.method,
                path=path,
                status=response.status_code,
                partner=asked.principal.partner.name if asked.principal else "",
                items=asked.items,
                bytes=asked.bytes,
                milliseconds=round((time.monotonic() - began) * 1000, 1),
            )
            return response

        return run


def _outcome(source: Pushed, item: Item, context: Context) -> Outcome | Unfit:
    if not item.raw:
        return UnfitEvent([_TOO_LARGE])
    try:
        return source.to_report(Row(item.receipt_id, {}, item.raw), context)
    except Unfit as error:
        return error


def _media(request: Request, *taken: str) -> str:
    media = request.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if media not in taken:
        raise Trouble(415, f"say what it is with content-type: {' or '.join(taken)}")
    return media


def _one(settled: Settled) -> Response:
    """The answer to a request of one item."""
    receipt = answers.receipt_of(settled)
    if settled.is_conflict:
        raise Trouble(409, "the event was not taken", receipt=receipt.receipt, mistakes=[CONFLICT])
    if receipt.status != "published":
        raise Trouble(422, "the event was not published", receipt=receipt.receipt, mistakes=receipt.mistakes)
    return _json(202, receipt)


def _json(status: int, answer: BaseModel) -> Response:
    return JSONResponse(answer.model_dump(exclude_none=True), status, _NO_STORE)


def _away() -> Trouble:
    return Trouble(503, "nothing is lost: send the same again later", {"retry-after": str(RETRY_SECONDS)})


def _trouble(error: Exception) -> Trouble:
    if isinstance(error, Trouble):
        return error
    if isinstance(error, Unavailable):
        return _away()
    if isinstance(error, ClientDisconnect):
        return Trouble(400, "the connection was closed before the body had arrived")
    log.error("defect", where=where(error))
    return Trouble(500, "it is in the service's log; send the same again")


async def _answer_http(_: Request, error: Exception) -> Response:
    """What the framework refuses by itself: unknown addresses and methods."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = dict((error.headers if isinstance(error, HTTPException) else None) or {})
    return Trouble(status, "see /v1/openapi.json for what there is", headers).answer()
