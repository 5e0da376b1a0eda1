"""Postcodes: one spelling, and a number to sort them by.

The shape is that of the United Kingdom's postcodes (BS 7666-0:2006, annex C), not a list of those in use.
"""

import re

_SHAPE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][ABD-HJLNP-UW-Z]{2})")
_NOISE = re.compile(r"[\s.\-\u00a0]+")


def normalise(text: str) -> str | None:
    """The postcode in upper case with one space; None where the text has not a postcode's shape.

    >>> normalise(" e8 1ea "), normalise("N1C4AG"), normalise("E8 1E"), normalise("unknown")
    ('E8 1EA', 'N1C 4AG', None, None)
    """
    match = _SHAPE.fullmatch(_NOISE.sub("", text).upper())
    return None if match is None else f"{match[1]} {match[2]}"


def number(postcode: str) -> int:
    """A number below 36**7 that no other normalised postcode has: a key of eight bytes instead of a text.

    >>> number("E8 1EA") < number("E8 1EB")
    True
    """
    return int(postcode.replace(" ", ""), 36)
