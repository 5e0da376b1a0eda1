"""Reads a landlord's list of its homes (CSV): UPRN, tenure, block, homes in the block, since when.

Columns are found by their letters and digits; landlords name the same thing in many ways. A row that cannot be used is
left out and counted by reason, never shown.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from connectors.contract import Broken, Row
from connectors.files import Member, columns_of, csv_rows, members, refuse
from connectors.geography.values import reference_number
from schemas.codes import normal
from schemas.errors import Refused, Unfit
from store.stock import Home, Tenure

EXPECTS = "a list of homes: CSV with the column UPRN, and any of Tenure, Block, Block UPRN, Dwellings, From, To"

_ROLES = {
    "uprn": ("uprn", "propertyuprn", "unituprn"),
    "tenure": ("tenure", "tenuretype", "tenancytype", "propertytenure"),
    "block": ("block", "blockname", "building", "buildingname"),
    "block_uprn": ("blockuprn", "parentuprn", "buildinguprn"),
    "dwellings": ("dwellings", "dwellingsinblock", "homesinblock", "unitsinblock", "blockdwellings"),
    "since": ("from", "since", "heldfrom", "acquired", "startdate", "datefrom"),
    "until": ("to", "until", "heldto", "disposed", "enddate", "dateto"),
}
_TENURES = {
    Tenure.SOCIAL_RENT: ("social rent", "general needs", "secure", "assured", "introductory", "starter", "target rent"),
    Tenure.AFFORDABLE_RENT: ("affordable rent", "london affordable rent", "intermediate rent"),
    Tenure.SUPPORTED: ("supported", "supported housing", "sheltered", "housing for older people", "extra care"),
    Tenure.TEMPORARY: ("temporary", "temporary accommodation", "hostel", "licence"),
    Tenure.SHARED_OWNERSHIP: ("shared ownership", "shared owner", "low cost home ownership"),
    Tenure.LEASEHOLD: ("leasehold", "leaseholder", "right to buy leasehold"),
    Tenure.MARKET_RENT: ("market rent", "private rent"),
    Tenure.OTHER: ("other",),
}
_TENURE_BY_WORD = {normal(word): tenure for tenure, words in _TENURES.items() for word in (tenure, *words)}
_DAYS = ("%Y-%m-%d", "%d/%m/%Y")


@dataclass(slots=True)
class StockTally:
    """Rows of a list: read, taken, left out by reason, and tenures that nobody knows (kept as OTHER)."""

    read: int = 0
    homes: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    unknown_tenures: int = 0


def read_homes(path: Path, as_of: date, tally: StockTally) -> Iterator[Home]:
    """The homes of a list that are held on a day or will be; Refused when it is no such list, or breaks off.

    A home whose own end lies before that day is not held any more, and is left out.
    """
    seen: set[str] = set()
    for member in members(path, _is_table):
        columns = _columns(member)
        for row in csv_rows(member):
            tally.read += 1
            try:
                home = _home(row, columns, as_of, seen, tally)
            except Unfit as error:
                tally.left_out[f"{error.field} {error.rule}"] += 1
                continue
            tally.homes += 1
            yield home
    if not tally.homes:
        raise Refused(f"{path.name}: none of its {tally.read} rows is a home with a UPRN; expected {EXPECTS}")


def _is_table(name: str) -> bool:
    return name.lower().endswith((".csv", ".csv.gz"))


def _columns(member: Member) -> dict[str, str]:
    """The column of each role."""
    header = columns_of(member, EXPECTS)
    plain = {_plain(name): name for name in reversed(header)}
    found = {role: plain[name] for role, names in _ROLES.items() for name in reversed(names) if name in plain}
    if "uprn" not in found:
        raise refuse(member.name, EXPECTS, f"{len(header)} columns without UPRN")
    return found


def _home(row: Row | Broken, columns: Mapping[str, str], as_of: date, seen: set[str], tally: StockTally) -> Home:
    """The home of a row; Unfit when the row cannot be used, or the home is no longer held."""
    if isinstance(row, Broken):
        raise Unfit("row", row.rule, row.remedy)
    said = {role: row.values[column].strip() for role, column in columns.items()}
    uprn = reference_number(said["uprn"], 12)
    if uprn is None or uprn in seen:
        raise Unfit("UPRN", "stands twice" if uprn else "is none", "give each home its own, of up to 12 digits")
    until = _day("To", said.get("until", ""))
    if until is not None and until <= as_of:
        raise Unfit("home", "is no longer held", "leave it out")
    home = Home(
        uprn=uprn,
        since=_day("From", said.get("since", "")),
        tenure=_tenure(said.get("tenure", ""), tally),
        block=" ".join(said.get("block", "").split()) or None,
        block_uprn=reference_number(said.get("block_uprn", ""), 12),
        block_dwellings=_count(said.get("dwellings", "")),
    )
    seen.add(uprn)
    return home


def _day(field_: str, text: str) -> date | None:
    for form in _DAYS if text else ():
        with suppress(ValueError):
            return datetime.strptime(text[:10], form).date()  # noqa: DTZ007 (a day has no zone)
    if text:
        raise Unfit(field_, "is no date", "write 2024-03-31 or 31/03/2024")
    return None


def _tenure(text: str, tally: StockTally) -> Tenure:
    known = _TENURE_BY_WORD.get(normal(text))
    tally.unknown_tenures += bool(text) and known is None
    return known or Tenure.OTHER


def _count(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text) < 10_000 else None


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())
