"""What is sent and what is only listed: history raises no flood, folded alerts wake, and a restart changes nothing."""

from collections.abc import Iterable, Sequence
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from policy.alert import HeldAlert
from policy.facts import CaseFact, IncidentFact
from policy.inbox import Quiet
from policy.problems import DAY
from policy.rulebook import load_rules
from schemas.vocabulary import AlertState, Category
from store.database import Row, connect
from store.effects import Effects, prepare, write
from store.positions import LogBounds, Step, claim
from store.rows import AlertRow
from store.settings import StoreSettings
from streams.alerts import AlertDesk
from streams.policies import Policies
from tests.policy.factory import agreements, at, place, told, victim

AREA = "E09000012"
OPEN = agreements(("police", "housing", "CASE"), ("housing", "police", "CASE"))
RULES = """
areas: ["*"]
grace_days: 14
told_again_growth: 33
inbox: {a_week: 2, folded_share: 50, duties: [hate], listed: [two]}
repeats:
  - {name: hate, kinds: [REPEAT_VICTIM], count: 2, months: 6, hate: 1, source: s}
  - {name: three, kinds: [REPEAT_VICTIM], count: 3, months: 3, source: s}
  - {name: two, kinds: [REPEAT_VICTIM], count: 2, months: 3, source: s}
  - {name: there, kinds: [REPEAT_PLACE], levels: [uprn], roles: [SOURCE], count: 3, months: 3, source: s}
"""
NOW = at("2026-03-04")


class Desk:
    """An alert desk, and what it wrote last of each alert."""

    def __init__(self) -> None:
        self.desk = AlertDesk(AREA, Policies(OPEN, load_rules(RULES), lambda uprn: None))
        self.rows: dict[str, AlertRow] = {}
        self.sent: list[str] = []

    def look(self, case: CaseFact, now: int = NOW, is_history: bool = False) -> list[tuple[str, str]]:
        """What one look at a case writes: the state and why it is quiet, alert by alert."""
        effects = Effects()
        for incident in case.incidents:
            self.desk.forget(incident.incident_id)
        self.desk.write_changes(case, now, effects, is_history)
        self.rows |= {row.alert_id: row for row in effects.alert}
        self.sent += [row.message_id for row in effects.outbox]
        return [(str(row.state), row.quiet) for row in effects.alert]

    def restarted(self) -> "Desk":
        again = Desk()
        again.desk.restore([row._asdict() for row in self.rows.values()])
        again.rows = dict(self.rows)
        return again


def nights(*days: int, month: int = 2, **more: Any) -> list[IncidentFact]:
    more.setdefault("category", Category.OTHER)
    return [told(f"police:{month}-{day}", f"2026-{month:02}-{day:02}", **more) for day in days]


def test_history_is_listed_and_sends_nothing() -> None:
    desk = Desk()
    assert desk.look(victim(*nights(1, 2, 3)), is_history=True) == [("RAISED", "PAST")]
    assert desk.look(victim(*nights(1, 2, 3, 4, 5, 6)), is_history=True) == [("UPDATED", "PAST")]
    assert desk.sent == []


def test_a_tick_sends_nothing_of_the_past() -> None:
    desk = Desk()
    desk.look(victim(*nights(1, 2, 3)), is_history=True)
    desk.look(victim(*nights(1, 2, 3, 4)), is_history=True)
    assert desk.look(victim(*nights(1, 2, 3, 4)), NOW + DAY) == []


