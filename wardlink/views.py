"""What a reader sees: every view takes a reader, shows no more than policy's tiers allow, and leaves an audit row."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from linkage.bridges import Bridge, weakest_bridge
from linkage.explain import Explanation, PairExplanation, explain
from linkage.features import ReportFeatures
from linkage.packing import StandardiseAgain
from linkage.packing import unpack as unpack_features
from policy.facts import Reader, Role
from policy.inbox import Quiet, strength
from policy.months import LONDON
from policy.sentences import restricted_sentence
from policy.tiers import Tier, fields_of
from schemas.errors import Refused
from schemas.records import Person, ReportDetail
from schemas.released import unpack
from schemas.vocabulary import CaseKind
from store.database import Row, connect
from store.reading import Reading, as_reader, report_keys
from vault.keyring import Keyring
from vault.reports import FeatureSeal, ReportKey
from wardlink.keyring_files import keyring_path
from wardlink.live_model import live_model
from wardlink.settings import Settings, store_settings

PURPOSE = "ASB case management"
"""Why a caseworker reads, as the audit row says where the command names no other purpose."""


@dataclass(frozen=True, slots=True)
class Views:
    """The views of one reader."""

    settings: Settings
    reader: Reader
    purpose: str = PURPOSE

    def alerts(
        self, area: str | None = None, limit: int = 50, withdrawn: bool = False, ranked: bool = False
    ) -> list[Row]:
        """The alerts that were sent to the reader's agency and role, those with a date first.

        `ranked`: also those that are only listed, the strongest first (policy.inbox.strength).
        """
        with self._reading() as reading:
            state = "all" if withdrawn else "standing"
            most = None if ranked else limit
            rows = list(reading.rows("select_alerts", area=area, limit=most, state=state, quiet=ranked))
            rows = sorted(rows, key=_strength)[:limit] if ranked else rows
            for of_area in sorted({row["area"] for row in rows}):
                subjects = [row["alert_id"] for row in rows if row["area"] == of_area]
                reading.record_consultation(of_area, self.purpose, subjects, ["alert"], [])
        return rows

    def quarantine(self, limit: int = 50, settled: bool = False) -> list[Row]:
        """The rows of the reader's agency that could not be used: why, never what. `settled`: those mended since."""
        with self._reading() as reading:
            state = "settled" if settled else "open"
            return list(reading.rows("select_quarantine", limit=limit, state=state))

    def audit(self, case_id: str | None = None, since: datetime | None = None, limit: int = 100) -> list[Row]:
        """The audit trail as the reader's agency may see it, the latest first: of all, or of one case's reports, from a
        day on (London's). Raises Refused for a reader of another role than governance.
        """
        if self.reader.role is not Role.GOVERNANCE:
            raise Refused(f"the audit trail is for {self.reader.agency}/{Role.GOVERNANCE}, not {self.reader}")
        first = None if since is None else since.replace(tzinfo=LONDON)
        with self._reading() as reading:
            rows = list(reading.rows("select_audit", case_id=case_id, since=first, limit=limit))
            for area in sorted({row["area"] for row in rows}):
                reading.record_consultation(area, self.purpose, [case_id] if case_id else [], ["audit"], [])
        return rows

    def case(self, case_id: str) -> dict[str, Any]:
        """One case as the reader may see it: incidents and reports in order of time, links, updates, alerts.

        Raises Refused where there is no such case for this reader.
        """
        with self._reading() as reading:
            found = self._find_case(reading, case_id)
            area = found["area"]
            members = reading.rows("reports_of_case", area=area, case_id=found["case_id"])
            tiers = {row["report_id"]: Tier[row["tier"]] for row in members if row["report_id"]}
            reports = reading.rows("select_reports", area=area, report_ids=list(tiers))
            visible = [row["report_id"] for row in reports]
            in_full = [report_id for report_id in visible if tiers[report_id] >= Tier.CASE]
            view = {
                **found,
                "reader": str(self.reader),
                "incidents": self._incidents(reading, area, reports, tiers),
                "restricted": _restricted(members),
                "links": [_link(row) for row in reading.rows("select_links", area=area, report_ids=in_full)],
                "updates": list(reading.rows("select_updates", area=area, report_ids=in_full)),
                "alerts": list(reading.rows("select_alerts_of_case", area=area, case_id=found["case_id"])),
            }
            self._record(reading, area, members, tiers)
        return view

    def possible(self, graphs: Sequence[str], area: str | None = None, limit: int = 50) -> list[dict[str, Any]]:
        """Pairs of reports (INCIDENT) or persons (PERSON) that may be the same and are not put together, likeliest
        first: those that the reader may judge, and nobody of its agency has judged.
        """
        with self._reading() as reading:
            rows = reading.rows("select_possible", graphs=list(graphs), area=area, limit=limit)
            for of_area in sorted({row["area"] for row in rows}):
                ids = sorted({row[end] for row in rows if row["area"] == of_area for end in ("left_id", "right_id")})
                reading.record_consultation(of_area, self.purpose, ids, ["link evidence"], [])
        return [_link(row) | {"area": row["area"], "left": row["left_id"], "right": row["right_id"]} for row in rows]

    def why(self, left: str, right: str) -> Explanation:
        """Why two reports are, or are not, linked. Raises Refused unless the reader may see both in tier CASE."""
        with self._reading() as reading:
            found = reading.rows("find_reports", report_ids=[left, right])
            rows = {row["report_id"]: row for row in found if row["tier"] and Tier[row["tier"]] >= Tier.CASE}
            for report_id in (left, right):
                if report_id not in rows:
                    raise Refused(f"report {report_id}: {self.reader} may not see so much of it, or it does not exist")
            area = rows[left]["area"]
            clusters = reading.rows("select_clusters", area=area, report_ids=[left, right])
            reading.record_consultation(area, self.purpose, [left, right], ["link evidence"], [])
        seal, cluster_of = FeatureSeal(self._keyring()), {row["member"]: row["cluster"] for row in clusters}
        one, other = (opened_features(seal, area, each, rows[each]["features"]) for each in (left, right))
        return explain(one, other, live_model(self.settings), cluster_of)

    def weakest_bridge(self, case_id: str) -> tuple[Bridge, PairExplanation] | None:
        """Where a case is held together least, of the reports that the reader may see in tier CASE, and why the two
        there that say most for it are linked; None where nothing is put together. Raises Refused as `case` does.
        """
        with self._reading() as reading:
            found = self._find_case(reading, case_id)
            area, case_id = found["area"], found["case_id"]
            members = reading.rows("reports_of_case", area=area, case_id=case_id)
            seen = [row["report_id"] for row in members if row["report_id"] and Tier[row["tier"]] >= Tier.CASE]
            rows = reading.rows("find_reports", report_ids=seen)
            clusters = reading.rows("select_clusters", area=area, report_ids=[row["report_id"] for row in rows])
            reading.record_consultation(area, self.purpose, sorted(seen), ["link evidence"], [])
        seal, model = FeatureSeal(self._keyring()), live_model(self.settings)
        reports = {each["report_id"]: opened_features(seal, area, each["report_id"], each["features"]) for each in rows}
        cluster_of = {row["member"]: row["cluster"] for row in clusters}
        person = case_id if found["kind"] == CaseKind.REPEAT_VICTIM else None
        bridge = weakest_bridge(reports, cluster_of, person, model)
        if bridge is None:
            return None
        one, other = (reports[each.partition("#")[0]] for each in bridge.strongest)
        explanation = explain(one, other, model, cluster_of)
        pairs = (explanation.incident, *explanation.persons)
        return bridge, next(pair for pair in pairs if {pair.left, pair.right} == set(bridge.strongest))

    def area_of_pair(self, left: str, right: str) -> str:
        """The area of two reports, or of two persons in reports, of which the reader may see enough to judge: tier
        CASE, and that they are there at all. Raises Refused otherwise, in the same words.
        """
        with self._reading() as reading:
            found = {self._judged(reading, each) for each in (left, right)}
            if len(found) > 1:
                raise Refused("people and incidents are not linked across areas: there is nothing to judge")
            [area] = found
            reading.record_consultation(area, self.purpose, [left, right], ["link evidence"], [])
        return area

    def known(self, area: str, report_ids: Sequence[str]) -> frozenset[str]:
        """Those of an area's reports that the reader may know of: tier SUMMARY and above."""
        with self._reading() as reading:
            rows = reading.rows("find_reports", report_ids=list(report_ids))
            found = [row["report_id"] for row in rows if row["tier"] and Tier[row["tier"]] >= Tier.SUMMARY]
            reading.record_consultation(area, self.purpose, sorted(found), ["link evidence"], [])
        return frozenset(found)

    def victims_of(self, report_id: str) -> list[str]:
        """The ids of a report's victims, by which a judgement names them. Raises Refused as `why` does."""
        with self._reading() as reading:
            self._judged(reading, report_id)
            rows = reading.rows("select_victims", report_id=report_id)
        if not rows:
            raise Refused(f"report {report_id}: it names no victim")
        return [row["mention_id"] for row in rows]

    # -- parts ------------------------------------------------------------------------------------------------------

    def _reading(self) -> "_Session":
        return _Session(store_settings(self.settings, "reader_dsn").reader_dsn, self.reader)

    def _judged(self, reading: Reading, name: str) -> str:
        """The area of a report, or of a person in one, of which the reader may see enough; raises Refused."""
        report_id, is_person = name.partition("#")[0], "#" in name
        rows = reading.rows("find_reports", report_ids=[report_id])
        seen = [row["area"] for row in rows if row["tier"] and Tier[row["tier"]] >= Tier.CASE]
        if not seen or (is_person and not reading.rows("find_mention", mention_id=name)):
            raise Refused(f"{name}: {self.reader} may not see so much of it, or it does not exist")
        area: str = seen[0]
        return area

    def _find_case(self, reading: Reading, case_id: str) -> Row:
        found = reading.rows("find_case", case_id=case_id)
        for alias in () if found else reading.rows("find_alias", case_id=case_id):
            return self._find_case(reading, alias["new_id"])
        if not found:
            raise Refused(
                f"case {case_id}: there is none that {self.reader} may see (wardlink alerts --as {self.reader})"
            )
        return found[0]

    def _incidents(
        self, reading: Reading, area: str, reports: Sequence[Row], tiers: Mapping[str, Tier]
    ) -> list[dict[str, Any]]:
        places: dict[str, list[Row]] = defaultdict(list)
        for row in reading.rows("select_places", area=area, report_ids=[report["report_id"] for report in reports]):
            places[row["report_id"]].append(row)
        details = self._details([row for row in reports if tiers[row["report_id"]] >= Tier.PERSON])
        by_incident: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in sorted(reports, key=_when):
            report_id = row["report_id"]
            shown = _report(row, tiers[report_id], places[report_id], details.get(report_id))
            by_incident[row["incident_id"] or report_id].append(shown)
        return [{"incident_id": incident_id, "reports": shown} for incident_id, shown in by_incident.items()]

    def _details(self, reports: Sequence[Row]) -> dict[str, ReportDetail]:
        sealed = [row for row in reports if row["detail"] is not None]
        if not sealed:
            return {}
        with connect(store_settings(self.settings, "keys_dsn").keys_dsn, "wardlink-read") as connection:
            keys = report_keys(connection, [row["key_id"] for row in sealed])
        return {row["report_id"]: _open(row, keys[row["key_id"]]) for row in sealed if row["key_id"] in keys}

    def _record(self, reading: Reading, area: str, members: Sequence[Row], tiers: Mapping[str, Tier]) -> None:
        fields = sorted({name for tier in tiers.values() for name in fields_of(tier)})
        agreements = sorted({f"{row['agreement']}@{row['agreement_version']}" for row in members if row["agreement"]})
        reading.record_consultation(area, self.purpose, sorted(tiers), fields, agreements)

    def _keyring(self) -> Keyring:
        return Keyring.load(keyring_path(self.settings))


