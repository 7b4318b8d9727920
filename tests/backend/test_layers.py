"""The four layers: they can be listed as they are, and each builds on those below it only."""

from dataclasses import replace

from backend.commands.examination import house
from backend.domains import DOMAINS
from infra.embedded.place import CLONE
from infra.kernel.layers import Layer, group_of, layer_of, layered
from infra.lint.floors import module_name, read_imports, source_files
from tests.world import World


def test_every_domain_lies_in_one_layer_or_is_a_door() -> None:
    doors = [domain.name for domain in DOMAINS if layer_of(domain) is None]
    assert doors == ["embeddables", "portals"]
    lying = [domain.name for inside in layered(DOMAINS).values() for domain in inside]
    assert sorted([*lying, *doors]) == sorted(domain.name for domain in DOMAINS)


def test_no_layer_builds_on_one_above_it() -> None:
    height = {
        (group, domain.name): layer.height
        for layer, inside in layered(DOMAINS).items()
        for domain in inside
        for group in [group_of(domain)]
    }
    heights = {group: each for (group, _), each in height.items()}
    climbing = []
    for path in source_files(CLONE):
        name = module_name(path.relative_to(CLONE))
        source = heights.get(_group(name))
        if source is None:
            continue
        climbing += [
            f"{each.path}:{each.line} {each.target}"
            for each in read_imports(CLONE, name, path)
            if heights.get(_group(each.target), 0) > source
        ]
    assert climbing == []


def _group(module: str) -> str:
    parts = module.split(".")
    if parts[0] == "backend":
        return parts[1] if len(parts) > 2 else ""
    return parts[0]


def test_a_domain_listed_after_one_of_a_higher_layer_is_found_by_the_doctor() -> None:
    good = house.examine(DOMAINS)
    assert good.state == "good"
    assert "industry 0" in good.found
    accounts = next(domain for domain in DOMAINS if domain.name == "accounts")
    late = replace(accounts, name="late")
    bad = house.examine((*DOMAINS, late))
    assert (bad.state, bad.mend) == ("broken", "Move them down in backend/domains.py: late")


async def test_staff_read_the_layers_as_they_are_put_together(world: World) -> None:
    tenant = await world.tenant()
    layers = (await tenant.admin.http().get("/api/v1/layers")).json()["data"]
    assert [layer["name"] for layer in layers] == list(Layer)
    assert [layer["builds_on"] for layer in layers] == [list(Layer)[:n] for n in range(4)]
    told = {d["name"]: d["resources"] for layer in layers for d in layer["domains"]}
    declared = {d.name: [r.name for r in d.resources] for d in DOMAINS if layer_of(d)}
    assert told == declared
    assert "cases" in {d["name"] for d in layers[2]["domains"]}
    packs = {pack["name"] for layer in layers for pack in layer["packs"]}
    answer = await tenant.admin.http().get("/api/v1/config/packs")
    assert packs == {pack["name"] for pack in answer.json()["data"]}
    agent = await tenant.member("agent_b2b")
    session = await world.session(tenant, agent)
    assert (await session.get("/api/v1/layers")).status_code == 200


async def test_layers_are_told_to_staff_only_and_without_other_business_models(
    world: World,
) -> None:
    tenant = await world.tenant()
    contact = await tenant.contact()
    session = await world.session(tenant, contact)
    assert (await session.get("/api/v1/layers")).status_code == 403
    answer = await tenant.admin.http().patch("/api/v1/settings", json={"business_models": ["b2b"]})
    assert answer.status_code == 200
    layers = (await tenant.admin.http().get("/api/v1/layers")).json()["data"]
    told = {name for layer in layers for d in layer["domains"] for name in d["resources"]}
    assert "accounts" in told
    assert told.isdisjoint({"consumers", "households"})
