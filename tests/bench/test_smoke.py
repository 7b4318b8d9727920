"""One path for a second, from servers to the table: that the bench works at all."""

from bench import requests
from bench.ground import load_cases, opened


async def test_reading_a_case_is_measured_beside_its_floor() -> None:
    said: list[str] = []
    async with opened(said.append, quick=True) as ground:
        await load_cases(ground, [1_000])
        firm = ground.firms[0]
        await requests.serve(ground, firm)
        (case,) = await ground.list_of(firm, "cases", limit="1", state="new")
        ours = requests.asking(ground.app, "GET", f"/api/v1/cases/{case['id']}", firm.admin_key)
        floor = requests.asking(ground.floor, "GET", f"/cases/{case['id']}")
        throughput, p99, spent = await requests.compare(ground, "read", ours, floor, 0.01)
    assert throughput.met
    assert throughput.floor
    assert min(throughput.value, p99.value, spent.value) > 0
    assert any("1,000 cases loaded" in line for line in said)
