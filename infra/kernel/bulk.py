"""Many operations in one request: each in a transaction of its own, each with its own result."""

from typing import Annotated, Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from infra.kernel import performing
from infra.kernel.access import Caller
from infra.kernel.errors import Invalid
from infra.kernel.problems import problem_of
from infra.kernel.schema import faults_of
from infra.kernel.services import Services

MOST = 1000


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
) -> list[dict[str, Any]]:
    """The results in the order of the operations; one that fails stops no other."""
    try:
        asked = Bulk.model_validate(body)
    except ValidationError as error:
        raise Invalid(faults_of(error)) from None
    results = []
    for index, operation in enumerate(asked.operations):
        key = f"{idempotency_key}:{index}" if idempotency_key else None
        results.append(await _one(services, caller, collection, operation, key, request_id))
    return results


async def _one(
    services: Services,
    caller: Caller,
    collection: str,
    operation: Operation,
    key: str | None,
    request_id: str,
) -> dict[str, Any]:
    try:
        outcome = await performing.perform(
            services,
            caller,
            f"{collection}.{operation.op}",
            record_id=operation.id,
            body=operation.body,
            idempotency_key=key,
            if_match=operation.if_match,
            request_id=request_id,
        )
    except Exception as error:  # noqa: BLE001 - a failed operation is a result
        problem = problem_of(error)
        instance = f"/api/v1/{collection}/bulk"
        return {
            "status": problem.status,
            "body": problem.body(instance=instance, request_id=request_id),
        }
    return {
        "status": outcome.status,
        "body": outcome.body if outcome.raw is None else _parsed(outcome),
    }


def _parsed(outcome: performing.Outcome) -> Any:
    return orjson.loads(outcome.raw) if outcome.raw else None
