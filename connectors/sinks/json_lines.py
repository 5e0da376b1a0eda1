"""Alerts as lines of JSON, one file for each recipient."""

import json
import os
import re
from dataclasses import asdict
from pathlib import Path

from schemas.errors import Unavailable
from schemas.records import Alert
from store.routes import Addressed


class JsonLinesSink:
    """Appends each alert to FOLDER/RECIPIENT.jsonl and waits until it is on disk."""

    name = "json-lines"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def hand_over(self, alert: Alert, to: Addressed | None = None) -> None:
        """Appends one line; raises Unavailable when the disk refuses it."""
        told = asdict(alert) | {"to": to.as_told() if to else None}
        path = self._folder / f"{re.sub(r'[^A-Za-z0-9_-]', '_', alert.recipient)}.jsonl"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(told, ensure_ascii=False, sort_keys=True) + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise Unavailable(f"alerts cannot be written to {path.name}: {error.strerror}") from error
