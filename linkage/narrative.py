"""What a narrative gives to linking: its rare words and the references that it quotes."""

import re
from collections.abc import Iterable

from linkage.generic import generic
from linkage.names import fold

_NOT_WORD = str.maketrans(dict.fromkeys("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~“”‘’–—…", " "))
_SHORTEST_WORD, _LONGEST_WORD = 4, 20
_NOT_REFERENCE = re.compile(r"[^A-Z0-9]+")
_PREFIX = re.compile(r"^(?:CAD|REFERENCE|REF|URN|LOG|CASE|INCIDENT|CRN|NO)+(?=\d)")
_QUOTING = ("cad", "ref", "urn", "crn", "log", "case", "incident", "crime")
_QUOTED = re.compile(
    r"\b(?:cad|ref(?:erence)?|urn|crn|log|case|incident|crime)\b\.?\s*(?:(?:no|num|number|ref|reference)\b\.?)?"
    r"\s*[:#]?\s*([a-z]{0,6}[/-]?\d[a-z0-9/-]{2,24})"
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
    found = {word for word in _words(narrative) - generic().words if _SHORTEST_WORD <= len(word) <= _LONGEST_WORD}
    if found:
        found -= _words(" ".join(filter(None, elsewhere)))
    if len(found) > _MOST_WORDS:
        found = set(sorted(found, key=_worth)[:_MOST_WORDS])
    return tuple(sorted(found))


def _words(text: str) -> set[str]:
    return set(fold(text).translate(_NOT_WORD).split())


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
        texts += _quoted(narrative.lower())
    if not texts:
        return ()
    found = {quoted for text in texts if (quoted := reference(text)) is not None and _tells(quoted)}
    return tuple(sorted(found.difference(own)))


def _quoted(narrative: str) -> list[str]:
    """What follows one of the words that announce a reference; most narratives hold none of them."""
    return _QUOTED.findall(narrative) if any(word in narrative for word in _QUOTING) else []


def _tells(quoted: str) -> bool:
    return len(quoted) >= _SHORTEST_REFERENCE and sum(map(str.isdigit, quoted)) >= _FEWEST_DIGITS
