"""The doors of the API: each tells which records it showed, and everything that it said."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx2

from infra.kernel.webhooks import _told
from tests.security.visibility.kinds import LISTED, canary
from tests.security.visibility.town import CIRCLES, Town
from tests.world import Actor

NUMBERED = frozenset(LISTED) - {"activity_entries", "locations"}


@dataclass
class Visit:
    """One viewer at one door."""

    town: Town
    viewer: str
    actor: Actor
    http: httpx2.AsyncClient
    said: list[str] = field(default_factory=list)
    seen: set[tuple[str, str]] = field(default_factory=set)

    async def get(self, path: str, **query: str) -> Any:
        """The answer's JSON, or None for a refusal, which may name nothing either."""
        answer = await self.http.get(f"/api/v1/{path}", params=query)
        self.said.append(answer.text)
        if answer.status_code == 200:
            return answer.json()
        assert answer.status_code in {403, 404}, f"{path} {query}: {answer.text}"
        return None

    def note(self, collection: str, ids: Iterable[Any]) -> None:
        """Remember whose these records of the town are."""
        whose = self.town.circle_of(collection)
        found = {UUID(str(each)) for each in ids}
        self.seen |= {(whose[each], collection) for each in found if each in whose}

    async def all_pages(self, collection: str, **query: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        after: dict[str, str] = {}
        while page := await self.get(collection, limit="200", **query, **after):
            rows += page["data"]
            if page["next"] is None:
                break
            after = {"after": page["next"]}
        return rows

    def records(self, *collections: str) -> list[tuple[str, str, UUID]]:
        """(circle, collection, id) of everything in the town of these kinds."""
        return [
            (circle, name, record_id)
            for (circle, name), record_id in self.town.records.ids.items()
            if name in collections
        ]


Door = Callable[[Visit], Awaitable[set[str]]]
"""Goes through the door; answers the kinds of which all that may be seen must have been shown."""


async def listed(visit: Visit) -> set[str]:
    """`GET /cases`, with every reference expanded."""
    for collection in LISTED:
        resource = visit.town.world.services.registry.resources[collection]
        expand = {"expand": ",".join(resource.relations)} if resource.relations else {}
        if visit.actor.caller.audience != "staff":
            shown = resource.view(visit.actor.caller.audience)
            names = [n for n, r in resource.relations.items() if shown and r.column in shown.read]
            expand = {"expand": ",".join(names)} if names else {}
        answer = await visit.http.get(f"/api/v1/{collection}", params={"limit": "200", **expand})
        if answer.status_code == 400:  # a mask hides a column that leads on
            answer = await visit.http.get(f"/api/v1/{collection}", params={"limit": "200"})
        visit.said.append(answer.text)
        assert answer.status_code in {200, 403}, answer.text
        if answer.status_code == 200:
            visit.note(collection, (row["id"] for row in answer.json()["data"]))
    return set(LISTED)


async def read(visit: Visit) -> set[str]:
    """`GET /cases/{id}`, and the files of a case and what is in them."""
    for _, collection, key in visit.records(*LISTED):
        if await visit.get(f"{collection}/{key}"):
            visit.note(collection, [key])
    return set(LISTED)


async def files(visit: Visit) -> set[str]:
    """What lies on a case, in its list and as a download."""
    for circle, _, key in visit.records("attachments"):
        case_id = str(visit.town.records.ids[circle, "cases"])
        answer = await visit.http.get(f"/api/v1/attachments/{key}/content")
        visit.said.append(answer.text)
        assert answer.status_code in {200, 404}, answer.text
        there = await visit.get("attachments/of_record", kind="cases", record_id=case_id)
        assert bool(there) == (answer.status_code == 200), (circle, answer.status_code)
        if there:
            visit.note("attachments", (row["id"] for row in there["data"]))
    return {"attachments"}


async def filtered(visit: Visit) -> set[str]:
    """`?number[in]=…` and `?record_id[in]=…` with what is everybody's."""
    kinds = {name for name in NUMBERED if "number" in open_columns(visit, name)}
    for collection in sorted(kinds):
        known = [
            (await visit.town.tenant.admin.read(name, key))["number"]
            for _, name, key in visit.records(collection)
        ]
        page = await visit.get(collection, **{"number[in]": ",".join(known)})
        visit.note(collection, (row["id"] for row in page["data"]) if page else ())
    cases = ",".join(str(key) for _, _, key in visit.records("cases"))
    page = await visit.get("activity_entries", limit="200", **{"record_id[in]": cases})
    visit.note("activity_entries", (row["id"] for row in page["data"]) if page else ())
    return {*kinds, "activity_entries"}


def open_columns(visit: Visit, collection: str) -> frozenset[str]:
    """What this viewer may filter the collection by."""
    services = visit.town.world.services
    resource = services.registry.resources[collection]
    return services.plans.of(visit.actor.caller, resource).open_columns


def searched_kinds(visit: Visit) -> set[str]:
    """Kinds in which this viewer can search, and whose words hold the canary."""
    services, caller = visit.town.world.services, visit.actor.caller
    found = set()
    for name in LISTED:
        resource = services.registry.resources[name]
        if services.plans.of(caller, resource).may("read"):
            could = resource.searchable(caller.audience)
            found |= (
                {name} if could and set(resource.search) <= open_columns(visit, name) else set()
            )
    return found - {"catalog_requests"}  # called as the item is, alike for all


async def searched(visit: Visit) -> set[str]:
    """`?q=` and `?count=true` in each collection, and `GET /search` over all of them."""
    kinds = searched_kinds(visit)
    for collection in sorted(kinds):
        page = await visit.get(collection, q="zq", limit="200", count="true")
        visit.note(collection, (row["id"] for row in page["data"]))
        assert page["count"] == len(page["data"]), collection
    for circle in CIRCLES:
        hits = await visit.get("search", q=f"zq{circle}x")
        for hit in hits["data"]:
            if hit["kind"] not in kinds:
                continue
            assert (circle, hit["kind"]) in visit.seen, hit
    return kinds


async def counted(visit: Visit) -> set[str]:
    """A count is that of the rows that are shown, whether there are words for it or not."""
    for collection in LISTED:
        rows = await visit.all_pages(collection)
        page = await visit.get(collection, count="true", limit="1")
        assert (page["count"] if page else 0) == len(rows), collection
    return set()


async def changed_in_bulk(visit: Visit) -> set[str]:
    """A change that names a version that never was: 412 only for what may be seen."""
    for collection in LISTED:
        records = visit.records(collection)
        operations = [
            {"op": "update", "id": str(key), "if_match": '"999999"', "body": {}}
            for _, _, key in records
        ]
        answer = await visit.http.post(
            f"/api/v1/{collection}/bulk", json={"operations": operations}
        )
        visit.said.append(answer.text)
        if answer.status_code != 200:
            continue
        told = answer.json()
        for (_, name, key), result in zip(records, told["results"], strict=True):
            assert result["status"] in {403, 404, 405, 412}, result
            visit.note(name, [key] if result["status"] == 412 else [])
    return set()


async def followed(visit: Visit) -> set[str]:
    """`GET /events`, from the first one kept to the last."""
    after = "0"
    while page := await visit.get("events", after=after, limit="200"):
        _note_events(visit, page["data"])
        if not page["more"]:
            break
        after = str(page["next"])
    return EVENTFUL


EVENTFUL = set(LISTED) - {"activity_entries", "catalog_requests", "task_slas"}


def _note_events(visit: Visit, told: list[dict[str, Any]]) -> None:
    for event in told:
        visit.note(event["type"].partition(".")[0], [event["record_id"]])


async def told_to_webhooks(visit: Visit) -> set[str]:
    """What an endpoint hears that this profile had made."""
    if visit.viewer == "foreigner":  # the log of one tenant is followed by no other's endpoints
        return set()
    services, tenant_id = visit.town.world.services, visit.actor.caller.tenant_id
    profile_id = visit.actor.caller.profile_id
    kinds = {"accounts", "consumers", "cases", "sold_products"}
    for _, collection, key in visit.records(*kinds):
        for event in visit.town.born[key]:
            told = await _told(services, tenant_id, profile_id, event)
            visit.said.append(str(told))
            visit.note(collection, [key] if told else [])
    return kinds


async def explained(visit: Visit) -> set[str]:
    """`GET /cases/{id}/access?profile=`: an explanation wherever there is access, and none else."""
    admin = visit.town.tenant.admin.http()
    kinds = {"accounts", "consumers", "cases", "sold_products", "catalog_requests", "locations"}
    if visit.viewer == "foreigner":
        return set()
    for _, collection, key in visit.records(*kinds):
        answer = await admin.get(
            f"/api/v1/{collection}/{key}/access",
            params={"profile": str(visit.actor.profile_id)},
        )
        assert answer.status_code == 200, answer.text
        visit.note(collection, [key] if "read" in answer.json()["allowed"] else [])
    return kinds


async def carried_out(visit: Visit) -> set[str]:
    """An export of whatever may be exported, down to the bytes of its file."""
    kinds = ("accounts", "contacts", "consumers", "cases", "sold_products")
    made = {}
    for collection in kinds:
        answer = await visit.http.post(
            "/api/v1/exports",
            json={"resource": collection, "format": "csv", "fields": ["id"]},
        )
        visit.said.append(answer.text)
        if answer.status_code == 201:
            made[collection] = answer.json()["id"]
        else:
            assert answer.status_code == 403, answer.text
    await visit.town.world.work(visit.town.home_of(visit.viewer))
    for collection, key in made.items():
        done = await visit.get(f"exports/{key}")
        file = await visit.http.get(f"/api/v1/attachments/{done['attachment_id']}/content")
        visit.note(collection, file.text.removeprefix("\ufeff").split()[1:])
    return set(made)


API: dict[str, Door] = {
    "list": listed,
    "read": read,
    "files": files,
    "filter": filtered,
    "search": searched,
    "count": counted,
    "bulk": changed_in_bulk,
    "events": followed,
    "webhook": told_to_webhooks,
    "explanation": explained,
    "export": carried_out,
}

__all__ = ["API", "EVENTFUL", "Door", "Visit", "canary"]
