"""Reads geography tables (CSV): postcodes, UPRNs, LSOAs and wards with their codes."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from connectors.contract import Broken
from connectors.files import csv_rows
from connectors.geography.source import Lookup, Tally
from connectors.geography.values import code, points, reference_number
from connectors.grid import Point
from connectors.postcodes import normalise
from store.geography import GeographyRow, Kind
from store.geography_rows import LsoaRow, PostcodeRow, UprnRow, WardRow

_CHUNK = 5_000
"""Rows whose points are converted at once."""

Values = Mapping[str, str]
Made = list[GeographyRow]
Make = Callable[[Lookup, Values, Point | None], Made]


def read_table(lookup: Lookup, tally: Tally) -> Iterator[GeographyRow]:
    """The usable rows of a table; a row without a valid key is left out and counted."""
    make = _MAKERS[lookup.kind]
    rows = _rows(lookup, tally)
    while chunk := list(islice(rows, _CHUNK)):
        for values, point in zip(chunk, points(chunk, lookup.columns), strict=True):
            made = make(lookup, values, point)
            _count(lookup, values, made, tally)
            yield from made


def _rows(lookup: Lookup, tally: Tally) -> Iterator[Values]:
    for row in csv_rows(lookup.member):
        if isinstance(row, Broken):
            tally.rejected[f"row {row.rule}"] += 1
        else:
            yield row.values


def _count(lookup: Lookup, values: Values, made: Made, tally: Tally) -> None:
    if not made:
        tally.rejected[f"no valid {_KEYS[lookup.kind]}"] += 1
    for place in made:
        tally.places += 1
        tally.see_lad(place.lad, lookup.columns.value(values, "lad_name"))


def _uprn(lookup: Lookup, values: Values, point: Point | None) -> Made:
    say, columns = lookup.columns.value, lookup.columns
    uprn, parent = reference_number(say(values, "uprn"), 12), reference_number(say(values, "parent_uprn"), 12)
    if uprn is None:
        return []
    lsoa, vintage = _newest_lsoa(lookup, values)
    latitude, longitude = point or (None, None)
    return [
        UprnRow(
            vintage=lookup.vintage,
            uprn=uprn,
            parent_uprn=None if parent == uprn else parent,
            usrn=reference_number(say(values, "usrn"), 8),
            latitude=latitude,
            longitude=longitude,
            postcode=normalise(say(values, "postcode")),
            lsoa_code=lsoa,
            lsoa_vintage=vintage,
            ward=code(say(values, "ward")),
            lad=code(say(values, "lad")),
            classification=columns.value(values, "classification") or None,
            address=columns.value(values, "address") or None,
        )
    ]


def _postcode(lookup: Lookup, values: Values, point: Point | None) -> Made:
    say = lookup.columns.value
    postcode = normalise(say(values, "postcode"))
    if postcode is None:
        return []
    latitude, longitude = point or (None, None)
    lad, ward = code(say(values, "lad")), code(say(values, "ward"))
    lsoa21, lsoa11 = code(say(values, "lsoa21")), code(say(values, "lsoa11"))
    return [PostcodeRow(lookup.vintage, postcode, latitude, longitude, lad, ward, lsoa21, lsoa11)]


def _lsoas(lookup: Lookup, values: Values, point: Point | None) -> Made:
    say = lookup.columns.value
    lad, ward = code(say(values, "lad")), code(say(values, "ward"))
    return [LsoaRow(vintage, lsoa, name, lad, ward) for lsoa, vintage, name in _all_lsoas(lookup, values)]


def _ward(lookup: Lookup, values: Values, point: Point | None) -> Made:
    say = lookup.columns.value
    ward = code(say(values, "ward"))
    return [WardRow(lookup.vintage, ward, say(values, "ward_name"), code(say(values, "lad")))] if ward else []


def _all_lsoas(lookup: Lookup, values: Values) -> Iterator[tuple[str, int, str]]:
    """Code, vintage and name of each LSOA of a row, newest first; a lookup between censuses has two in a row."""
    for role, vintage in (("lsoa21", 2021), ("lsoa11", 2011), ("lsoa", lookup.vintage)):
        lsoa = code(lookup.columns.value(values, role))
        if lsoa:
            yield lsoa, vintage, lookup.columns.value(values, f"{role}_name")


def _newest_lsoa(lookup: Lookup, values: Values) -> tuple[str | None, int]:
    lsoa, vintage, _ = next(_all_lsoas(lookup, values), (None, 0, ""))
    return lsoa, vintage


_MAKERS: Mapping[Kind, Make] = {
    Kind.UPRNS: _uprn,
    Kind.POSTCODES: _postcode,
    Kind.LSOAS: _lsoas,
    Kind.WARDS: _ward,
}

_KEYS = {Kind.UPRNS: "UPRN", Kind.POSTCODES: "postcode", Kind.LSOAS: "LSOA code", Kind.WARDS: "ward code"}
