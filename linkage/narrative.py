"""What a narrative gives to linking besides references (linkage.references): its rare words."""

from collections.abc import Iterable

from linkage.generic import generic
from linkage.names import fold

_NOT_WORD = str.maketrans(dict.fromkeys("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~“”‘’–—…", " "))
_SHORTEST_WORD, _LONGEST_WORD = 4, 20
_MOST_WORDS = 16


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
