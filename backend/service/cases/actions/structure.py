"""Everything that a case hangs together with, in one answer (F144): who has it, what it is about,
where, and the tree of its tasks with what waits for what.

Each part is read as the caller, so nobody learns here what its own address would refuse.
"""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from backend.foundation.assets.resources import assets
from backend.foundation.installed.resources import install_base_items, sold_products
from backend.foundation.locations.resources import locations
from backend.foundation.service_model.resources import business_locations, service_organizations
from backend.service.cases.actions.context import part, shown
from backend.service.cases.branches import OVER
from backend.service.cases.models import Case, CaseTask
from backend.service.cases.resources import case_task_dependencies, case_tasks, cases
from backend.service.cases.structure import Node, Tree, tree_of
from infra.kernel.actions import action
from infra.kernel.context import Context
from tenants.people.resources import groups, profiles

RELATED_MAX = 50


class Named(BaseModel):
    """Something with a name."""

    id: UUID
    number: str | None = None
    name: str


class Worker(BaseModel):
    """A member of staff."""

    id: UUID
    user_id: UUID | None = None
    title: str = ""


class Site(BaseModel):
    """A place with its address."""

    id: UUID
    name: str
    line1: str | None = None
    line2: str | None = None
    postal_code: str | None = None
    city: str | None = None
    region: str | None = None
    country: str | None = None


class Thing(BaseModel):
    """What the case is about."""

    id: UUID
    number: str | None = None
    name: str
    state: str
    serial_number: str | None = None
    location_id: UUID | None = None


class RelatedCase(BaseModel):
    """The case above, or one below."""

    id: UUID
    number: str | None = None
    subject: str
    state: str


class TaskBranch(BaseModel):
    """A task and its parts; it cannot begin while `blocked_by` names another."""

    id: UUID
    number: str | None
    subject: str
    state: str
    priority: int
    assignment_group_id: UUID | None
    assigned_to_id: UUID | None
    due_at: datetime | None
    escalated_at: datetime | None
    depends_on: list[UUID]
    blocked_by: list[UUID]
    tasks: list["TaskBranch"]


class CaseStructure(BaseModel):
    """What a case hangs together with."""

    case_id: UUID
    state: str
    escalated_at: datetime | None
    group: Named | None
    assigned_to: Worker | None
    service_organization: Named | None
    business_location: Site | None
    sold_product: Thing | None
    install_base_item: Thing | None
    asset: Thing | None
    location: Site | None
    parent: RelatedCase | None
    children: list[RelatedCase]
    tasks: list[TaskBranch]


@action(cases, name="structure", method="GET", verb="read")
async def structure(ctx: Context, case: Case) -> CaseStructure:
    """Assignment, assets, place, related cases and the tree of tasks of a case."""
    sold = await part(ctx, sold_products, case.sold_product_id, Thing)
    item = await part(ctx, install_base_items, case.install_base_item_id, Thing)
    asset = await part(ctx, assets, case.asset_id, Thing)
    at = next((thing.location_id for thing in (asset, item, sold) if thing), None)
    below = ctx.rows(cases).filter(parent_id=case.id).order_by("opened_at", "id")
    return CaseStructure(
        case_id=case.id,
        state=case.state.value,
        escalated_at=case.escalated_at,
        group=await part(ctx, groups, case.assignment_group_id, Named),
        assigned_to=await part(ctx, profiles, case.assigned_to_id, Worker),
        service_organization=await part(
            ctx, service_organizations, case.service_organization_id, Named
        ),
        business_location=await part(ctx, business_locations, case.business_location_id, Site),
        sold_product=sold,
        install_base_item=item,
        asset=asset,
        location=await part(ctx, locations, at, Site),
        parent=await part(ctx, cases, case.parent_id, RelatedCase),
        children=[shown(ctx, cases, row, RelatedCase) for row in await below.limit(RELATED_MAX)],
        tasks=await branches_of(ctx, case),
    )


async def branches_of(ctx: Context, case: Case) -> list[TaskBranch]:
    """The tasks that the caller may read, as a tree; a part whose whole is hidden stands alone."""
    if not ctx.may(case_tasks, "read"):
        return []
    rows = await ctx.rows(case_tasks).filter(case_id=case.id).order_by("opened_at", "id")
    tasks: dict[UUID, CaseTask] = {row.id: row for row in rows}
    links = await ctx.every(case_task_dependencies).filter(case_id=case.id) if tasks else []
    tree = tree_of(
        (Node(task.id, task.parent_id, task.state in OVER) for task in tasks.values()),
        ((link.task_id, link.depends_on_id) for link in links if link.depends_on_id in tasks),
    )
    tops = [task for task in tasks.values() if task.parent_id not in tasks]
    return [branch(task, tasks, tree) for task in tops]


def branch(task: CaseTask, tasks: dict[UUID, CaseTask], tree: Tree) -> TaskBranch:
    """A task with its parts beneath it."""
    return TaskBranch(
        id=task.id,
        number=task.number,
        subject=task.subject,
        state=task.state.value,
        priority=task.priority,
        assignment_group_id=task.assignment_group_id,
        assigned_to_id=task.assigned_to_id,
        due_at=task.due_at,
        escalated_at=task.escalated_at,
        depends_on=tree.depends_on(task.id),
        blocked_by=[] if task.state in OVER else tree.blockers(task.id),
        tasks=[branch(tasks[one], tasks, tree) for one in tree.children(task.id)],
    )
