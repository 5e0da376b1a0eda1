"""The suite that every source inherits: what a council may rely on, whoever's files come in.

A source's test subclasses `Conformance`, says how to write a right path of so many rows, and adds its own tests:

    class TestNoiseWorks(Conformance):
        source = NoiseWorks()
        agency = "hackney-noise"

        def write(self, folder, rows, *, spoiled=None, odd_code=False, extra_column=False): ...
        def rows_file(self, path): return path / "Complaint.csv"

`write` puts the canaries into every personal field of every row, so that they can be searched for wherever they must
not be. Everything is written for the row that `first_occurred` tells of to be the first.
"""

import gzip
import json
import re
from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from connectors.contract import Source
from connectors.ingest import Reading, Request
from connectors.reading import read_path
from schemas.codec import codec
from schemas.errors import Refused, Unavailable
from schemas.records import Moment, Report, Span
from schemas.released import pack
from schemas.vocabulary import Category, Operation
from tests.connectors.fakes import AREA, NOW, MemoryOutlet, MemoryState, desk_for, keyring, ticking
from tests.connectors.laws import law
from vault.keyring import Keyring
from vault.seal import Opener

_MEGABYTE = 1024 * 1024
_PEAK = re.compile(r"VmHWM:\s+(\d+) kB")
_NOW_HELD = re.compile(r"VmRSS:\s+(\d+) kB")