_OF_PLACE = ("role", "method", "uprn", "parent_uprn", "usrn", "ward", "property_type")


class _Session:
    """One reader's connection and transaction."""

    def __init__(self, dsn: str, reader: Reader) -> None:
        self._connection = connect(dsn, "wardlink-read")
        self._transaction = as_reader(self._connection, reader.agency, reader.role)

    def __enter__(self) -> Reading:
        return self._transaction.__enter__()

    def __exit__(self, *error: Any) -> None:
        try:
            self._transaction.__exit__(*error)
        finally:
            self._connection.close()


def _strength(row: Row) -> tuple[Any, ...]:
    last = row["changed_at"].timestamp()
    folded = row["quiet"] == Quiet.FOLDED
    return folded, *strength(row["rule"], len(row["report_ids"]), len(row["agencies"])), -last, row["alert_id"]


def _when(row: Row) -> Any:
    return row["occurred_earliest"] or row["reported_at"] or row["received_at"], row["report_id"]


def _report(row: Row, tier: Tier, places: Sequence[Row], detail: ReportDetail | None) -> dict[str, Any]:
    """One report, by its tier."""
    shown: dict[str, Any] = {"report_id": row["report_id"], "agency": row["agency"], "tier": tier.name}
    shown |= {"category": row["category"], "lsoa": row["lsoa_code"]}
    if tier is Tier.SUMMARY:
        return shown | {"week": _week(row)}
    shown |= {
        "occurred": _local(row["occurred_earliest"], row["offset_minutes"]),
        "precision": row["occurred_precision"],
        "reported": _local(row["reported_at"], row["offset_minutes"]),
        "received": row["received_at"],
        "case_reference": row["case_reference"],
        "places": [_place(place) for place in places if place["role"] != "AFFECTED" or tier is Tier.PERSON],
    }
    if tier is Tier.PERSON and detail is not None:
        shown |= {"persons": [_person(person) for person in detail.persons], "narrative": detail.narrative}
    return shown


