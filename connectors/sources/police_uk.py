"""data.police.uk: street-level crime as the Home Office publishes it, of which only antisocial behaviour is taken.

Public statistics: a row has a month, a force and a point that was moved to one of a fixed list of places, so it tells
of places and volumes, never of victims or duplicates, and is never counted beside a live feed. Rows carry no id, and
identical rows are distinct incidents: the reference is the month and a keyed hash of what says which incident it was
(force, month, point, location), and the base appends the ordinal. It is the same in every file, so that one month read
from a force's file, from the site's zip and from the API adds nothing.

| column (CSV)        | in the API's answer   | becomes                                      |
|---------------------|-----------------------|----------------------------------------------|
| Month               | month                 | occurred: the whole month in Europe/London   |
| Reported by         | --agency              | agency, as the site spells it in its files   |
| Longitude, Latitude | location.longitude, … | OCCURRED place, SNAPPED_POINT, in clear      |
| Location            | location.street.name  | OCCURRED place, address                      |
| LSOA code           |                       | OCCURRED place, LSOA, vintage not stated     |
| Crime type          | category              | scope                                        |
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, NoReturn

from connectors import files
from connectors.contract import Broken, Context, Draft, Outcome, OutOfScope, Period, Row, Sector, Source
from connectors.files import Member
from connectors.times import LONDON, span_of_month
from schemas.errors import Refused, Unfit
from schemas.records import Lsoa, Place, Span
from schemas.vocabulary import Category, Kind, PlaceMethod, PlaceRole, Regime, Unit

COLUMNS = (
    "Crime ID", "Month", "Reported by", "Falls within", "Longitude", "Latitude", "Location", "LSOA code", "LSOA name",
    "Crime type", "Last outcome category", "Context",
)  # fmt: skip
NEEDED = frozenset(("Month", "Reported by", "Longitude", "Latitude", "Location", "LSOA code", "Crime type"))
IGNORED_IN_JSON = ("location_type", "location_subtype", "context", "outcome_status", "persistent_id", "id")
JSON_COLUMNS = {
    "category": "Crime type", "month": "Month", "latitude": "Latitude", "longitude": "Longitude", "street": "Location",
}  # fmt: skip

UNCERTAINTY_M = 250.0
"""Metres; the publisher states none. Points lie at the middle of a street or at a public place, each standing for at
least eight addresses (data.police.uk, "About"), so the true spot is on that street or near that place."""

_IN_SCOPE = ("Anti-social behaviour", "anti-social-behaviour")
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_LSOA = re.compile(r"[EWSN]\d{8}")
_WEST, _EAST, _SOUTH, _NORTH = -9.0, 2.5, 49.0, 61.5
_LARGEST_JSON = 64 * 1024 * 1024
_SPECIAL_NAMES = {"British Transport Police": "btp", "Police Service of Northern Ireland": "northern-ireland"}
_BTP = "btp"


class PoliceUk(Source):
    """Street files in every shape that the site gives them, and the answer of its crimes-street API."""

    name = "police-uk"
    mapper_version = "police-uk-1"
    sector = Sector.POLICE
    names_agencies = True
    personal = False
    has_references = False
    immutable = True
    yields_to: Mapping[str, str] = {"json": "csv"}
    columns = frozenset((*COLUMNS, *JSON_COLUMNS, *IGNORED_IN_JSON))
    one_report_is = "one row of the published statistics"
    expects = (
        "street-level crime of data.police.uk: a CSV with the columns Month, Reported by, Longitude, Latitude, "
        "Location, LSOA code and Crime type (plain, .gz, or in a zip or folder as YYYY-MM-FORCE-street.csv), "
        "or the JSON answer of its crimes-street API"
    )

    def wants(self, name: str) -> bool:
        return name.endswith(("-street.csv", "-street.csv.gz"))

    def recognise(self, path: Path) -> None:
        first = self._members(path)[0]
        if not _is_json(first):
            self._check_header(first)

    def collect(self, path: Path, context: Context) -> Iterator[Row | Broken]:
        for member in self._members(path):
            if _is_json(member):
                yield from self._answer(member, context)
            else:
                self._check_header(member)
                yield from files.csv_rows(member)

    def to_report(self, row: Row, context: Context) -> Outcome:
        values = row.values
        kind = values["Crime type"]
        if not kind:
            _unfit("Crime type", "is empty")
        if kind not in _IN_SCOPE:
            return OutOfScope("other crime")
        month = values["Month"]
        occurred = _month_span(month)
        force = _BTP if values.get("location_type") == "BTP" else _force(values.get("Reported by"), context)
        lsoa = values.get("LSOA code", "")
        place = _place(values["Latitude"], values["Longitude"], values["Location"], lsoa)
        return Draft(
            reference=f"{month}:{_fingerprint(force, values, context.row_key)}",
            agency=force,
            occurred=occurred,
            category=Category.OTHER,
            regime=Regime.NOT_PERSONAL_DATA,
            unit=Unit.SINGLE_OCCASION,
            kind=Kind.PUBLIC_STATISTICS,
            open_places=(place,) if place else (),
            period=Period(month, row.table or "csv"),
            unknown_codes=int(bool(lsoa) and not _LSOA.fullmatch(lsoa)),
        )

    def agency_of(self, row: Row) -> str | None:
        return force_code(row.values.get("Reported by", "")) or None

    def _members(self, path: Path) -> list[Member]:
        members = files.members(path, self.wants)
        if not members:
            raise files.refuse(path, self.expects, "no file named YYYY-MM-FORCE-street.csv")
        return members

    def _check_header(self, member: Member) -> None:
        header = files.columns_of(member, self.expects)
        missing = sorted(NEEDED.difference(header))
        if missing:
            found = files.describe(files.head(member))
            raise files.refuse(member.name, self.expects, f"{found}, without {', '.join(missing)}")

    def _answer(self, member: Member, context: Context) -> Iterator[Row]:
        if context.agency is None:
            raise Refused(f"{member.name}: the API's answer does not say whose it is: name the force with --agency")
        for number, crime in enumerate(self._crimes(member), start=1):
            yield Row(f"{member.name}:{number}", _flat(crime), json.dumps(crime).encode(), member.name, "json")

    def _crimes(self, member: Member) -> list[Any]:
        text = files.head(member, _LARGEST_JSON)
        try:
            crimes = json.loads(text)
        except ValueError:
            found = "JSON that breaks off or is damaged" if len(text) < _LARGEST_JSON else "too large an answer"
            raise files.refuse(member.name, self.expects, found) from None
        if not isinstance(crimes, list) or not all(isinstance(one, dict) and "month" in one for one in crimes):
            raise files.refuse(member.name, self.expects, "JSON of another kind")
        return crimes


def force_code(name: str) -> str:
    """The code of a force as the site spells it in the names of its files.

    >>> force_code("Devon & Cornwall Police"), force_code("Metropolitan Police Service")
    ('devon-and-cornwall', 'metropolitan')
    """
    special = _SPECIAL_NAMES.get(name)
    if special:
        return special
    words = re.sub(r"\s+(Police Service|Police|Constabulary)$", "", name.strip())
    return re.sub(r"[^a-z0-9]+", "-", words.lower().replace("&", "and")).strip("-")


def _is_json(member: Member) -> bool:
    return files.describe(files.head(member)) == "JSON"


def _flat(crime: Mapping[str, Any]) -> dict[str, str]:
    """One object of the API as texts by the CSV's column names; nothing is converted."""
    location = crime.get("location") or {}
    street = location.get("street") or {}
    flat = {**crime, "latitude": location.get("latitude"), "longitude": location.get("longitude"), **_named(street)}
    return {
        JSON_COLUMNS.get(name, name): "" if value is None else str(value)
        for name, value in flat.items()
        if not isinstance(value, (dict, list))
    }


