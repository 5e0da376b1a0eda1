"""How long a worker needs from its assignment until it may take its first batch: claims, and every area's memory.

    python -m bench.rebuild

It prints one JSON line. No worker of resolve may run beside it.
"""

import json
import time
from typing import Any

import psutil

from bench.inprocess import claim_all, make_resolve
from bench.stack import Stack
from wardlink.settings import load


def run(stack: Stack) -> dict[str, Any]:
    """Seconds, and memory before and after, in a process of its own."""
    found: dict[str, Any] = json.loads(stack.measure("bench.rebuild"))
    return found


def _main() -> None:
    settings = load()
    resolve = make_resolve(settings)
    before, began = _rss_mb(), time.perf_counter()
    claim_all(settings, resolve)
    seconds = time.perf_counter() - began
    print(json.dumps({"seconds": seconds, "empty_mb": before, "full_mb": _rss_mb(), "areas": len(resolve.areas)}))


def _rss_mb() -> float:
    return float(psutil.Process().memory_info().rss) / 2**20


if __name__ == "__main__":
    _main()
