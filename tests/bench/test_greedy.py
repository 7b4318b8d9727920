"""The floor of routing decides as a router must, or ours would be compared with nothing."""

from uuid import uuid4

from bench.greedy import Desk


def test_whoever_waited_longest_of_those_who_can_gets_it() -> None:
    fibre, mobile = uuid4(), uuid4()
    anna, ben = sorted((uuid4(), uuid4()))
    desk = Desk(
        [
            {"profile_id": anna, "capacity": 2, "skills": [fibre]},
            {"profile_id": ben, "capacity": 1, "skills": [fibre, mobile]},
        ]
    )
    items = [{"id": uuid4(), "required_skills": [skill]} for skill in (fibre, mobile, fibre, fibre)]
    chosen = desk.decide(items)
    assert [agent for _, agent in chosen] == [anna, ben, anna]
    assert [item for item, _ in chosen] == [item["id"] for item in items[:3]]
    assert desk.free == {anna: 0, ben: 0}
