"""Taking people's requests in, answering them, and turning them down."""

from typing import Annotated, Any
from uuid import UUID

from annotated_types import MaxLen, MinLen

from backend.platform.privacy import queries, trace_queries
from backend.platform.privacy.errors import LastAdministrator, RequestSettled
from backend.platform.privacy.models import RequestKind, RequestState, SubjectRequest
from backend.platform.privacy.proving import settle
from backend.platform.privacy.resources import PersonKind, subject_requests
from backend.platform.privacy.rules import due
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid
from tenants.people.queries import last_admin


@action(subject_requests, on="collection", name="create", audiences=("staff", "customer"))
async def create(
    ctx: Context,
    *,
    subject_kind: PersonKind | None = None,
    subject_id: UUID | None = None,
    **values: Any,
) -> SubjectRequest:
    """Take in what a person asks about their data; customers ask for themselves."""
    if ctx.caller.audience == "customer":
        contact = ctx.caller.attributes.get("contact_id")
        subject_kind = "contacts" if contact else "consumers"
        subject_id = contact or ctx.caller.attributes.get("consumer_id")
    if subject_kind is None or subject_id is None:
        missing = {"/subject_kind": subject_kind, "/subject_id": subject_id}
        raise Invalid(
            [Fault(name, "missing", "is required") for name, given in missing.items() if not given]
        )
    if await queries.person_of(ctx, subject_kind, subject_id) is None:
        raise Invalid([Fault("/subject_id", "not_found", "there is no such person")])
    row = SubjectRequest(
        subject_kind=subject_kind, subject_id=subject_id, due_at=due(ctx.now), **values
    )
    await ctx.save(row)
    return row


@action(subject_requests, audiences=("staff",))
async def start(ctx: Context, request: SubjectRequest) -> None:
    """Answer the request: make the copy, erase the person, or stop using their data."""
    require_open(request)
    person = await queries.person_of(ctx, request.subject_kind, request.subject_id)
    if person is not None and request.kind is not RequestKind.ACCESS:
        for user in person.users:
            if await last_admin(ctx, user):
                raise LastAdministrator("make somebody else an administrator first")
    if request.kind is RequestKind.RESTRICTION and person is not None:
        await trace_queries.stop_use(ctx, person)
        await trace_queries.close_doors(ctx, person)
        await settle(ctx, request, RequestState.DONE)
        return
    request.state = RequestState.RUNNING
    await ctx.save(request)
    ctx.enqueue("privacy.answer", {"request_id": str(request.id)})


@action(subject_requests, audiences=("staff",))
async def reject(
    ctx: Context, request: SubjectRequest, *, reason: Annotated[str, MinLen(1), MaxLen(2000)]
) -> None:
    """Turn the request down with a reason."""
    require_open(request)
    request.note = f"{request.note}\n{reason}".strip()
    await settle(ctx, request, RequestState.REJECTED)


def require_open(request: SubjectRequest) -> None:
    """Raises RequestSettled for a request that runs or was answered."""
    if request.state not in {RequestState.OPEN, RequestState.BLOCKED}:
        raise RequestSettled(f"it is {request.state}")