@pytest.mark.conformance
class Conformance(ABC):
    """Every law of the contract, for one source."""

    source: ClassVar[Source]
    agency: ClassVar[str | None] = "test-agency"
    area: ClassVar[str | None] = AREA
    canaries: ClassVar[tuple[str, ...]] = ()
    """Strings in the personal fields of what `write` writes; none for an open source."""
    first_occurred: ClassVar[Span | None] = None
    first_reported: ClassVar[Moment | None] = None
    megabytes: ClassVar[int] = 64
    """By how much the process may grow while it reads any number of rows."""
    many: ClassVar[int] = 50_000
    """Rows of the short form of the memory's law."""

    @abstractmethod
    def write(
        self,
        folder: Path,
        rows: int,
        *,
        spoiled: int | None = None,
        odd_code: bool = False,
        extra_column: bool = False,
    ) -> Path:
        """Writes a right path of this source with so many rows in scope.

        `spoiled` is the number (from 0) of a row to break so that it is Unfit; `odd_code` gives the first row a code
        that is in no list; `extra_column` adds a column "wing_span".
        """

    def rows_file(self, path: Path) -> Path:
        """The file of a path that holds the rows."""
        return path

    def break_every_row(self, file: Path) -> None:
        """Makes every row of a file Unfit, so that the file is still one of this source."""
        header, *rows = file.read_bytes().splitlines(keepends=True)
        file.write_bytes(header + b"".join(b"\xff" + row for row in rows))

    def spoil_encoding(self, line: bytes) -> bytes:
        """Puts bytes that are no UTF-8 into a cell of a row."""
        return line.replace(b",", b",\xff\xfe\xfd", 1)

    @property
    def ring(self) -> Keyring:
        """Keys for all areas that rows may come to."""
        return keyring(self.area or AREA, f"unplaced:{self.agency}")

    def read(
        self,
        path: Path,
        state: MemoryState | None = None,
        outlet: MemoryOutlet | None = None,
        ring: Keyring | None = None,
        request: Request | None = None,
        start: int = NOW,
    ) -> Reading:
        """Reads a path as the command line does."""
        return read_path(
            desk_for(
                self.source,
                state or MemoryState(),
                outlet or MemoryOutlet(),
                ring or self.ring,
                agency=self.agency,
                area=self.area,
                request=request,
                clock=ticking(start),
            ),
            path,
        )

    # -- what is read --

    @law("counts")
    def test_every_row_is_accounted_for(self, tmp_path: Path) -> None:
        outlet = MemoryOutlet()
        tally = self.read(self.write(tmp_path, 20), outlet=outlet).tally
        assert tally.published + tally.unchanged + tally.out_of_scope + tally.quarantined == tally.read
        assert len(outlet.reports) == 20
        [batch] = outlet.batches
        assert batch.counts == tally.numbers()

    @law("times")
    def test_times_are_exact(self, tmp_path: Path) -> None:
        outlet = MemoryOutlet()
        self.read(self.write(tmp_path, 3), outlet=outlet)
        first = outlet.reports[0]
        assert (first.occurred, first.reported) == (self.first_occurred, self.first_reported)
        assert outlet.acknowledged[0].time_micros == (
            first.occurred.earliest.at if first.occurred else first.received.at
        )

    @law("ids")
    def test_reading_again_gives_the_same_ids_and_adds_nothing(self, tmp_path: Path) -> None:
        path, state, first, second = self.write(tmp_path, 20), MemoryState(), MemoryOutlet(), MemoryOutlet()
        published = self.read(path, state, first).tally.published
        again = self.read(path, state, second, start=NOW + 86_400_000_000).tally
        assert (again.published, again.revised, again.withdrawn) == (0, 0, 0)
        assert again.unchanged == published
        assert second.acknowledged == []
        elsewhere = MemoryOutlet()
        self.read(path, outlet=elsewhere)
        assert [one.report_id for one in elsewhere.reports] == [one.report_id for one in first.reports]
        assert len({one.report_id for one in first.reports}) == 20

    @law("ids")
    def test_publishing_again_on_purpose_repeats_ids_and_revisions(self, tmp_path: Path) -> None:
        path, state, first, second = self.write(tmp_path, 20), MemoryState(), MemoryOutlet(), MemoryOutlet()
        self.read(path, state, first)
        self.read(path, state, second, request=Request(again=True), start=NOW + 86_400_000_000)
        assert _identities(second) == _identities(first)

    @law("counts")
    def test_a_dry_run_counts_and_leaves_nothing_behind(self, tmp_path: Path) -> None:
        path, state, outlet = self.write(tmp_path, 20), MemoryState(), MemoryOutlet()
        dry = self.read(path, state, outlet, request=Request(dry_run=True)).tally
        assert (outlet.acknowledged, outlet.waiting, state.records, state.batches) == ([], [], {}, {})
        assert dry.numbers() == self.read(path, state, outlet).tally.numbers()

    @law("counts")
    def test_a_dry_run_needs_no_keys(self, tmp_path: Path) -> None:
        desk = desk_for(self.source, agency=self.agency, area=self.area, request=Request(dry_run=True))
        tally = read_path(replace(desk, ring=None), self.write(tmp_path, 20, spoiled=3)).tally
        assert (tally.read - tally.quarantined, tally.quarantined) == (tally.published + tally.out_of_scope, 1)

    # -- what is odd --

    @law("unknown")
    def test_an_unknown_column_is_told_and_changes_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "plain").mkdir()
        (tmp_path / "extra").mkdir()
        plain, extra = MemoryOutlet(), MemoryOutlet()
        usual = self.read(self.write(tmp_path / "plain", 5), outlet=plain)
        reading = self.read(self.write(tmp_path / "extra", 5, extra_column=True), outlet=extra)
        assert set(reading.unknown_columns) - set(usual.unknown_columns) == {"wing_span"}
        assert [one.report_id for one in extra.reports] == [one.report_id for one in plain.reports]

    @law("unknown")
    def test_an_unknown_code_is_kept_as_other_and_counted(self, tmp_path: Path) -> None:
        outlet = MemoryOutlet()
        tally = self.read(self.write(tmp_path, 5, odd_code=True), outlet=outlet).tally
        assert (tally.quarantined, tally.unknown_codes) == (0, 1)
        assert len(outlet.reports) == 5
        assert outlet.reports[0].category is Category.OTHER

    @law("BOM")
    def test_a_byte_order_mark_changes_no_id(self, tmp_path: Path) -> None:
        path = self.write(tmp_path, 5)
        plain, marked = MemoryOutlet(), MemoryOutlet()
        self.read(path, outlet=plain)
        file = self.rows_file(path)
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
        self.read(path, outlet=marked)
        assert [one.report_id for one in marked.reports] == [one.report_id for one in plain.reports]

    # -- what is wrong --

    @law("empty")
    @pytest.mark.parametrize(
        "content",
        [b"", b"\n\n", b"%PDF-1.7 \x00\x01", b"\x89PNG\r\n\x1a\n\x00", b"colour,taste\nred,sweet\n", b"<html></html>"],
        ids=["empty", "blank lines", "a PDF", "a picture", "another table", "a web page"],
    )
    def test_a_wrong_file_is_refused_with_what_was_expected_and_found(self, tmp_path: Path, content: bytes) -> None:
        path, state, outlet = self.write(tmp_path, 5), MemoryState(), MemoryOutlet()
        self.rows_file(path).write_bytes(content)
        with pytest.raises(Refused, match=r"(?s)expected .*found "):
            self.read(path, state, outlet)
        assert (outlet.acknowledged, outlet.waiting, state.records) == ([], [], {})

    @law("empty")
    def test_a_file_that_is_not_there_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(Refused, match="no such file"):
            self.read(tmp_path / "nowhere.csv")

    @law("encoding")
    def test_a_file_in_utf_16_is_refused(self, tmp_path: Path) -> None:
        path = self.write(tmp_path, 5)
        file = self.rows_file(path)
        file.write_bytes(file.read_text("utf-8").encode("utf-16"))
        with pytest.raises(Refused, match="UTF-16"):
            self.read(path)

    @law("one bad")
    def test_one_bad_row_among_ten_thousand_costs_that_row_alone(self, tmp_path: Path) -> None:
        (tmp_path / "good").mkdir()
        (tmp_path / "bad").mkdir()
        whole = self.read(self.write(tmp_path / "good", 10_000)).tally
        outlet = MemoryOutlet()
        tally = self.read(self.write(tmp_path / "bad", 10_000, spoiled=5_000), outlet=outlet).tally
        assert (tally.quarantined, tally.published) == (1, whole.published - 1)
        assert len(outlet.reports) == 9_999
        [row] = outlet.quarantined
        assert row.field
        assert row.rule
        assert row.remedy
        assert sum(tally.quarantined_by.values()) == 1

    @law("one bad")
    def test_a_quarantined_row_is_sent_once_and_its_bytes_are_sealed(self, tmp_path: Path) -> None:
        path, state, first, second = self.write(tmp_path, 5, spoiled=2), MemoryState(), MemoryOutlet(), MemoryOutlet()
        self.read(path, state, first)
        again = self.read(path, state, second).tally
        assert again.quarantined == 1
        assert second.quarantined == []
        [row] = first.quarantined
        assert row.original is not None
        original = Opener(self.ring).open(row.area, row.quarantine_id, row.original, "original")
        assert original in self.rows_file(path).read_bytes() or json.loads(original)

    @law("encoding")
    def test_a_row_that_is_not_utf_8_costs_that_row_alone(self, tmp_path: Path) -> None:
        path, outlet = self.write(tmp_path, 5), MemoryOutlet()
        file = self.rows_file(path)
        lines = file.read_bytes().splitlines(keepends=True)
        lines[-1] = self.spoil_encoding(lines[-1])
        file.write_bytes(b"".join(lines))
        tally = self.read(path, outlet=outlet).tally
        assert (tally.quarantined, len(outlet.reports)) == (1, 4)
        assert tally.quarantined_by == Counter({"row: is not UTF-8": 1})

    @law("one bad")
    def test_a_stray_quote_does_not_swallow_the_rows_after_it(self, tmp_path: Path) -> None:
        path, outlet = self.write(tmp_path, 50), MemoryOutlet()
        file = self.rows_file(path)
        lines = file.read_bytes().splitlines(keepends=True)
        lines.insert(-10, b'"stray,' + lines[-10])
        file.write_bytes(b"".join(lines))
        tally = self.read(path, outlet=outlet).tally
        assert (tally.quarantined, len(outlet.reports)) == (1, 50)

    @law("empty")
    def test_a_file_of_which_no_row_fits_is_refused_instead_of_filling_quarantine(self, tmp_path: Path) -> None:
        path, outlet = self.write(tmp_path, 200), MemoryOutlet()
        self.break_every_row(self.rows_file(path))
        with pytest.raises(Refused, match="none of the first 200 rows"):
            self.read(path, outlet=outlet)
        assert outlet.quarantined == []

    @law("cut off")
    def test_a_truncated_gzip_gives_what_stands_before_the_break_and_the_rest_when_it_is_whole(
        self, tmp_path: Path
    ) -> None:
        path, state, outlet = self.write(tmp_path, 4_000), MemoryState(), MemoryOutlet()
        file = self.rows_file(path)
        whole = gzip.compress(file.read_bytes())
        file.write_bytes(whole[: len(whole) * 2 // 3])
        broken = self.read(path, state, outlet)
        assert broken.broken_off is not None
        assert "breaks off" in str(broken.broken_off)
        assert 0 < len(outlet.reports) < 4_000
        assert broken.tally.withdrawn == 0
        file.write_bytes(whole)
        mended = self.read(path, state, outlet)
        assert mended.broken_off is None
        assert len({one.report_id for one in outlet.reports}) == 4_000
        _assert_nothing_differs_twice(outlet)

    # -- what must not be lost, and not come twice --

    @law("killed")
    @pytest.mark.parametrize("after", [0, 1, 499, 501, 1_100])
    def test_a_kill_at_any_message_loses_nothing_and_adds_nothing(self, tmp_path: Path, after: int) -> None:
        path, state = self.write(tmp_path, 1_200), MemoryState()
        outlet = MemoryOutlet(fails_after=after)
        with pytest.raises(Unavailable):
            self.read(path, state, outlet)
        outlet.lose_half()
        outlet.fails_after = None
        resumed = self.read(path, state, outlet, start=NOW + 3_600_000_000).tally
        assert resumed.read == resumed.published + resumed.unchanged + resumed.out_of_scope
        assert len({one.report_id for one in outlet.reports}) == 1_200
        _assert_nothing_differs_twice(outlet)
        assert self.read(path, state, outlet).tally.published == 0

    # -- what must not be seen --

    @law("sealed")
    def test_personal_data_stand_only_in_the_sealed_part(self, tmp_path: Path) -> None:
        if not self.canaries:
            pytest.skip("an open source has no personal data")
        outlet = MemoryOutlet()
        reading = self.read(self.write(tmp_path, 20, spoiled=3), outlet=outlet)
        clear = _clear_bytes(outlet, reading)
        planted = clear + pack(Moment(at=1)) + self.canaries[0].encode()
        assert _found(self.canaries[:1], planted) == [self.canaries[0]], "the search must find a canary in clear"
        assert _found(self.canaries, clear) == []
        assert _found(self.canaries, _opened(outlet, self.ring)) == list(self.canaries)

    @law("sealed")
    def test_errors_show_no_value(self, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        path = self.write(tmp_path, 3, spoiled=0)
        file = self.rows_file(path)
        file.write_bytes(file.read_bytes() + b"CANARY-in-a-broken-row\n")
        outlet = MemoryOutlet()
        tally = self.read(path, outlet=outlet).tally
        told = json.dumps(tally.to_json()) + "".join(f"{one.field} {one.rule}" for one in outlet.quarantined)
        captured = capfd.readouterr()
        assert tally.quarantined == 2
        assert _found((*self.canaries, "CANARY"), (told + captured.out + captured.err).encode()) == []

    # -- how much it may take --

    @law("memory")
    def test_memory_stays_bounded(self, tmp_path: Path) -> None:
        self._read_in_bounded_memory(tmp_path, self.many)

    @law("memory")
    @pytest.mark.long
    def test_memory_stays_bounded_for_a_million_rows(self, tmp_path: Path) -> None:
        self._read_in_bounded_memory(tmp_path, 1_000_000)

    def _read_in_bounded_memory(self, folder: Path, rows: int) -> None:
        status, reset = Path("/proc/self/status"), Path("/proc/self/clear_refs")
        if not reset.exists():
            pytest.skip("only Linux tells a process's peak and forgets it when asked to")
        path = self.write(folder, rows)
        (folder / "warm-up").mkdir()
        self.read(self.write(folder / "warm-up", 6_000))
        reset.write_text("5")
        before = int(_NOW_HELD.findall(status.read_text())[0]) * 1024
        tally = self.read(path, _Forgetful(), _Blind()).tally
        peak = int(_PEAK.findall(status.read_text())[0]) * 1024
        assert tally.published >= rows
        assert peak - before < self.megabytes * _MEGABYTE


class _Forgetful(MemoryState):
    """Keeps nothing, as what is kept lies in PostgreSQL."""

    def save(self, records: Any, periods: Any = ()) -> None:
        pass

    def note_seen(self, keys: Any) -> None:
        pass


class _Blind(MemoryOutlet):
    """Keeps nothing, as what is sent lies in Kafka."""

    def send(self, *message: Any) -> None:
        pass


def _identities(outlet: MemoryOutlet) -> list[tuple[str, int, str]]:
    return sorted((one.report_id, one.revision, one.area) for one in outlet.reports)


def _assert_nothing_differs_twice(outlet: MemoryOutlet) -> None:
    """A report may come twice after a kill, but then with the same revision: the second changes nothing."""
    inserted = [one for one in outlet.reports if one.operation is Operation.INSERT]
    revisions = {(one.report_id, one.revision) for one in inserted}
    assert len(revisions) == len({one.report_id for one in inserted})
    assert [one for one in outlet.reports if one.operation is not Operation.INSERT] == []


def _clear_bytes(outlet: MemoryOutlet, reading: Reading) -> bytes:
    """Everything that leaves, as it leaves, sealed parts and all, and what is told of it."""
    told = json.dumps(reading.tally.to_json()) + str(reading.unknown_columns) + str(reading.broken_off)
    bodies = (
        b"\n".join((one.key.encode(), one.message_id.encode(), codec(type(one.record)).encode(one.record)))
        for one in outlet.acknowledged
    )
    return told.encode() + b"\n".join(bodies)


def _opened(outlet: MemoryOutlet, ring: Keyring) -> bytes:
    """What resolve would read of the first reports and updates."""
    opener = Opener(ring)
    parts = []
    for one in [*outlet.reports, *outlet.updates]:
        name = one.report_id if isinstance(one, Report) else one.update_id
        parts += [opener.open(one.area, name, one.detail)] if one.detail else []
        if isinstance(one, Report) and one.monitoring:
            parts.append(opener.open(one.area, name, one.monitoring, "monitoring"))
    return b"\n".join(parts)


def _found(strings: tuple[str, ...], where: bytes) -> list[str]:
    return [string for string in strings if string.encode() in where]