def _local(at: datetime | None, offset_minutes: int | None) -> datetime | None:
    """An instant on the clock of whoever reported it."""
    return None if at is None else at.astimezone(timezone(timedelta(minutes=offset_minutes or 0)))


def _week(row: Row) -> str | None:
    at = row["occurred_earliest"] or row["reported_at"]
    return None if at is None else f"{at.isocalendar().year}-W{at.isocalendar().week:02}"


def _place(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in _OF_PLACE if row[name]}


def _person(person: Person) -> dict[str, Any]:
    name = person.full_name or " ".join((*person.given_names, person.family_name or "")).strip()
    return {"role": person.role, "name": name or None}


def _link(row: Row) -> dict[str, Any]:
    return {
        "graph": row["graph"],
        "left": row["left_id"].partition("#")[0],
        "right": row["right_id"].partition("#")[0],
        "bits": row["weight_millibits"] / 1000,
        "band": row["band"],
        "model_version": row["model_version"],
        "levels": row["levels"],
    }


def _restricted(members: Sequence[Row]) -> str | None:
    """ "Restricted: ask Police", where something of the case may only be asked for."""
    agencies = {row["agency"] for row in members if row["tier"] == Tier.EXISTENCE.name}
    return restricted_sentence(agencies) if agencies else None


def _open(row: Row, key: bytes) -> ReportDetail:
    associated = f"{row['area']}\n{row['report_id']}".encode()
    detail: ReportDetail = unpack(ReportDetail, ReportKey(key).open(associated, row["detail"]))
    return detail


def opened_features(seal: FeatureSeal, area: str, report_id: str, sealed: bytes) -> ReportFeatures:
    """The features of a stored report. Refused where another release wrote them."""
    try:
        return unpack_features(seal.open(area, report_id.encode(), sealed))
    except StandardiseAgain as error:
        raise Refused(f"{report_id} was stored by another release: start this release's resolve once") from error
