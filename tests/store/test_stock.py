"""Landlords' lists of homes: what each says from its day on, whatever came before, and nothing twice."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.errors import Refused
from store.database import Asking, Session, connect
from store.landlords import Landlords
from store.settings import StoreSettings
from store.stock import (
    BlockHolder,
    Changes,
    Home,
    StockList,
    Tenure,
    block_holders,
    holdings,
    import_list,
    newest_lists,
)

APRIL, MAY, JUNE = date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)


@pytest.fixture
def session(database: StoreSettings) -> Iterator[Session]:
    with connect(database.writer_dsn, "test") as connection:
        yield connection


def home(uprn: int, tenure: Tenure = Tenure.SOCIAL_RENT, since: date | None = None, **others: object) -> Home:
    return Home(str(uprn), since, tenure, **others)  # type: ignore[arg-type]


def listed(as_of: date, digest: str = "", agency: str = "landlord") -> StockList:
    return StockList(agency, as_of, "homes.csv", digest or str(as_of))


def held(session: Session, uprn: int, day: date) -> list[tuple[str, Tenure]]:
    return [(one.agency, one.tenure) for one in holdings(session, [str(uprn)], day).get(str(uprn), ())]


def test_a_list_says_who_holds_what_from_its_day_on(session: Session) -> None:
    changes = import_list(session, listed(MAY), [home(1), home(2, Tenure.LEASEHOLD, since=date(2020, 1, 1))])
    assert changes == Changes(added=2, removed=0, changed=0, held=0)
    assert held(session, 1, MAY) == held(session, 1, JUNE) == [("landlord", Tenure.SOCIAL_RENT)]
    assert held(session, 1, APRIL) == []
    assert held(session, 2, APRIL) == [("landlord", Tenure.LEASEHOLD)], "since 2020, as the list says"
    assert held(session, 3, MAY) == []


def test_what_a_later_list_lacks_or_says_otherwise_is_so_from_its_day_on(session: Session) -> None:
    import_list(session, listed(APRIL), [home(1), home(2), home(3)])
    changes = import_list(session, listed(JUNE), [home(2), home(3, Tenure.TEMPORARY), home(4)])
    assert changes == Changes(added=1, removed=1, changed=1, held=3)
    assert held(session, 1, MAY) == [("landlord", Tenure.SOCIAL_RENT)]
    assert held(session, 1, JUNE) == []
    assert held(session, 3, JUNE - timedelta(days=1)) == [("landlord", Tenure.SOCIAL_RENT)]
    assert held(session, 3, JUNE) == [("landlord", Tenure.TEMPORARY)]


def test_the_same_list_again_changes_nothing(session: Session) -> None:
    homes = [home(1), home(2, since=date(2020, 1, 1), block="Example Court", block_uprn="99", block_dwellings=40)]
    import_list(session, listed(APRIL), homes)
    before = rows(session)
    assert import_list(session, listed(APRIL), homes) == Changes(added=0, removed=0, changed=0, held=2)
    assert rows(session) == before
    assert len(newest_lists(session)) == 1


def test_a_second_list_of_a_day_takes_the_place_of_the_first(session: Session) -> None:
    import_list(session, listed(APRIL), [home(1), home(2)])
    after_april = rows(session)
    import_list(session, listed(JUNE, "wrong"), [home(1, Tenure.OTHER), home(7)])
    import_list(session, listed(JUNE, "right"), [home(1), home(2)])
    assert rows(session) == after_april


def test_an_older_list_is_refused(session: Session) -> None:
    import_list(session, listed(JUNE), [home(1)])
    with pytest.raises(Refused, match="a later list of landlord is held, of 2026-06-01: import lists in the order"):
        import_list(session, listed(MAY), [home(1), home(2)])
    import_list(session, listed(MAY, agency="another"), [home(1)])
    assert [agency for agency, _ in held(session, 1, JUNE)] == ["another", "landlord"], "two may hold one home"


def test_a_list_that_lacks_most_is_refused_until_it_is_meant(session: Session) -> None:
    import_list(session, listed(APRIL), [home(number) for number in range(1, 301)])
    with pytest.raises(Refused, match="lacks 299 of the 300 homes held, more than half: is it whole"):
        import_list(session, listed(MAY), [home(1)])
    assert held(session, 2, MAY) != []
    import_list(session, listed(MAY), [home(1)], accept_removals=True)
    assert held(session, 2, MAY) == []


def test_a_dry_run_says_what_would_change_and_changes_nothing(session: Session) -> None:
    import_list(session, listed(APRIL), [home(1)])
    before = rows(session)
    assert import_list(session, listed(MAY), [home(2)], keep=False) == Changes(added=1, removed=1, changed=0, held=1)
    assert rows(session) == before
    assert [each["as_of"] for each in newest_lists(session)] == [APRIL]


def test_a_home_that_is_taken_on_later_is_held_from_then(session: Session) -> None:
    import_list(session, listed(APRIL), [home(1, since=JUNE)])
    assert held(session, 1, MAY) == []
    assert held(session, 1, JUNE) == [("landlord", Tenure.SOCIAL_RENT)]
    import_list(session, listed(MAY), [home(2)])
    assert held(session, 1, JUNE) == [], "it never came to that"


def test_who_is_in_a_block_is_told_with_the_homes_of_each(session: Session) -> None:
    flats = {"block": "Example Court", "block_uprn": "99", "block_dwellings": 40}
    import_list(session, listed(APRIL), [home(number, **flats) for number in (1, 2, 3)])
    import_list(session, listed(APRIL, agency="another"), [home(4, block_uprn="99")])
    assert block_holders(session, "99", MAY) == (BlockHolder("another", 1, None), BlockHolder("landlord", 3, 40))
    assert block_holders(session, "98", MAY) == ()


def rows(session: Session) -> Sequence[Mapping[str, object]]:
    """All that is held, without the number of the list that said it."""
    return session.execute(
        "SELECT agency, uprn, valid_from, valid_to, tenure, block, block_uprn, block_dwellings FROM stock_home "
        "ORDER BY agency, uprn, valid_from"
    ).fetchall()


LISTS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.dictionaries(
            st.integers(1, 4),
            st.tuples(st.sampled_from(list(Tenure)[:2]), st.none() | st.integers(-40, 40)),
            max_size=4,
        ),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LISTS)
def test_on_every_day_that_is_held_which_the_last_list_of_that_day_says(
    session: Session, steps: list[tuple[int, dict[int, tuple[Tenure, int | None]]]]
) -> None:
    session.execute("DELETE FROM stock_home")
    session.execute("DELETE FROM stock_list")
    day, said = APRIL, {}
    for number, (later, homes) in enumerate(steps):
        day += timedelta(days=later)
        given_ = [
            home(uprn, tenure, None if since is None else day + timedelta(days=since))
            for uprn, (tenure, since) in homes.items()
        ]
        import_list(session, listed(day, f"{number}"), given_)
        said[day] = homes
    for uprn in range(1, 5):
        spans = [(row["valid_from"], row["valid_to"] or date.max) for row in rows(session) if row["uprn"] == str(uprn)]
        assert all(end <= begin for (_, end), (begin, _) in pairwise(spans)), "no day twice"
    for uprn, (tenure, since) in said[day].items():
        begins = max(day, day + timedelta(days=since or 0))
        assert held(session, uprn, begins) == [("landlord", tenure)]
    for uprn in set(range(1, 5)) - set(said[day]):
        assert held(session, uprn, day + timedelta(days=100)) == []


def test_a_place_has_the_landlords_of_the_day_and_new_lists_count_once_it_is_asked_again(
    session: Session, database: StoreSettings
) -> None:
    landlords = Landlords(Asking(partial(connect, database.writer_dsn, "test-landlords")))
    import_list(session, listed(APRIL), [home(1, block_uprn="9"), home(2, block_uprn="9")])
    assert landlords.on("uprn", "1", MAY) == landlords.on("block", "9", MAY) == {"landlord"}
    assert landlords.on("block", "9", date(2026, 3, 31)) == frozenset(), "before the first list"
    assert landlords.on("street", "1", MAY) == landlords.on("uprn", "3", MAY) == frozenset()
    import_list(session, listed(JUNE), [home(2, block_uprn="9")])
    import_list(session, listed(JUNE, agency="other"), [home(1, block_uprn="9")])
    assert landlords.on("block", "9", JUNE) == {"landlord"}, "what was asked is kept"
    landlords.forget()
    assert landlords.on("block", "9", JUNE) == {"landlord", "other"}
    assert landlords.on("uprn", "1", JUNE) == {"other"}
    assert landlords.on("uprn", "1", MAY) == {"landlord"}
