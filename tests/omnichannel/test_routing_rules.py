"""The rules of routing as properties: no database, any agents, any items."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from backend.omnichannel.routing.passes import pack, standing, unpack
from backend.omnichannel.routing.router import Router
from backend.omnichannel.routing.rules import Agent, Item, Need, Reason, judge

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SKILLS = [UUID(int=n) for n in range(1, 5)]
GROUPS = [UUID(int=n) for n in range(11, 14)]


def agents() -> st.SearchStrategy[list[Agent]]:
    one = st.builds(
        Agent,
        profile_id=st.integers(100, 2**64).map(lambda n: UUID(int=n)),
        state=st.sampled_from(["available", "available", "away", "offline"]),
        capacity=st.integers(0, 6),
        used=st.integers(0, 6),
        last_assigned_at=st.none() | st.integers(0, 50).map(lambda n: NOW - timedelta(minutes=n)),
        skills=st.dictionaries(st.sampled_from(SKILLS), st.integers(1, 5), max_size=4),
        customer_kinds=st.frozensets(st.sampled_from(["business", "consumer", "unknown"])),
        group_ids=st.frozensets(st.sampled_from(GROUPS)),
        active=st.sampled_from([True, True, True, False]),
        held=st.sampled_from([True, True, True, False]),
    )
    return st.lists(one, max_size=8, unique_by=lambda agent: agent.profile_id)


def items(people: list[Agent]) -> st.SearchStrategy[list[Item]]:
    need = st.builds(
        Need,
        customer_kind=st.sampled_from(["business", "consumer", "unknown"]),
        skills=st.dictionaries(st.sampled_from(SKILLS), st.integers(1, 5), max_size=2).map(
            lambda wanted: tuple(sorted(wanted.items()))
        ),
        size=st.integers(1, 3),
        group_id=st.none() | st.sampled_from(GROUPS),
    )
    known = [agent.profile_id for agent in people] or [UUID(int=99)]
    one = st.builds(
        Item,
        id=st.uuids(),
        need=need,
        declined_by=st.frozensets(st.sampled_from(known), max_size=2),
    )
    return st.lists(one, max_size=12)


@st.composite
def desks(draw: st.DrawFn) -> tuple[list[Agent], list[Item]]:
    people = draw(agents())
    return people, draw(items(people))


def copied(people: list[Agent]) -> list[Agent]:
    return unpack(pack(standing(people), []), NOW).agents


@settings(max_examples=300, deadline=None)
@given(desks())
def test_each_decision_is_what_a_slow_and_simple_router_decides(
    desk: tuple[list[Agent], list[Item]],
) -> None:
    people, work = desk
    slow = copied(people)
    order = [(a.last_assigned_at or datetime.min.replace(tzinfo=UTC), -1) for a in slow]
    expected: list[tuple[UUID, UUID, str]] = []
    for item in work:
        letters = [judge(agent, item.need) for agent in slow]
        for place, agent in enumerate(slow):
            if letters[place] is Reason.ELIGIBLE and agent.profile_id in item.declined_by:
                letters[place] = Reason.DECLINED
        able = [place for place, reason in enumerate(letters) if reason is Reason.ELIGIBLE]
        if not able:
            continue
        chosen = min(able, key=lambda place: (*order[place], slow[place].profile_id))
        letters[chosen] = Reason.CHOSEN
        slow[chosen].used += item.need.size
        order[chosen] = (NOW, len(expected))
        expected.append((item.id, slow[chosen].profile_id, "".join(letters)))

    outcome = Router(people, NOW).route(work)

    got = [(d.item.id, d.agent.profile_id, d.letters.decode()) for d in outcome.decisions]
    assert got == expected


@settings(max_examples=300, deadline=None)
@given(desks())
def test_nobody_goes_beyond_their_capacity_and_nothing_is_lost(
    desk: tuple[list[Agent], list[Item]],
) -> None:
    people, work = desk
    before = {agent.profile_id: agent.used for agent in people}
    outcome = Router(people, NOW).route(work)
    for agent in people:
        assert agent.used <= max(agent.capacity, before[agent.profile_id])
        if agent.state != "available" or not agent.active or not agent.held:
            assert agent.used == before[agent.profile_id]
    told = [d.item for d in outcome.decisions] + [*outcome.declined_by_all, *outcome.nobody]
    assert sorted(item.id for item in told) == sorted(item.id for item in work)
    assert all(d.agent.profile_id not in d.item.declined_by for d in outcome.decisions)


@settings(max_examples=200, deadline=None)
@given(desks())
def test_a_pass_on_file_is_decided_the_same_again(desk: tuple[list[Agent], list[Item]]) -> None:
    people, work = desk
    before = standing(people)
    decisions = Router(people, NOW).route(work).decisions
    stored = unpack(pack(before, decisions), NOW)
    assert stored.agrees()
    assert stored.chosen == [decision.agent.profile_id for decision in decisions]


@settings(max_examples=200, deadline=None)
@given(desks(), st.integers(1, 5))
def test_a_router_that_goes_on_decides_as_a_new_one_would(
    desk: tuple[list[Agent], list[Item]], length: int
) -> None:
    people, work = desk
    going_on = Router(people, NOW)
    for start in range(0, len(work), length):
        page, now = work[start : start + length], NOW + timedelta(microseconds=start)
        new = Router(copied(people), now).route(page)
        going_on.go_on(now)
        outcome = going_on.route(page)
        assert [(d.agent.profile_id, d.letters) for d in outcome.decisions] == [
            (d.agent.profile_id, d.letters) for d in new.decisions
        ]
        assert (outcome.declined_by_all, outcome.nobody) == (new.declined_by_all, new.nobody)


@given(st.integers(1, 10), st.integers(1, 60))
def test_equal_agents_get_equal_shares(people: int, work: int) -> None:
    team = [
        Agent(UUID(int=n), "available", 100, 0, None, {}, frozenset({"unknown"}))
        for n in range(people)
    ]
    need = Need("unknown")
    Router(team, NOW).route([Item(UUID(int=n), need) for n in range(work)])
    shares = [agent.used for agent in team]
    assert max(shares) - min(shares) <= 1


def test_an_agent_without_any_load_is_always_eligible() -> None:
    fresh = Agent(UUID(int=1), "available", 1, 0, None, {}, frozenset({"unknown"}))
    busy = Agent(UUID(int=2), "available", 9, 8, NOW, {}, frozenset({"unknown"}))
    (decision,) = Router([busy, fresh], NOW).route([Item(UUID(int=9), Need("unknown"))]).decisions
    assert decision.agent is fresh
