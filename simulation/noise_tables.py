"""The tables of NoiseWorks, the council's noise system, with exactly the columns that it exports."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from simulation.tables import write_table

CASE = (
    "id",
    "created",
    "created_by_id",
    "kind",
    "kind_other",
    "uprn",
    "easting",
    "northing",
    "radius",
    "location_cache",
    "ward",
    "where",
    "estate",
    "assigned_id",
)
COLUMNS: dict[str, tuple[str, ...]] = {
    "Case": CASE,
    "HistoricalCase": (*CASE, "history_id", "history_date", "history_type", "history_user_id"),
    "Complaint": (
        "id",
        "case_id",
        "created",
        "created_by_id",
        "complainant_id",
        "happening_now",
        "start",
        "end",
        "rooms",
        "description",
        "effect",
    ),
    "Action": ("id", "created", "created_by_id", "case_id", "type", "notes"),
    "User": (
        "id",
        "first_name",
        "last_name",
        "is_staff",
        "is_active",
        "email",
        "email_verified",
        "phone",
        "phone_verified",
        "address",
        "best_time",
        "best_method",
    ),
    "Case_perpetrators": ("case_id", "user_id"),
}

Row = dict[str, object]


def stamp(when: datetime) -> str:
    """Seconds with the offset of UTC, as the export states times."""
    return when.astimezone(UTC).isoformat(timespec="seconds")


@dataclass(slots=True)
class Tables:
    """All rows as they stand; a snapshot writes them whole."""

    cases: dict[int, Row] = field(default_factory=dict)
    history: list[Row] = field(default_factory=list)
    complaints: dict[int, Row] = field(default_factory=dict)
    actions: list[Row] = field(default_factory=list)
    users: list[Row] = field(default_factory=list)
    perpetrators: list[Row] = field(default_factory=list)

    def put_case(self, case: Row, when: datetime, user: object, sign: str = "~") -> None:
        """Saves a case, and its state in the history: `+` when it is new, `~` when it changed."""
        self.cases[int(str(case["id"]))] = case
        kept: Row = {
            "history_id": 20_001 + len(self.history),
            "history_date": stamp(when),
            "history_type": sign,
            "history_user_id": user,
        }
        self.history.append({**case, **kept})

    def act(self, case: int, when: datetime, user: object, kind: str, notes: str) -> None:
        """Logs an action on a case."""
        row: Row = {"created": stamp(when), "created_by_id": user, "case_id": case, "type": kind, "notes": notes}
        self.actions.append({"id": 30_001 + len(self.actions), **row})

    def write(self, folder: Path) -> list[Path]:
        """Writes the whole, one file a table."""
        tables = {
            "Case": self.cases.values(),
            "HistoricalCase": self.history,
            "Complaint": self.complaints.values(),
            "Action": self.actions,
            "User": self.users,
            "Case_perpetrators": self.perpetrators,
        }
        return [
            write_table(folder / f"{name}.csv", COLUMNS[name], ([row[c] for c in COLUMNS[name]] for row in rows))
            for name, rows in tables.items()
        ]
