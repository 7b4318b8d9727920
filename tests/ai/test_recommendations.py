import random
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest

from ai.recommendations import Act, Candidate, RuleAdvice, apply_rules, recommend
from infra.kernel.rules import RuleError, compile_rule


def article(n: int, strength: float, source: str = "articles") -> Candidate:
    return Candidate(
        source,
        "articles",
        UUID(int=n),
        f"Article {n}",
        f"{source} match",
        Act("cases.attach_article", {"article_id": str(UUID(int=n))}),
        strength,
    )


def rule(n: int, text: str, rank: int = 100) -> RuleAdvice:
    act = Act("cases.escalate", {"reason": "outage"})
    return RuleAdvice(UUID(int=n), f"Rule {n}", compile_rule(text), act, "Known outage", rank)


def test_strongest_of_each_source_come_first() -> None:
    similar = Candidate(
        "similar", "cases", UUID(int=9), "CS9", "Same device", Act("cases.copy_resolution"), 0.4
    )
    advice = recommend([article(1, 0.2), article(2, 0.9), similar])
    assert [(r.kind, r.record_id.int) for r in advice] == [
        ("articles", 2),
        ("cases", 9),
        ("articles", 1),
    ]
    assert [r.score for r in advice] == [round(1 / 61, 6), round(1 / 61, 6), round(1 / 62, 6)]
    assert advice[1].action == Act("cases.copy_resolution")


def test_a_record_that_two_sources_name_is_one_and_ranks_higher() -> None:
    advice = recommend(
        [article(1, 0.9), article(2, 0.8), article(2, 1.0, "used_here"), article(3, 0.1)]
    )
    assert advice[0].record_id == UUID(int=2)
    assert advice[0].sources == ("articles", "used_here")
    assert advice[0].reason == "used_here match; articles match"
    assert len(advice) == 3


def test_order_of_the_candidates_does_not_matter() -> None:
    candidates = [article(n, n % 3) for n in range(12)] + [article(4, 1, "used_here")]
    expected = recommend(candidates)
    for seed in range(5):
        random.Random(seed).shuffle(candidates)
        assert recommend(candidates) == expected


def test_a_silenced_source_says_nothing_and_a_heavy_one_leads() -> None:
    candidates = [article(1, 1.0), article(2, 1.0, "used_here")]
    assert [r.record_id.int for r in recommend(candidates, weights={"articles": 0})] == [2]
    assert recommend(candidates, weights={"used_here": 2.0})[0].record_id.int == 2


def test_rules_that_hold_are_recommended_in_their_order() -> None:
    rules = [rule(1, "priority <= 2"), rule(2, "priority == 1", rank=1), rule(3, "priority > 2")]
    ruled = apply_rules(rules, {"priority": 1}, failures=RuleError)
    assert [c.record_id.int for c in ruled.candidates] == [2, 1]
    assert ruled.faults == {}
    assert recommend(ruled.candidates)[0].action.name == "cases.escalate"


def test_a_rule_that_fails_stands_aside_and_is_named() -> None:
    rules = [rule(1, "nowhere == 1"), rule(2, "priority == 1")]
    ruled = apply_rules(rules, {"priority": 1}, failures=RuleError)
    assert [c.record_id.int for c in ruled.candidates] == [2]
    assert list(ruled.faults) == [UUID(int=1)]


def test_a_fault_of_ours_is_not_hidden() -> None:
    class Broken:
        def matches(self, values: Mapping[str, Any]) -> bool:
            raise ZeroDivisionError

    broken = RuleAdvice(UUID(int=1), "Broken", Broken(), Act("x"), "")
    with pytest.raises(ZeroDivisionError):
        apply_rules([broken], {}, failures=RuleError)