def test_what_was_of_the_past_and_goes_on_is_sent_with_its_first_new_incident() -> None:
    desk = Desk()
    past = nights(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
    desk.look(victim(*past), is_history=True)
    assert desk.look(victim(*past, *nights(1, month=3))) == [("RAISED", "")]
    assert len(desk.sent) == 1


def test_what_was_sent_is_not_told_again_for_history_alone() -> None:
    desk = Desk()
    desk.look(victim(*nights(10, 11, 12)))
    assert desk.look(victim(*nights(1, 2, 3, 10, 11, 12)), is_history=True) == []


def test_a_place_of_the_very_same_incidents_is_folded_and_wakes_when_its_host_has_gone() -> None:
    desk, incidents = Desk(), nights(1, 2, 3, source_place="uprn:1")
    assert desk.look(victim(*incidents)) == [("RAISED", "")]
    source = place("uprn/source", incidents)
    assert desk.look(source) == [("RAISED", "FOLDED")]
    assert desk.look(victim(incidents[0])) == [("WITHDRAWN", "")]
    assert desk.look(source, NOW + DAY) == [("RAISED", "")]


def test_a_withdrawal_of_what_was_only_listed_is_sent_to_nobody() -> None:
    desk = Desk()
    desk.look(victim(*nights(1, 2, 3)), is_history=True)
    assert desk.look(victim(*nights(1))) == [("WITHDRAWN", "PAST")]
    assert desk.sent == []


def test_what_the_week_has_no_room_for_is_sent_in_the_next() -> None:
    desk = Desk()
    cases = [
        victim(*(told(f"police:{n}-{day}", f"2026-03-{day:02}") for day in (1, 2, 3)), case_id=f"v{n}")
        for n in range(3)
    ]
    assert [desk.look(case) for case in cases] == [[("RAISED", "")], [("RAISED", "")], [("RAISED", "FULL")]]
    assert desk.look(cases[2], at("2026-03-08")) == []
    assert desk.look(cases[2], at("2026-03-09")) == [("RAISED", "")]


def test_a_weak_alert_is_sent_once_a_stronger_rule_is_true() -> None:
    desk = Desk()
    assert desk.look(victim(*nights(1, 2))) == [("RAISED", "WEAK")]
    assert desk.look(victim(*nights(1, 2, 3))) == [("RAISED", "")]


def test_a_duty_is_sent_in_a_full_week() -> None:
    desk = Desk()
    for name, first in (("a", 1), ("b", 4)):
        desk.look(victim(*nights(first, first + 1, first + 2, month=3), case_id=name))
    assert desk.look(victim(*nights(7, 8, month=3, hate=True)), at("2026-03-08")) == [("RAISED", "")]


def test_a_duty_about_what_was_told_of_a_place_is_told_once_by_the_same_alert() -> None:
    desk, incidents = Desk(), nights(1, 2, 3)
    desk.look(place("uprn/source", incidents))
    hateful = [incidents[0], *nights(2, hate=True)]
    assert desk.look(victim(*hateful)) == [("RAISED", "FOLDED"), ("UPDATED", "")]
    (told_of,) = [row for row in desk.rows.values() if not row.quiet]
    assert told_of.reason.startswith("Beside what you were told: One victim has suffered 2 incidents in 6 months, 1 of")
    assert set(told_of.report_ids) == {"police:2-1", "police:2-2", "police:2-3"}
    assert desk.look(victim(*hateful, case_id="twin")) == [("RAISED", "FOLDED")]
    assert desk.restarted().look(victim(*hateful, case_id="third")) == [("RAISED", "FOLDED")]


def test_what_was_told_beside_an_alert_and_is_no_longer_true_is_told_beside_it() -> None:
    desk, incidents = Desk(), nights(1, 2, 3)
    desk.look(place("uprn/source", incidents))
    hateful = [incidents[0], *nights(2, hate=True)]
    desk.look(victim(*hateful))
    assert desk.look(victim(hateful[0])) == [("WITHDRAWN", "FOLDED"), ("UPDATED", "")]
    (told_of,) = [row for row in desk.rows.values() if not row.quiet]
    assert told_of.reason == "What you were told beside this is no longer true; this still is."
    assert set(told_of.report_ids) == {"police:2-1", "police:2-2", "police:2-3"}


def test_what_grows_beside_its_host_is_told_there_and_sent_when_the_host_has_gone() -> None:
    desk, incidents = Desk(), nights(1, 2, 3)
    desk.look(place("uprn/source", incidents))
    mine = [*incidents[:2], *nights(4, 5)]
    assert desk.look(victim(*mine)) == [("RAISED", "FOLDED"), ("UPDATED", "")]
    assert desk.look(victim(*mine, *nights(6, 7, 8))) == [("UPDATED", "FOLDED"), ("UPDATED", "")]
    assert desk.look(place("uprn/source", incidents[:1])) == [("WITHDRAWN", "")]
    assert desk.look(victim(*mine, *nights(6, 7, 8)), NOW + DAY) == [("RAISED", "")]


def test_the_date_of_a_duty_stays_with_the_host_that_told_it() -> None:
    desk, here = Desk(), {"source_place": "uprn:1"}
    incidents = nights(1, 2, 3, **here)
    rules = RULES.replace("duties: [hate]", "duties: [case_review_eligible]")
    desk.desk = AlertDesk(AREA, Policies(OPEN, load_rules(rules), lambda uprn: None))
    desk.look(place("uprn/source", incidents))
    desk.look(victim(*incidents))
    (host,) = [row for row in desk.rows.values() if not row.quiet]
    assert host.due_at is not None
    desk.look(place("uprn/source", [*incidents, *nights(5, **here)]))
    assert (desk.rows[host.alert_id].version, desk.rows[host.alert_id].due_at) == (3, host.due_at)


def led() -> Desk:
    """A desk by whose rules one agency is told: the owner of an open case, else who knows most."""
    rules = RULES.replace("listed: [two]", "listed: [two], lead: [OPEN_CASE, MOST_INCIDENTS]")
    made = Desk()
    made.desk = AlertDesk(AREA, Policies(OPEN, load_rules(rules), lambda uprn: None))
    return made


def both_know(**more: Any) -> list[IncidentFact]:
    theirs = [told(f"housing:{day}", f"2026-02-{day:02}", category=Category.OTHER, **more) for day in (4, 5)]
    return [*nights(1, 2, 3), *theirs]


def test_one_agency_is_told_and_the_other_reads_in_its_list_who_leads() -> None:
    desk = led()
    assert desk.look(victim(*both_know())) == [("RAISED", ""), ("RAISED", "LED")]
    (first, second) = sorted(desk.rows.values(), key=lambda row: row.quiet)
    assert (first.recipient, second.recipient) == ("police", "housing")
    assert second.reason.endswith(". Told to Police.")
    assert len(desk.sent) == 1


def test_the_owner_of_an_open_case_is_told_before_who_knows_most() -> None:
    desk = led()
    desk.look(victim(*both_know(case_reference="ASB-1", case_open=True)))
    assert {row.recipient: row.quiet for row in desk.rows.values()} == {"housing": "", "police": "LED"}


def test_what_another_agency_led_in_is_sent_once_that_one_is_told_no_longer() -> None:
    desk, incidents = led(), both_know(source_place="uprn:1")
    desk.look(victim(*incidents))
    there = place("uprn/source", incidents)
    assert desk.look(there) == [("RAISED", "FOLDED"), ("RAISED", "LED")]
    assert sorted(desk.look(victim(incidents[0]))) == [("WITHDRAWN", ""), ("WITHDRAWN", "LED")]
    assert desk.look(there, NOW + DAY) == [("RAISED", "")]


Look = tuple[int, int, bool]
"""Case, days, whether of history."""


def cases_of(random: Random, days: int) -> list[CaseFact]:
    """Some victims and a place who share incidents, as known after so many days."""
    incidents = [
        told(f"police:{n}", f"2026-02-{1 + n % 27:02}", hate=n % 7 == 0, source_place=f"uprn:{n % 3}")
        for n in range(min(days, 26))
    ]
    owners = [random.sample(range(3), random.choice((1, 1, 2))) for _ in range(26)]
    mine = [[one for n, one in enumerate(incidents) if who in owners[n]] for who in range(3)]
    there = [one for n, one in enumerate(incidents) if n % 3 == 0]
    return [*(victim(*some, case_id=f"v{who}") for who, some in enumerate(mine)), place("uprn/source", there)]


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 99),
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 27), st.booleans()), min_size=1, max_size=14),
    st.data(),
)
def test_a_restart_at_any_moment_changes_nothing_of_what_is_written(
    seed: int, steps: list[Look], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(steps)))
    through, stopped = Desk(), Desk()
    for number, (which, days, is_history) in enumerate(steps):
        if number == cut:
            stopped = stopped.restarted()
        case, now = cases_of(Random(seed), days)[which], at("2026-02-28") + number * DAY
        assert through.look(case, now, is_history) == stopped.look(case, now, is_history)
    assert through.rows == stopped.rows


