"""One reading of one path, from the files to the closing counts: what the command line, and the demo, call."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from connectors import files
from connectors.areas import Areas, FindUprn
from connectors.assemble import Assembler, Seal
from connectors.contract import Context, Source
from connectors.geography.placing import Geography
from connectors.ingest import CHUNK, Ingest, Reading, Request, Tools
from connectors.mapped import Failure
from connectors.ports import Outlet, State
from schemas.errors import Refused
from store.connector_state import Begun
from vault.keyring import PublicRing

_NO_KEY = bytes(32)
_DIGITS_IN_ID = 24
_MICROS = 1_000_000


@dataclass(frozen=True, slots=True)
class Desk:
    """All that readings of one source share.

    `agency` and `area` are the user's `--agency` and `--area`. `ring` is None only in a dry run. `clock` gives the
    present in microseconds. After every `chunk` rows, `heard` is told how many were settled since it was told last, and
    `failed` of each row that cannot be used, with its id in quarantine. `find_uprn`: by a gazetteer, if there is one.
    """

    source: Source
    state: State
    outlet: Outlet
    ring: PublicRing | None
    clock: Callable[[], int]
    geography: Geography | None = None
    agency: str | None = None
    area: str | None = None
    history: bool = False
    request: Request = field(default_factory=Request)
    heard: Callable[[int], None] = lambda rows: None
    failed: Callable[[str, Failure], None] = lambda quarantine_id, failure: None
    chunk: int = CHUNK
    find_uprn: FindUprn | None = None

    @property
    def by(self) -> str | None:
        """The agency: the user's, else the source's own."""
        return self.agency or self.source.agency

    @property
    def areas(self) -> Areas:
        """Settles areas for one reading."""
        known = frozenset(one.area for one in self.geography.areas) if self.geography else frozenset[str]()
        return Areas(self.geography, known, self.area, self.find_uprn)


def read_path(desk: Desk, path: Path) -> Reading:
    """Publishes what a file, archive or folder says that was not published before.

    Raises Refused when the path is of the wrong kind, or the agency's or area's code cannot be one; Unavailable when
    Kafka or PostgreSQL stay away. Repeating the call goes on where it stopped.
    """
    check_code("--agency", desk.agency)
    check_code("--area", desk.area)
    if desk.by is None and not desk.source.names_agencies:
        raise Refused(f"{desk.source.name} does not say whose reports it holds: name the agency with --agency")
    check_path(desk.source, path)
    digest = files.digest([path])
    batch = _batch_id(desk, digest)
    collected = _collected(desk, path, batch)
    key = desk.ring.row_hash_key if desk.ring else _NO_KEY
    context = Context(desk.by, collected.at, key, desk.history)
    seal = Seal.of(desk.ring, desk.source.name, datetime.fromtimestamp(desk.clock() / _MICROS, UTC).date())
    assembler = Assembler(desk.source, context, desk.areas, seal, batch)
    tools = Tools(desk.state, desk.outlet, desk.clock, desk.heard, desk.failed, desk.chunk)
    return Ingest(assembler, tools, desk.request, digest, collected.is_present).run(path)


def check_path(source: Source, path: Path) -> None:
    """Raises Refused, with what was expected and what was found, when a path is not of this source's kind."""
    if not path.exists():
        raise Refused(f"{path.name}: no such file or folder; give the path of an existing one")
    source.recognise(path)


def needed_areas(desk: Desk) -> tuple[str, ...]:
    """The areas for which this reading may have to seal: of the lookup, the default, and of rows without a place."""
    if not desk.source.personal:
        return ()
    agency = desk.by or desk.source.name
    known = [one.area for one in desk.geography.areas] if desk.geography else []
    if desk.area is not None and desk.area not in known:
        return (desk.area,)
    return (*([desk.area] if desk.area else known), f"unplaced:{agency}")


@dataclass(frozen=True, slots=True)
class _Collected:
    """When the bytes were collected first (microseconds), and whether they are a snapshot's present word."""

    at: int
    is_present: bool


def _collected(desk: Desk, path: Path, batch: str) -> _Collected:
    """The collection time is that of the first reading of the same bytes, so that revisions repeat.

    A snapshot whose bytes are those of one before the last is either an old export, read late, or a new one that says
    the same again: then its files are younger than the last reading.
    """
    now, agency = desk.clock(), desk.by or desk.source.name
    newest = desk.state.newest_batch(agency)
    begun = desk.state.look_up_batch(batch)
    if desk.source.snapshot and begun and begun.collected < newest < files.written_at(path):
        begun = Begun(now, finished=False) if desk.request.dry_run else desk.state.renew_batch(batch, now)
    if begun is None:
        begun = Begun(now, finished=False) if desk.request.dry_run else desk.state.begin_batch(batch, agency, now)
    return _Collected(begun.collected, desk.source.snapshot and begun.collected >= newest)


def _batch_id(desk: Desk, digest: str) -> str:
    return f"{desk.source.name}:{desk.by or '-'}:{digest[:_DIGITS_IN_ID]}"


def check_code(option: str, code: str | None) -> None:
    """Refused for a text that cannot be a code: codes are part of ids, keys and file names."""
    if code is not None and not (code.isprintable() and code and not set(code) & set(" :/#|\\\"'")):
        raise Refused(
            f"{option}: a code has no spaces, colons, slashes or quotes; give a short one such as hackney-homes"
        )
