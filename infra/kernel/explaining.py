"""Why somebody may see a record: the chain of grants, taken from the very plan that decides."""

from uuid import UUID

from pydantic import BaseModel

from infra.kernel.access import Caller, Way
from infra.kernel.database import Connection
from infra.kernel.errors import BadRequest, Fault, Forbidden, NotFound, Unauthorized
from infra.kernel.holding import holds_along, is_held
from infra.kernel.ids import parse
from infra.kernel.paths import PathCompiler, describe
from infra.kernel.query import Query
from infra.kernel.reading import key_of, readable, resource_named
from infra.kernel.resource import Resource
from infra.kernel.services import Services
from infra.kernel.sql import Parameters, Slot, Statement


class HoldLink(BaseModel):
    """A responsibility that the profile has, on what, and the record that says so."""

    responsibility: str
    holder_id: UUID
    anchor_kind: str
    anchor_id: UUID
    source_kind: str
    source_id: UUID


class GrantLink(BaseModel):
    """One way by which the profile reaches the record; a responsibility's names its holds."""

    source: str
    path: str
    relation: str
    verbs: list[str]
    columns: list[str] | None
    holds: list[HoldLink]


class AccessExplanation(BaseModel):
    """What a profile may do with a record, and why."""

    record_id: UUID
    profile_id: UUID | None
    allowed: list[str]
    grants: list[GrantLink]


async def explain(
    services: Services, caller: Caller, collection: str, key: str, query: Query
) -> AccessExplanation:
    """Explain the caller's own access, or another's with `?profile=`, or `?user=` for the profile
    they start with; another's takes an admin."""
    resource = resource_named(services, collection)
    readable(services, caller, resource)
    subject = await _subject(services, caller, query)
    plan = services.plans.of(subject, resource)
    parameters = Parameters()
    compiler = PathCompiler(services.registry, parameters)
    tests = [compiler.way(way, "c") for way in plan.ways] or ["FALSE"]
    tenant = parameters.add(Slot("tenant_id"))
    by, value = key_of(resource, key)
    text = (
        f'SELECT c.id, ARRAY[{", ".join(tests)}] AS ways FROM "{resource.table}" c '
        f'WHERE c.tenant_id = {tenant} AND c."{by}" = {parameters.add(Slot("key"))}'
    )
    statement = Statement(text, tuple(parameters.tokens))
    own = services.lists.one(services.plans.of(caller, resource), "read", ("id",), by, lock=False)
    slots = {"tenant_id": caller.tenant_id, "key": value}

    async def work(connection: Connection, caller: Caller) -> AccessExplanation:
        if not await connection.fetchrow(own.text, *own.values(caller.attributes, slots)):
            raise NotFound(f"no such {resource.title}")
        row = await connection.fetchrow(
            statement.text, *statement.values(subject.attributes, slots)
        )
        links = [
            GrantLink(
                source=way.source,
                path=way.path_name,
                relation=describe(way.path, resource),
                verbs=sorted(way.verbs),
                columns=sorted(way.columns) if way.columns is not None else None,
                holds=await _holds(services, connection, subject, resource, way, row["id"]),
            )
            for way, is_open in zip(plan.ways, row["ways"], strict=False)
            if is_open
        ]
        return AccessExplanation(
            record_id=row["id"],
            profile_id=subject.profile_id,
            allowed=sorted({verb for link in links for verb in link.verbs}),
            grants=links,
        )

    return await services.transact(caller, work, read_only=True)


async def _holds(
    services: Services,
    connection: Connection,
    subject: Caller,
    resource: Resource,
    way: Way,
    record_id: UUID,
) -> list[HoldLink]:
    if not is_held(way.path):
        return []
    statement = holds_along(services.registry, way, resource, "id")
    slots = {"tenant_id": subject.tenant_id, "key": record_id}
    rows = await connection.fetch(statement.text, *statement.values(subject.attributes, slots))
    return [HoldLink(**{name: row[name] for name in HoldLink.model_fields}) for row in rows]


async def _subject(services: Services, caller: Caller, query: Query) -> Caller:
    faults = [
        Fault(k, "unknown", "is not a parameter here")
        for k in query
        if k not in {"profile", "user"}
    ]
    given = {name: query[name] for name in ("profile", "user") if name in query}
    ids = {name: parse(text) if isinstance(text, str) else None for name, text in given.items()}
    faults += [Fault(n, "invalid_value", "must be a UUID") for n, key in ids.items() if key is None]
    if len(ids) > 1:
        faults.append(Fault("user", "ambiguous", "name a profile or a user, not both"))
    if faults:
        raise BadRequest(faults)
    profile, user = ids.get("profile"), ids.get("user")
    if not ids or (profile or user) in {caller.profile_id, caller.user_id}:
        return caller
    if "admin" not in caller.roles:
        raise Forbidden("only an admin may look at another's access")
    try:
        if profile is not None:
            return await services.callers.of_profile(caller.tenant_id, profile, invited=True)
        return await services.callers.of_user(caller.tenant_id, user or caller.tenant_id)
    except Unauthorized:  # suspended: there is nothing that they may do
        return Caller(caller.tenant_id, caller.audience, profile_id=profile)