@given(st.integers(0, 99), st.lists(st.tuples(st.integers(0, 3), st.integers(1, 27)), max_size=14))
@settings(max_examples=40, deadline=None)
def test_history_in_any_order_sends_nothing(seed: int, steps: Sequence[tuple[int, int]]) -> None:
    desk = Desk()
    for which, days in steps:
        desk.look(cases_of(Random(seed), days)[which], at("2026-02-28"), is_history=True)
    assert desk.sent == []
    assert {row.quiet for row in desk.rows.values()} <= {Quiet.PAST}


def standing(rows: Iterable[AlertRow]) -> set[str]:
    return {row.alert_id for row in rows if row.state != AlertState.WITHDRAWN}


@given(st.integers(0, 99), st.lists(st.tuples(st.integers(0, 3), st.integers(1, 27)), max_size=14))
@settings(max_examples=40, deadline=None)
def test_the_list_holds_the_same_whether_it_came_as_history_or_live(
    seed: int, steps: Sequence[tuple[int, int]]
) -> None:
    """Quietness decides what is sent, never what is true."""
    past, live = Desk(), Desk()
    for which, days in steps:
        case = cases_of(Random(seed), days)[which]
        past.look(case, at("2026-02-28"), is_history=True)
        live.look(case, at("2026-02-28"))
    assert standing(past.rows.values()) == standing(live.rows.values())
    assert all(HeldAlert.from_bytes(row.held).quiet == row.quiet for row in live.rows.values())


