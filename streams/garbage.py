"""How Python's garbage collector treats a worker whose memory is an index that lives for days.

Every look at millions of lasting objects is in vain: they are told apart once, when an area's memory was built, and the
young are looked at in large groups. Reference counting frees almost everything a batch makes; what is left are the
rare cycles of a dropped area.
"""

import gc

_YOUNG, _MIDDLE, _OLD = 20_000, 50, 100


def spare_what_lasts() -> None:
    """Collects once, and leaves everything that is alive now out of all later collections."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
