"""docker-compose.yml as Docker reads it: merged, and with its variables filled in."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yml"
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?P<how>:[-?])(?P<rest>[^}]*)\}")

Composed = dict[str, Any]


@cache
def composed() -> Composed:
    """The whole file."""
    found: Composed = yaml.safe_load(FILE.read_text("utf-8"))
    return found


def services() -> Mapping[str, Composed]:
    """Every service by name."""
    found: Mapping[str, Composed] = composed()["services"]
    return found


def ours() -> Mapping[str, Composed]:
    """The services that run Wardlink's own image."""
    return {name: service for name, service in services().items() if str(service["image"]).startswith("wardlink")}


def lasting() -> Mapping[str, Composed]:
    """The services that stay up."""
    return {name: service for name, service in services().items() if service["restart"] == "unless-stopped"}


def roles() -> Mapping[str, Composed]:
    """Our own services that stay up, by the role that each runs."""
    return {service["command"][1]: service for name, service in ours().items() if name in lasting()}


def variables() -> dict[str, str]:
    """Every ${VARIABLE} of the file, with how it is written: `:?` must be given, `:-` has a default."""
    return {found["name"]: found["how"] for found in VARIABLE.finditer(FILE.read_text("utf-8"))}


def environment(service: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, str]:
    """What a service's processes find in their environment when .env holds `given`."""

    def fill(found: re.Match[str]) -> str:
        default = found["rest"] if found["how"] == ":-" else ""
        return given.get(found["name"], default)

    return {name: VARIABLE.sub(fill, str(value)) for name, value in service.get("environment", {}).items()}
