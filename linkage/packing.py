"""Features to bytes and back, exactly: what the store keeps sealed so that a rebuild parses nothing again.

A packed report is a JSON list of values in the order of the fields, its first item the version of the layout and of
the spellings that standardise gives. Whoever changes either takes the next version.
"""

from typing import Any

import orjson

from linkage.features import Mention, PlaceFeatures, ReportFeatures

VERSION = 6


class StandardiseAgain(Exception):
    """The bytes are of another version: what they held must be standardised again, from the report's sealed detail."""


_PLACES, _MENTIONS = (ReportFeatures._fields.index(name) for name in ("places", "mentions"))
_NAMES, _TELEPHONES, _EMAILS = (Mention._fields.index(name) for name in ("names", "telephones", "emails"))
_TEXTS = tuple(ReportFeatures._fields.index(name) for name in ("quoted_references", "words", "restrictions"))


def pack(features: ReportFeatures) -> bytes:
    """The bytes of a report's features."""
    values: list[Any] = [VERSION, *features]
    values[1 + _PLACES] = [tuple(place) for place in features.places]
    values[1 + _MENTIONS] = [tuple(mention) for mention in features.mentions]
    return orjson.dumps(values)


def unpack(packed: bytes) -> ReportFeatures:
    """The features of packed bytes. Raises StandardiseAgain for those of another version."""
    version, *values = orjson.loads(packed)
    if version != VERSION:
        raise StandardiseAgain(f"features: packed as version {version}, not {VERSION}; standardise the report again")
    values[_PLACES] = tuple([PlaceFeatures._make(place) for place in values[_PLACES]])
    values[_MENTIONS] = tuple([_mention(mention) for mention in values[_MENTIONS]])
    for field in _TEXTS:
        values[field] = tuple(values[field])
    return ReportFeatures._make(values)


def _mention(values: list[Any]) -> Mention:
    given, family = values[_NAMES]
    values[_NAMES] = (tuple(given), tuple(family))
    values[_TELEPHONES] = tuple(values[_TELEPHONES])
    values[_EMAILS] = tuple(values[_EMAILS])
    return Mention._make(values)
