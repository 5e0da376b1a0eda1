"""What a narrative gives to linking besides references (linkage.references): its rare words."""

import re
from collections.abc import Iterable

from linkage.generic import generic
from linkage.names import fold

_SHORTEST_WORD, _LONGEST_WORD = 4, 20
_PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~“”‘’–—…"
_WORD = re.compile(rf"[^\s{re.escape(_PUNCTUATION)}]{{{_SHORTEST_WORD},}}")
_MOST_WORDS = 16


def rare_words(narrative: str | None, elsewhere: Iterable[str | None] = ()) -> tuple[str, ...]:
    """The narrative's words that are not everyday words of such reports and not said `elsewhere` in the report, at
    most 16, sorted. Where there are more, those with digits (a registration mark) and the longest stay.
    """
    if not narrative:
        return ()
    common = generic().words
    found = {word for word in _words(narrative) if word not in common and len(word) <= _LONGEST_WORD}
    if found:
        found.difference_update(_words(" ".join(filter(None, elsewhere))))
    if len(found) > _MOST_WORDS:
        found = set(sorted(found, key=_worth)[:_MOST_WORDS])
    return tuple(sorted(found))


def _words(text: str) -> list[str]:
    """The words that are long enough to tell anything."""
    return _WORD.findall(fold(text))


def _worth(word: str) -> tuple[bool, int, str]:
    return (word.isalpha(), -len(word), word)
