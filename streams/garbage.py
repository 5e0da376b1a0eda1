"""How Python's garbage collector treats a worker whose memory is an index that lives for days.

Every look at millions of lasting objects is in vain: they are told apart once, when an area's memory was built, and the
young are looked at between batches; in the midst of one, thousands of its own short-lived objects would be too.
Reference counting frees almost everything a batch makes; what is left are the rare cycles of a dropped area. While a
memory is built nothing is looked at: everything that is made is there to stay, and looking took a third of the time.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_YOUNG, _MIDDLE, _OLD = 500_000, 50, 100


@contextmanager
def building_what_lasts() -> Iterator[None]:
    """Nothing is collected within; afterwards everything that is alive is left out of all later collections."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        _spare_what_lasts()


def collect_young() -> None:
    """Between two batches, when what the last one needed is gone: whatever is young and alive now will last."""
    gc.collect(0)


def _spare_what_lasts() -> None:
    """Collects once, and leaves everything that is alive now out of all later collections."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