def _named(street: Mapping[str, Any]) -> dict[str, Any]:
    return {"street": street.get("name")}


@lru_cache
def _month_span(month: str) -> Span:
    """The whole month on the clocks of England; Unfit for what is none."""
    match = _MONTH.fullmatch(month)
    if not match:
        raise Unfit("Month", "is not YYYY-MM", "download the file again")
    return span_of_month(int(match[1]), int(match[2]), LONDON)


def _force(name: str | None, context: Context) -> str:
    if name is None and context.agency is not None:
        return context.agency
    return _named_force(name or "")


@lru_cache
def _named_force(name: str) -> str:
    code = force_code(name)
    if not code:
        _unfit("Reported by", "names no force")
    return code


@lru_cache(4096)
def _place(latitude: str, longitude: str, location: str, lsoa: str) -> Place | None:
    """Where it happened; None for rows of which the publisher says "No Location"."""
    if not (latitude or longitude or lsoa):
        return None
    return Place(
        role=PlaceRole.OCCURRED,
        method=PlaceMethod.SNAPPED_POINT if latitude else PlaceMethod.AREA_ONLY,
        latitude=_degrees("Latitude", latitude, longitude, _SOUTH, _NORTH),
        longitude=_degrees("Longitude", longitude, latitude, _WEST, _EAST),
        uncertainty_m=UNCERTAINTY_M if latitude else None,
        lsoa=_lsoa(lsoa),
        address=location or None,
    )


def _degrees(field: str, text: str, other: str, least: float, most: float) -> float | None:
    if not text and not other:
        return None
    try:
        value = float(text)
    except ValueError:
        _unfit(field, "is no number")
    if not least <= value <= most:
        _unfit(field, "lies outside the United Kingdom")
    return value


def _lsoa(code: str) -> Lsoa | None:
    return Lsoa(code=code) if _LSOA.fullmatch(code) else None


def _fingerprint(force: str, values: Mapping[str, str], key: bytes) -> str:
    """Keyed hash of what says which incident a row is; LSOA codes change with each census, so they do not count."""
    told = "\x1f".join((force, values["Month"], values["Longitude"], values["Latitude"], values["Location"]))
    return blake2b(told.encode(), key=key, digest_size=8).hexdigest()


def _unfit(field: str, rule: str) -> NoReturn:
    raise Unfit(field, rule, "download the file again, or leave the row out")
