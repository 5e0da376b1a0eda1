"""The columns of open geography files: publishers name the same thing in many ways, often with the year in the name.

Names are those of the Office for National Statistics (ONSPD, NSPL, ONSUD and the lookups of its geography portal) and
of Ordnance Survey (Code-Point Open, Open UPRN, AddressBase), beside plain ones.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_NAMES = {
    "uprn": ("uprn",),
    "parent_uprn": ("parent_?uprn",),
    "usrn": ("usrn",),
    "postcode": ("postcode", "pcds", "pcd8", "pcd2", "pcd7", "pcd", "postcode_locator"),
    "easting": ("eastings?", "oseast1m", "east1m", "x_coordinate", "gridgb1e"),
    "northing": ("northings?", "osnrth1m", "north1m", "y_coordinate", "gridgb1n"),
    "latitude": ("lat", "latitude"),
    "longitude": ("lon", "long", "lng", "longitude"),
    "lad": (r"lad_?(\d\d)?_?cd", "lad_?code", "oslaua", "laua", "admin_district_code", "local_authority_code"),
    "lad_name": (r"lad_?(\d\d)?_?nm", "lad_?name"),
    "ward": (r"wd_?(\d\d)?_?cd", "ward_?code", "osward", "admin_ward_code", "wd_bestfit", "ward"),
    "ward_name": (r"wd_?(\d\d)?_?nm", "ward_?name", "wd_name"),
    "lsoa21": ("lsoa21", "lsoa21_?cd", "lsoa21_code"),
    "lsoa11": ("lsoa11", "lsoa11_?cd", "lsoa11_code"),
    "lsoa": ("lsoa_?code", "lsoa_?cd", "lsoa"),
    "lsoa21_name": ("lsoa21_?nm", "lsoa21_name"),
    "lsoa11_name": ("lsoa11_?nm", "lsoa11_name"),
    "lsoa_name": ("lsoa_?name", "lsoa_?nm"),
    "address": ("address", "full_address", "single_line_address"),
    "classification": ("classification", "classification_code", "blpu_class"),
}
_PATTERNS = {role: [re.compile(name) for name in names] for role, names in _NAMES.items()}
_YEAR = re.compile(r"\d\d")
_OF_RECORDS = re.compile(
    r"id|month|ref|reference|.*(crime|incident|complain|caller|victim|report|created|assigned|e?mail|phone|birth).*"
)

CODE_POINT_OPEN = (
    "Postcode",
    "Positional_quality_indicator",
    "Eastings",
    "Northings",
    "Country_code",
    "NHS_regional_HA_code",
    "NHS_HA_code",
    "Admin_county_code",
    "Admin_district_code",
    "Admin_ward_code",
)
"""The columns of Code-Point Open's files, which have no header."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column plays which role ("uprn", "lad", …)."""

    by_role: Mapping[str, str]

    def has(self, *roles: str) -> bool:
        """Whether all of these roles are played."""
        return all(role in self.by_role for role in roles)

    def has_any(self, *roles: str) -> bool:
        """Whether one of these roles is played."""
        return any(role in self.by_role for role in roles)

    def value(self, values: Mapping[str, str], role: str) -> str:
        """What a row says in a role, without spaces around it; empty where it says nothing."""
        column = self.by_role.get(role)
        return "" if column is None else values[column].strip()

    def year(self, role: str) -> int:
        """The year in the name of the role's column ("LAD22CD": 2022); 0 when there is none."""
        match = _YEAR.search(_plain(self.by_role.get(role, "")))
        return 0 if match is None else 2000 + int(match[0])


def find_columns(header: Sequence[str]) -> Columns:
    """The roles that the columns of a header play; of several names for one role the best known wins."""
    plain = {_plain(name): name for name in reversed(header)}
    return Columns({role: plain[found] for role in _PATTERNS if (found := next(_candidates(role, plain), None))})


def columns_of_records(header: Sequence[str]) -> list[str]:
    """Columns that only a table of reports, cases or people has: such a table is no lookup, whatever else it holds."""
    return [name for name in header if _OF_RECORDS.fullmatch(_plain(name))]


def _candidates(role: str, plain: Mapping[str, str]) -> Iterator[str]:
    for pattern in _PATTERNS[role]:
        yield from sorted((name for name in plain if pattern.fullmatch(name)), reverse=True)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