LOG = "asb.reports.police"


def stored(database: StoreSettings, effects: Effects) -> list[Row]:
    """The alerts in the database after one batch."""
    with connect(database.writer_dsn, "test") as session:
        prepare(session)
        taken = claim(session, "quiet", "test", 0, {LOG: LogBounds("cluster", "topic", 0, 1)})[LOG]
        write(session, effects, Step("quiet", LOG, 0, taken.epoch, taken.next_offset, taken.next_offset + 1))
        return session.execute("SELECT alert_id, version, state, quiet, reason FROM alert").fetchall()


def test_of_two_changes_of_an_alert_in_one_batch_the_last_is_stored(database: StoreSettings) -> None:
    """A host is raised and, in the same batch, told again with a duty that was folded into it."""
    desk, effects, incidents = Desk(), Effects(), nights(1, 2, 3)
    desk.desk.write_changes(place("uprn/source", incidents), NOW, effects)
    desk.desk.write_changes(victim(incidents[0], *nights(2, hate=True)), NOW, effects)
    host, folded, again = effects.alert
    assert (host.alert_id, host.version, again.version, folded.quiet) == (again.alert_id, 1, 2, "FOLDED")
    rows = {row["alert_id"]: row for row in stored(database, effects)}
    assert {each: (row["version"], row["state"], row["quiet"]) for each, row in rows.items()} == {
        host.alert_id: (2, "UPDATED", ""),
        folded.alert_id: (1, "RAISED", "FOLDED"),
    }
    assert rows[host.alert_id]["reason"] == again.reason


def test_the_database_takes_every_reason_to_be_quiet(database: StoreSettings) -> None:
    desk, effects = Desk(), Effects()
    desk.desk.write_changes(victim(*nights(1, 2, 3)), NOW, effects)
    [row] = effects.alert
    effects.alert[:] = [row._replace(alert_id=quiet, quiet=quiet) for quiet in Quiet]
    assert {each["quiet"] for each in stored(database, effects)} == set(Quiet)


def test_what_was_folded_at_the_same_address_is_not_sent_only_because_its_host_has_grown_old() -> None:
    desk = Desk()
    desk.desk = AlertDesk(
        AREA, Policies(OPEN, load_rules(RULES.replace("share: 50,", "share: 50, fresh_days: 9,")), lambda uprn: None)
    )
    here = {"source_place": "uprn:1", "scenes": ("SOURCE:uprn:1",)}
    desk.look(victim(*nights(20, 21, 22, **here), case_id="one"))
    other = [*(told(f"police:b{day}", f"2026-03-{day:02}", **here) for day in (1, 2, 3))]
    assert desk.look(victim(*other, case_id="two")) == [("RAISED", "FOLDED")]
    assert desk.look(victim(*other, case_id="two"), NOW + 20 * DAY) == []
    later = [*other, *(told(f"police:c{day}", f"2026-03-{day:02}", **here) for day in (20, 21))]
    assert desk.look(victim(*later, case_id="two"), NOW + 20 * DAY) == [("RAISED", "")]
