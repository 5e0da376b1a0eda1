"""A housing association's own system, as far as Wardlink meets it: a program apart, which takes signed alerts.

    python housing_system.py PORT FOLDER

It knows its cases (FOLDER/cases.json), believes only what `standardwebhooks` verifies with FOLDER/secret, and notes
what came in FOLDER/inbox.jsonl. Its first answer is 503, as of a system that is just starting.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError


class Inbox(BaseHTTPRequestHandler):
    """Takes one alert after the other."""

    folder: Path
    is_starting = True

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        status, noted = self._take(body)
        with (self.folder / "inbox.jsonl").open("a", encoding="utf-8") as inbox:
            inbox.write(json.dumps({"id": self.headers["webhook-id"], "status": status, **noted}) + "\n")
        self.send_response(status)
        self.end_headers()

    def _take(self, body: bytes) -> tuple[int, dict[str, Any]]:
        try:
            secret = (self.folder / "secret").read_text("utf-8")
            alert = Webhook(secret).verify(body, dict(self.headers.items()))
        except WebhookVerificationError:
            return 401, {}
        if Inbox.is_starting:
            Inbox.is_starting = False
            return 503, {}
        cases = json.loads((self.folder / "cases.json").read_text("utf-8"))
        mine = {case: cases[case] for case in alert["data"]["own_cases"] if case in cases}
        return 204, {"type": alert["type"], "rule": alert["data"]["rule"], "officers": mine}

    def log_message(self, format: str, *arguments: Any) -> None:
        """Keeps quiet."""


if __name__ == "__main__":
    Inbox.folder = Path(sys.argv[2])
    HTTPServer(("127.0.0.1", int(sys.argv[1])), Inbox).serve_forever()
