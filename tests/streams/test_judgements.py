"""A caseworker's word about two persons, from the record to the alert that is no longer true."""

from dataclasses import replace

import pytest

from policy.facts import Reader, Role
from schemas.errors import Refused
from schemas.records import Judgement, Moment
from schemas.topics import JUDGEMENTS, REPORTS_HOUSING, REPORTS_POLICE
from schemas.vocabulary import Graph, Restriction, Verdict
from store.settings import StoreSettings
from tests.streams.reports import keyring_for
from tests.streams.test_resolve import AREA, NOW, switch, told
from tests.streams.worker import Worker
from vault.keyring import Keyring
from wardlink.judging import find_pairs
from wardlink.settings import Settings, load

POLICE, HOUSING = REPORTS_POLICE.name, REPORTS_HOUSING.name


@pytest.fixture
def ring() -> Keyring:
    return keyring_for([AREA], seed=3)


@pytest.fixture
def worker(database: StoreSettings, ring: Keyring) -> Worker:
    made = Worker(database, ring)
    made.claim()
    return made


def mention(worker: Worker, report_id: str) -> str:
    [(found,)] = worker.rows("SELECT mention_id FROM mention WHERE report_id = %s", report_id)
    return str(found)


def different(
    worker: Worker, left: str, right: str, revision: int = 1, verdict: Verdict = Verdict.DIFFERENT
) -> Judgement:
    return Judgement(
        judgement_id=f"{left} {right}",
        area=AREA,
        graph=Graph.PERSON,
        left=mention(worker, left),
        right=mention(worker, right),
        verdict=verdict,
        revision=revision,
        given_at=Moment(at=NOW),
        agency="police",
        actor="police/caseworker",
        reason="known-to-us",
    )


def standing(worker: Worker) -> list[tuple[str, str]]:
    return worker.rows("SELECT recipient, state FROM alert WHERE NOT shadow AND case_id LIKE '%%-V%%' ORDER BY 1")  # type: ignore[return-value]


def three_told(worker: Worker, ring: Keyring) -> None:
    worker.take("asb.commands", [switch("police/log", "live"), switch("housing/log", "live")])
    worker.take(POLICE, [told(ring, 1, days=9), told(ring, 2, days=5)])
    worker.take(HOUSING, [told(ring, 3, agency="housing", days=2)])


def test_different_parts_two_persons_withdraws_their_alert_and_tells_its_recipients(
    worker: Worker, ring: Keyring
) -> None:
    three_told(worker, ring)
    assert {state for _, state in standing(worker)} <= {"RAISED", "UPDATED"}
    recipients = {recipient for recipient, _ in standing(worker)}
    sent = worker.rows("SELECT DISTINCT recipient FROM alert WHERE quiet = ''")
    worker.take(JUDGEMENTS.name, [different(worker, f"police:{n}", "housing:3") for n in (1, 2)])
    persons = dict(worker.rows("SELECT report_id, person_id FROM mention"))
    assert persons["police:1"] == persons["police:2"] != persons["housing:3"]
    assert recipients == {"police", "housing"}
    last = worker.rows("SELECT DISTINCT ON (message_id) message_id FROM outbox WHERE topic = 'asb.alerts'")
    assert len(last) >= 2 * len(sent) > 0, "who was sent it, and does not only list it, was told also that it is not so"


def test_a_judgement_leaves_an_audit_row_that_names_who_said_what_of_which_pair(worker: Worker, ring: Keyring) -> None:
    three_told(worker, ring)
    said = different(worker, "police:1", "housing:3")
    worker.take(JUDGEMENTS.name, [said])
    assert worker.rows("SELECT agency, actor, subjects, fields FROM audit WHERE actor = 'police/caseworker'") == [
        ("police", "police/caseworker", [said.left, said.right], ["PERSON", "DIFFERENT"])
    ]


def test_a_word_that_is_taken_back_leaves_everything_as_it_was(worker: Worker, ring: Keyring) -> None:
    three_told(worker, ring)
    before = worker.rows("SELECT report_id, person_id FROM mention ORDER BY 1")
    worker.take(JUDGEMENTS.name, [different(worker, "police:1", "housing:3")])
    assert worker.rows("SELECT report_id, person_id FROM mention ORDER BY 1") != before
    worker.take(JUDGEMENTS.name, [different(worker, "police:1", "housing:3", 2, Verdict.WITHDRAWN)])
    after = worker.rows("SELECT report_id, person_id FROM mention ORDER BY 1")
    assert len({person for _, person in after}) == 1


def settings_of(database: StoreSettings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in ("writer_dsn", "reader_dsn", "keys_dsn"):
        monkeypatch.setenv(f"WARDLINK_POSTGRES_{name.upper()}", getattr(database, name))
    return load()


def test_only_what_a_reader_may_see_may_be_judged_and_a_refusal_tells_nothing(
    worker: Worker, database: StoreSettings, ring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = told(ring, 2, restrictions=(Restriction.DOMESTIC_ABUSE,))
    worker.take(POLICE, [told(ring, 1, days=9), hidden])
    worker.take(HOUSING, [told(ring, 3, agency="housing")])
    settings = settings_of(database, monkeypatch)
    housing = Reader("housing", Role.CASEWORKER)
    [pair] = find_pairs(settings, housing, mention(worker, "housing:3"), mention(worker, "police:1"))
    assert (pair.area, pair.graph) == (AREA, Graph.PERSON)
    assert find_pairs(settings, housing, "police:1", "housing:3")[0].graph is Graph.INCIDENT
    with pytest.raises(Refused) as of_hidden:
        find_pairs(settings, housing, "housing:3", "police:2")
    with pytest.raises(Refused) as of_nothing:
        find_pairs(settings, housing, "housing:3", "police:9")
    assert str(of_hidden.value).replace("police:2", "…") == str(of_nothing.value).replace("police:9", "…")
    with pytest.raises(Refused, match="a pair is two"):
        find_pairs(settings, housing, "police:1", "police:1")


def test_a_pair_is_of_two_reports_or_of_two_persons(
    worker: Worker, database: StoreSettings, ring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker.take(POLICE, [told(ring, 1), replace(told(ring, 2), revision=4)])
    settings = settings_of(database, monkeypatch)
    with pytest.raises(Refused, match="not both"):
        find_pairs(settings, Reader("police", Role.CASEWORKER), "police:1", mention(worker, "police:2"))
