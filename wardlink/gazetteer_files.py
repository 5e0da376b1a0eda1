"""Property gazetteers: read in the forms that they come in, kept in one form of our own, and read again.

Three forms are told apart by their header: one address line for each property (as Ordnance Survey's UPRN products and
plain lists have it), the parts of a delivery point (AddressBase), and the land and property identifiers of a council's
own gazetteer (BS 7666-2: primary and secondary addressable objects, street, town).
"""

import csv
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from connectors.areas import FindUprn
from connectors.contract import Broken, Row
from connectors.files import Member, columns_of, csv_rows, members, refuse
from linkage.contacts import postcode, uprn
from linkage.gazetteer.buildings import Entry, Gazetteer
from linkage.gazetteer.matching import Found, Matcher
from schemas.errors import Refused

COLUMNS = ("uprn", "parent_uprn", "unit", "address", "postcode")
MATCHED_COLUMNS = ("id", "uprn", "weight", "gap", "reason")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_MOST_NAMED = 5

Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Form:
    """One form of gazetteer: what its header must have, each one of several names, and how a row is read."""

    needs: tuple[tuple[str, ...], ...]
    read: Callable[[Values], Entry]


@dataclass(slots=True)
class ImportReport:
    """What became of an import: entries kept, and rows left out by rule, with where the first of them stand."""

    name: str
    form: str
    file: Path
    entries: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    places: list[str] = field(default_factory=list)

    def leave_out(self, rule: str, position: str) -> None:
        """A row that cannot be kept."""
        self.left_out[rule] += 1
        if len(self.places) < _MOST_NAMED:
            self.places.append(f"{position} {rule}")


def import_gazetteer(path: Path, name: str, form: str | None, root: Path) -> ImportReport:
    """Keeps a gazetteer under a name, in place of what was kept there.

    Refused for a file of no known form, for one without a single property, and for a name that is none.
    """
    kept, member = _kept(name, root), _only_member(path, "the gazetteer's table")
    header = {_plain(column) for column in columns_of(member, "a gazetteer as CSV")}
    chosen = form or _recognise(header)
    if chosen not in FORMS or not _has(header, FORMS[chosen]):
        raise Refused(f"{path.name}: expected {_expected(form)}; found the columns {', '.join(sorted(header)[:12])}")
    report = ImportReport(name, chosen, kept)
    entries = list(_entries(csv_rows(member), FORMS[chosen], report))
    if not entries:
        raise Refused(f"{path.name}: not one row is a property ({_told(report.left_out)}); see docs/places.md")
    _keep(kept, entries)
    report.entries = len(entries)
    return report


def load_gazetteer(name: str, root: Path) -> Gazetteer:
    """The gazetteer of that name. Refused where none was imported under it."""
    path = _kept(name, root)
    if not path.is_file():
        known = ", ".join(names(root)) or "none yet"
        raise Refused(f"--gazetteer {name}: was never imported (known: {known}); use 'wardlink gazetteer import'")
    return read_kept(path)


def read_kept(path: Path) -> Gazetteer:
    """A gazetteer from the file in which an import kept it. Refused for any other file."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            if tuple(rows.fieldnames or ()) != COLUMNS:
                raise Refused(f"{path}: is no gazetteer as 'wardlink gazetteer import' keeps it: import it first")
            return Gazetteer(map(_entry, rows))
    except OSError as error:
        raise Refused(f"{path}: cannot be read ({error.strerror}); name the file that an import kept") from None


def property_finder(path: Path | None) -> FindUprn | None:
    """Tells which property an address means, by the gazetteer in that file; None without one. Refused as read_kept."""
    if path is None:
        return None
    matcher = Matcher(read_kept(path.expanduser()))
    return lambda address, postcode: matcher.match(address, postcode).uprn


def read_addresses(path: Path, unreadable: list[str]) -> Iterator[tuple[str, str, str | None]]:
    """(id, address, postcode) of each row of a table; of rows that cannot be split into columns it notes where they
    stand. Refused where a column is missing.
    """
    member = _only_member(path, "a table with the columns id and address")
    header = columns_of(member, "a table with the columns id and address")
    if not {"id", "address"} <= set(header):
        raise refuse(path, "the columns id and address (and, if known, postcode)", f"the columns {', '.join(header)}")
    for row in csv_rows(member):
        if isinstance(row, Broken):
            unreadable.append(f"{row.position} {row.rule}; {row.remedy}")
        else:
            yield row.values["id"], row.values["address"], row.values.get("postcode") or None


def write_matches(path: Path, matched: Iterable[tuple[str, Found]]) -> None:
    """A row for each address; weight and gap in bits. Refused where the file cannot be written."""
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(MATCHED_COLUMNS)
            for each, found in matched:
                writer.writerow((each, found.uprn or "", _bits(found.weight), _bits(found.gap), found.reason))
    except OSError as error:
        raise Refused(f"{path}: cannot be written ({error.strerror}); give a path in a folder of yours") from None


def _bits(bits: float | None) -> str:
    return "" if bits is None else f"{bits:.1f}"


def _only_member(path: Path, what: str) -> Member:
    """The one table of a path, which may be a .gz or .zip."""
    found = members(path, lambda name: name.lower().endswith(".csv"))
    if len(found) != 1:
        raise refuse(path, f"one CSV file, {what}", f"{len(found)} of them")
    return found[0]


def names(root: Path) -> list[str]:
    """The gazetteers that were imported, sorted."""
    return sorted(path.stem for path in _folder(root).glob("*.csv"))


def _folder(root: Path) -> Path:
    return root / "gazetteers"


def _kept(name: str, root: Path) -> Path:
    if not _NAME.fullmatch(name):
        raise Refused(f"--name {name}: must be small letters, digits, '.', '_' and '-', such as hackney-2026-11")
    return _folder(root) / f"{name}.csv"


def _entry(row: Values) -> Entry:
    return Entry(row["uprn"], row["address"], row["postcode"] or None, row["parent_uprn"] or None, row["unit"] or None)


def _keep(path: Path, entries: Iterable[Entry]) -> None:
    """Writes beside, then in place: a gazetteer is whole or as it was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    with beside.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for each in entries:
            writer.writerow((each.uprn, each.parent or "", each.unit or "", each.address, each.postcode or ""))
    os.replace(beside, path)


