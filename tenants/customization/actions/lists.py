"""Lists of choices for columns that are plain text without one."""

from typing import Any

from infra.kernel.actions import action, apply
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid
from infra.kernel.resource import Resource
from tenants.customization.errors import ChoiceHasChildren
from tenants.customization.models import ChoiceList, ListedChoice
from tenants.customization.queries import has_children
from tenants.customization.resources import choice_lists, choices


@action(choice_lists, on="collection", name="create", audiences=("staff",))
async def create_list(ctx: Context, **values: Any) -> ChoiceList:
    """Keep a list for a column: from now on it says nothing else. What records say stays."""
    made = ChoiceList(**{k: v for k, v in values.items() if v is not None})
    _refuse_nonsense(ctx, made)
    await ctx.save(made)
    return made


@action(choice_lists, name="update", audiences=("staff",))
async def update_list(ctx: Context, listed: ChoiceList, **values: Any) -> None:
    """Let a list depend on another column, or put it out of use."""
    apply(choice_lists, listed, values)
    _refuse_nonsense(ctx, listed)
    await ctx.save(listed)


@action(choices, on="collection", name="create", audiences=("staff",))
async def create_choice(ctx: Context, **values: Any) -> ListedChoice:
    """Add a choice to a list."""
    choice = ListedChoice(**{k: v for k, v in values.items() if v is not None})
    await _refuse_foreign_parent(ctx, choice)
    await ctx.save(choice)
    return choice


@action(choices, name="update", audiences=("staff",))
async def update_choice(ctx: Context, choice: ListedChoice, **values: Any) -> None:
    """Change a choice's words, place or parent; its value stays, since records say it."""
    apply(choices, choice, values)
    await _refuse_foreign_parent(ctx, choice)
    await ctx.save(choice)


@action(choices, name="delete", audiences=("staff",))
async def delete_choice(ctx: Context, choice: ListedChoice) -> None:
    """Remove a choice below which there is none; records that say it go on saying it."""
    if await has_children(ctx, choice.id):
        raise ChoiceHasChildren("remove those first, or put this one out of use")
    await ctx.delete(choice)


def _refuse_nonsense(ctx: Context, listed: ChoiceList) -> None:
    resource: Resource | None = ctx.services.registry.resources.get(listed.resource)
    if resource is None or not resource.choosable:
        raise Invalid([Fault("/resource", "unknown", "has no column for a list")])
    names = ", ".join(resource.choosable)
    faults = []
    if listed.field not in resource.choosable:
        faults.append(Fault("/field", "unknown", f"must be one of {names}"))
    if listed.depends_on is not None and (
        listed.depends_on not in resource.choosable or listed.depends_on == listed.field
    ):
        faults.append(Fault("/depends_on", "unknown", f"must be another one of {names}"))
    if faults:
        raise Invalid(faults)


async def _refuse_foreign_parent(ctx: Context, choice: ListedChoice) -> None:
    """The parent is a choice of the list on whose column this list depends."""
    if choice.parent_id is None:
        return
    own: ChoiceList | None = await ctx.find(choice_lists, choice.list_id)
    parent: ListedChoice | None = await ctx.find(choices, choice.parent_id)
    above: ChoiceList | None = await ctx.find(choice_lists, parent.list_id) if parent else None
    if own is None or above is None or (above.resource, above.field) != (
        own.resource, own.depends_on,
    ):  # fmt: skip
        words = "must be a choice of the list that this one depends on"
        raise Invalid([Fault("/parent_id", "not_a_choice", words)])
