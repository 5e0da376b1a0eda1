"""How right a demonstration was: pairs by hard case, held against a truth made by hand."""

from store.evaluation import Conclusions
from wardlink.demo.measures import by_tag
from wardlink.demo.truth import Truth


def found(**person_of: str) -> Conclusions:
    mentions = {f"police:{name}#VICTIM#1": person for name, person in person_of.items()}
    return Conclusions({}, mentions, {}, frozenset(), frozenset())


def truth(tags: dict[str, set[str]], withdrawn: tuple[str, ...] = (), **person_of: str) -> Truth:
    return Truth(
        incident_of={},
        person_of={f"police:{name}#VICTIM#1": person for name, person in person_of.items()},
        place_of={},
        story={},
        told_at={},
        withdrawn=frozenset(f"police:{name}" for name in withdrawn),
        tags={tag: frozenset(f"police:{name}" for name in names) for tag, names in tags.items()},
    )


def test_a_hard_case_counts_the_pairs_of_which_one_report_bears_its_tag() -> None:
    told = truth({"twin": {"c"}}, a="P1", b="P1", c="P1", d="P2")
    scores = by_tag(found(a="V1", b="V1", c="V1", d="V1"), told)["twin"]["victims"]
    assert (scores.true, scores.found, scores.right) == (2, 3, 2)


def test_pairs_of_others_do_not_count() -> None:
    told = truth({"twin": {"c"}}, a="P1", b="P1", c="P3")
    scores = by_tag(found(a="V1", b="V1", c="V2"), told)["twin"]["victims"]
    assert (scores.true, scores.found, scores.right) == (0, 0, 0)


def test_what_was_withdrawn_does_not_count() -> None:
    told = truth({"twin": {"a"}, "withdrawn": {"b"}}, ("b",), a="P1", b="P1")
    scores = by_tag(found(a="V1"), told)
    assert [*scores] == ["twin"]
    assert scores["twin"]["victims"].true == 0
