"""Many operations in one request: each in a transaction of its own, each with its own result.

With an Idempotency-Key the whole request is noted before its first operation, and answered with all
results when it comes again. What broke off is gone on with: each operation has a key of its own.
"""

import hashlib
from typing import Annotated, Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from infra.kernel import performing
from infra.kernel.access import Caller
from infra.kernel.database import Connection
from infra.kernel.errors import Invalid
from infra.kernel.idempotency import Keyed, keyed
from infra.kernel.performing import Outcome
from infra.kernel.problems import problem_of
from infra.kernel.schema import faults_of
from infra.kernel.services import Services

MOST = 1000
_UNDER_WAY = 102


class Operation(BaseModel):
    """One create, update or delete."""

    model_config = ConfigDict(extra="forbid", strict=True)

    op: Literal["create", "update", "delete"]
    id: Annotated[str, Field(max_length=40)] | None = None
    if_match: str | None = None
    body: dict[str, Any] = Field(default_factory=dict)


class Bulk(BaseModel):
    """Up to a thousand operations, done in order."""

    model_config = ConfigDict(extra="forbid", strict=True)

    operations: Annotated[list[Operation], Field(min_length=1, max_length=MOST)]


class OperationResult(BaseModel):
    """What a request of its own would have answered."""

    status: int
    body: Any = None


async def run(
    services: Services,
    caller: Caller,
    collection: str,
    body: Any,
    *,
    idempotency_key: str | None,
    request_id: str,
    origin: str = "",
) -> Outcome:
    """The results in the order of the operations; one that fails stops no other."""
    try:
        asked = Bulk.model_validate(body)
    except ValidationError as error:
        raise Invalid(faults_of(error)) from None
    secret_key = services.settings.secret_key
    key = keyed(idempotency_key, caller, f"{collection}.bulk", body, secret_key=secret_key)
    if key and (before := await _begun(services, caller, key)):
        return before
    results = []
    for index, operation in enumerate(asked.operations):
        own = f"{hashlib.sha256(key.key.encode()).hexdigest()}:{index}" if key else None
        request = performing.Request(
            operation.id, operation.body, own, operation.if_match, request_id, origin
        )
        results.append(await _one(services, caller, collection, operation.op, request))
    outcome = Outcome(200, {"results": results})
    if key:
        await _ended(services, caller, key, outcome)
    return outcome


async def _begun(services: Services, caller: Caller, key: Keyed) -> Outcome | None:
    """The answer that this request got before; else None, and from now on the key is its own."""

    async def work(connection: Connection, _caller: Caller) -> Outcome | None:
        before = await key.begin(connection)
        if before is None:
            await key.store(connection, _UNDER_WAY, {}, b"")
        if before is None or before.status == _UNDER_WAY:
            return None
        return performing.as_replay(before)

    return await services.transact(caller, work, read_only=False)


async def _ended(services: Services, caller: Caller, key: Keyed, outcome: Outcome) -> None:
    async def work(connection: Connection, _caller: Caller) -> None:
        await key.answer(connection, outcome.status, outcome.content())

    await services.transact(caller, work, read_only=False)


async def _one(
    services: Services,
    caller: Caller,
    collection: str,
    operation: str,
    request: performing.Request,
) -> dict[str, Any]:
    try:
        outcome = await performing.perform(
            services,
            caller,
            f"{collection}.{operation}",
            record_id=request.record_id,
            body=request.body,
            idempotency_key=request.idempotency_key,
            if_match=request.if_match,
            request_id=request.request_id,
            origin=request.origin,
        )
    except Exception as error:  # noqa: BLE001 - a failed operation is a result
        problem = problem_of(error)
        instance = f"/api/v1/{collection}/bulk"
        return {
            "status": problem.status,
            "body": problem.body(instance=instance, request_id=request.request_id),
        }
    return {
        "status": outcome.status,
        "body": outcome.body if outcome.raw is None else _parsed(outcome),
    }


def _parsed(outcome: Outcome) -> Any:
    return orjson.loads(outcome.raw) if outcome.raw else None
