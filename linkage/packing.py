"""Features to bytes and back, exactly: what the store keeps sealed so that a rebuild parses nothing again.

A packed report is a JSON list of values in the order of the fields, its first item the version of the layout and of
the spellings that standardise gives. Whoever changes either takes the next version.
"""

from operator import attrgetter
from typing import Any

import orjson

from linkage.features import Mention, PlaceFeatures, ReportFeatures

VERSION = 3


class StandardiseAgain(Exception):
    """The bytes are of another version: what they held must be standardised again, from the report's sealed detail."""


_mention_values = attrgetter(*Mention.__slots__)
_place_values = attrgetter(*PlaceFeatures.__slots__)
_report_values = attrgetter(*ReportFeatures.__slots__)
_PLACES = ReportFeatures.__slots__.index("places")
_MENTIONS = ReportFeatures.__slots__.index("mentions")


def pack(features: ReportFeatures) -> bytes:
    """The bytes of a report's features."""
    values = list(_report_values(features))
    values[_PLACES] = [_place_values(place) for place in features.places]
    values[_MENTIONS] = [_mention_values(mention) for mention in features.mentions]
    return orjson.dumps([VERSION, *values])


def unpack(packed: bytes) -> ReportFeatures:
    """The features of packed bytes. Raises StandardiseAgain for those of another version."""
    version, *values = orjson.loads(packed)
    if version != VERSION:
        raise StandardiseAgain(f"features: packed as version {version}, not {VERSION}; standardise the report again")
    fields = dict(zip(ReportFeatures.__slots__, values, strict=True))
    fields["places"] = tuple(_place(values) for values in fields["places"])
    fields["mentions"] = tuple(_mention(values) for values in fields["mentions"])
    for name in ("quoted_references", "words", "restrictions"):
        fields[name] = tuple(fields[name])
    return ReportFeatures(**fields)


def _place(values: list[Any]) -> PlaceFeatures:
    return PlaceFeatures(**dict(zip(PlaceFeatures.__slots__, values, strict=True)))


def _mention(values: list[Any]) -> Mention:
    fields = dict(zip(Mention.__slots__, values, strict=True))
    given, family = fields["names"]
    fields["names"] = (tuple(given), tuple(family))
    fields["telephones"] = tuple(fields["telephones"])
    fields["emails"] = tuple(fields["emails"])
    return Mention(**fields)