def _entries(rows: Iterator[Row | Broken], form: Form, report: ImportReport) -> Iterator[Entry]:
    seen: set[str] = set()
    for row in rows:
        if isinstance(row, Broken):
            report.leave_out(row.rule, row.position)
            continue
        entry = form.read({_plain(name): value.strip() for name, value in row.values.items()})
        rule = _trouble(entry, seen)
        if rule:
            report.leave_out(rule, row.position)
            continue
        seen.add(entry.uprn)
        yield entry


def _trouble(entry: Entry, seen: set[str]) -> str | None:
    if not entry.uprn:
        return "uprn: is not 1 to 12 digits"
    if not entry.address:
        return "address: is empty"
    return "uprn: comes a second time" if entry.uprn in seen else None


# -- forms -------------------------------------------------------------------------------------------------------------


def _line(values: Values) -> Entry:
    text = values.get("address") or values.get("full_address") or values.get("single_line_address") or ""
    return _made(values, text, None)


def _delivery_point(values: Values) -> Entry:
    """Royal Mail's parts, as AddressBase names them."""
    number = values.get("building_number", "")
    street = values.get("thoroughfare") or values.get("thoroughfare_name", "")
    shell = _joined(values.get("building_name"), f"{number} {street}", values.get("dependent_locality"), _town(values))
    return _made(values, shell, values.get("sub_building_name"))


def _land_and_property(values: Values) -> Entry:
    """BS 7666-2: the secondary addressable object is the dwelling's, the primary one the building's."""
    street = values.get("street_descriptor") or values.get("street_description", "")
    shell = _joined(values.get("pao_text"), f"{_object(values, 'pao')} {street}", values.get("locality"), _town(values))
    return _made(values, shell, _joined(values.get("sao_text"), _object(values, "sao")))


def _object(values: Values, which: str) -> str:
    """A number with its letter, or a range of them."""
    first, last = (
        values.get(f"{which}_{end}_number", "") + values.get(f"{which}_{end}_suffix", "") for end in ("start", "end")
    )
    return f"{first}-{last}" if first and last else first


def _made(values: Values, shell: str, unit: str | None) -> Entry:
    code = next((values[name] for name in _POSTCODES if values.get(name)), None)
    return Entry(
        uprn=uprn(values.get("uprn")) or "",
        address=_joined(unit, shell),
        postcode=postcode(code) if code else None,
        parent=uprn(values.get("parent_uprn")),
        unit=unit or None,
    )


def _town(values: Values) -> str | None:
    return values.get("post_town") or values.get("town_name") or values.get("town")


def _joined(*parts: str | None) -> str:
    return ", ".join(part.strip() for part in parts if part and part.strip())


_POSTCODES = ("postcode", "postcode_locator", "pcds")
_PARTS = (("street_descriptor", "street_description"),)
FORMS: Mapping[str, Form] = {
    "bs7666": Form((("uprn",), ("pao_start_number", "pao_text"), *_PARTS), _land_and_property),
    "os-uprn": Form((("uprn",), ("thoroughfare", "thoroughfare_name"), ("building_number",)), _delivery_point),
    "plain": Form((("uprn",), ("address", "full_address", "single_line_address")), _line),
}


def _recognise(header: set[str]) -> str:
    return next((name for name, form in FORMS.items() if _has(header, form)), "")


def _has(header: set[str], form: Form) -> bool:
    return all(header.intersection(names) for names in form.needs)


def _expected(form: str | None) -> str:
    forms = [FORMS[form]] if form is not None and form in FORMS else FORMS.values()
    columns = (" and ".join(" or ".join(names) for names in each.needs) for each in forms)
    return "a gazetteer with " + "; or with ".join(columns)


def _plain(column: str) -> str:
    return re.sub(r"\W+", "_", column.strip().lower())


def _told(left_out: Counter[str]) -> str:
    return ", ".join(f"{count} {rule}" for rule, count in sorted(left_out.items())) or "it has no rows"
