"""Resolve's own work without Faust around it, for measures that call it in their own process."""

from collections.abc import Mapping
from unittest.mock import patch

from bench.load import TOPICS
from store.positions import Claim
from streams import app
from streams.batches import Partition
from streams.resolve import Resolve
from wardlink import roles
from wardlink.settings import Settings


def make_resolve(settings: Settings) -> Resolve:
    """The work that the role would hand to Faust, exactly as wardlink.roles composes it."""
    with patch.object(app, "run") as run:
        roles.resolve(settings, 1)
    work: Resolve = run.call_args.args[1]
    return work


def claim_all(settings: Settings, resolve: Resolve) -> Mapping[Partition, Claim]:
    """What a single worker does on assignment: claims every partition, and rebuilds the memory of every area."""
    return resolve.claim(dict.fromkeys(range(settings.topics.partitions), TOPICS))
