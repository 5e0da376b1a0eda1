"""What a narrative gives to linking: its rare words and the references that it quotes."""

import re
from collections.abc import Iterable

from linkage.generic import generic
from linkage.names import fold

_WORD = re.compile(r"[^\W_]{4,20}")
_NOT_REFERENCE = re.compile(r"[^A-Z0-9]+")
_PREFIX = re.compile(r"^(?:CAD|REFERENCE|REF|URN|LOG|CASE|INCIDENT|CRN|NO)+(?=\d)")
_QUOTED = re.compile(
    r"\b(?:cad|ref(?:erence)?|urn|crn|log|case|incident|crime)\b\.?\s*(?:(?:no|num|number|ref|reference)\b\.?)?"
    r"\s*[:#]?\s*([a-z]{0,6}[/-]?\d[a-z0-9/-]{2,24})",
    re.IGNORECASE,
)
_MOST_WORDS = 16
_SHORTEST_REFERENCE = 4
_FEWEST_DIGITS = 3


def rare_words(narrative: str | None, elsewhere: Iterable[str | None] = ()) -> tuple[str, ...]:
    """The narrative's words that are not everyday words of such reports and not said `elsewhere` in the report, at
    most 16, sorted. Where there are more, those with digits (a registration mark) and the longest stay.
    """
    if not narrative:
        return ()
    found = set(_WORD.findall(fold(narrative))) - generic().words
    if found:
        found.difference_update(_WORD.findall(fold(" ".join(filter(None, elsewhere)))))
    if len(found) > _MOST_WORDS:
        found = set(sorted(found, key=_worth)[:_MOST_WORDS])
    return tuple(sorted(found))


def _worth(word: str) -> tuple[bool, int, str]:
    return (word.isalpha(), -len(word), word)


def reference(text: str | None) -> str | None:
    """A reference in upper-case letters and digits, without the word that says what it is.

    >>> reference("CAD 1234/22NOV")
    '123422NOV'
    """
    return _PREFIX.sub("", _NOT_REFERENCE.sub("", text.upper())) or None if text else None


def quoted_references(stated: Iterable[str], narrative: str | None, own: Iterable[str | None]) -> tuple[str, ...]:
    """The references of other records that a report states or quotes, sorted; its own and too short ones left out."""
    texts = list(stated)
    if narrative:
        texts.extend(_QUOTED.findall(narrative))
    found = {quoted for text in texts if (quoted := reference(text)) is not None and _tells(quoted)}
    return tuple(sorted(found.difference(own)))


def _tells(quoted: str) -> bool:
    return len(quoted) >= _SHORTEST_REFERENCE and sum(map(str.isdigit, quoted)) >= _FEWEST_DIGITS
