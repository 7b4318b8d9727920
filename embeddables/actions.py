"""Setting up external sites. A secret is shown once, in the answer that makes it."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

import orjson
from annotated_types import Ge, Le
from pydantic import BaseModel, ValidationError

from embeddables import queries
from embeddables.keys import bound_to, key_of, new_secret, public_key_fault, with_secret
from embeddables.models import Algorithm, ComponentKind, Module, ModuleComponent
from embeddables.options import MODEL_OF
from embeddables.origins import origin_fault
from embeddables.resources import module_components, modules
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Conflict, Fault, Invalid, StillReferenced
from infra.kernel.ids import parse, uuid7
from infra.kernel.schema import faults_of


class NoSecrets(Conflict):
    """The module's site signs with a private key of its own."""

    type, title = "module-has-no-secrets", "This module takes public keys"


class NewModule(BaseModel):
    """A module with its secret, for the only time; none where public keys are registered."""

    id: UUID
    key: str
    name: str
    algorithm: Algorithm
    origins: list[str]
    secret: str | None


@action(modules, audiences=("staff",), on="collection", name="create")
async def create(ctx: Context, **values: Any) -> NewModule:
    """Let an external site embed components; the answer shows the module's secret once."""
    module = Module(id=uuid7(), **values)
    module.key = key_of(ctx.tenant_id, module.id)
    await _require_sound(ctx, module)
    secret = None
    if module.algorithm is Algorithm.HS256:
        secret = _exchange(ctx, module, timedelta())
    await ctx.save(module)
    return _shown(module, secret)


@action(modules, audiences=("staff",), name="update")
async def update(ctx: Context, module: Module, **values: Any) -> None:
    """Change a site; sessions that began before go on only after asking anew."""
    before = module.algorithm
    module.update_from_dict(values)
    await _require_sound(ctx, module)
    if module.algorithm is not before:
        module.secrets = []
    await ctx.save(module)
    await queries.end_sessions(ctx, module.id)


@action(modules, audiences=("staff",))
async def rotate_secret(
    ctx: Context, module: Module, *, overlap_hours: Annotated[int, Ge(0), Le(168)] = 24
) -> NewModule:
    """Make a new secret; the one before it stays good for the overlap, any older one ends now."""
    if module.algorithm is not Algorithm.HS256:
        raise NoSecrets("update its public_keys instead; two may be registered at a time")
    secret = _exchange(ctx, module, timedelta(hours=overlap_hours))
    await ctx.save(module)
    return _shown(module, secret)


@action(modules, audiences=("staff",), name="delete")
async def delete(ctx: Context, module: Module) -> None:
    """Take the components off a site; its sessions end at once."""
    await queries.end_sessions(ctx, module.id)
    await ctx.delete(module)


@action(module_components, audiences=("staff",), on="collection", name="create")
async def create_component(ctx: Context, **values: Any) -> ModuleComponent:
    """Set a component up for use on several sites."""
    component = ModuleComponent(**values)
    await _require_options(ctx, component)
    await ctx.save(component)
    return component


@action(module_components, audiences=("staff",), name="update")
async def update_component(ctx: Context, component: ModuleComponent, **values: Any) -> None:
    """Change a component on every site that uses it."""
    component.update_from_dict(values)
    await _require_options(ctx, component)
    await ctx.save(component)


@action(module_components, audiences=("staff",), name="delete")
async def delete_component(ctx: Context, component: ModuleComponent) -> None:
    """Throw a component away that no site uses."""
    for module in await ctx.every(modules):
        if str(component.id) in {str(c.get("component_id")) for c in _given(module).values()}:
            raise StillReferenced(f"the module {module.name!r} uses this component")
    await ctx.delete(component)


def _exchange(ctx: Context, module: Module, overlap: timedelta) -> str:
    secret = new_secret()
    module.secrets = with_secret(
        module.secrets,
        secret,
        secret_key=ctx.services.settings.secret_key,
        bound=bound_to(ctx.tenant_id, module.id),
        now=ctx.now,
        overlap=overlap,
    )
    return secret


def _shown(module: Module, secret: str | None) -> NewModule:
    return NewModule(
        id=module.id,
        key=module.key,
        name=module.name,
        algorithm=module.algorithm,
        origins=list(module.origins),
        secret=secret,
    )


def _given(module: Module) -> dict[str, dict[str, Any]]:
    return {kind: options for kind, options in module.components.items() if options}


async def _require_sound(ctx: Context, module: Module) -> None:
    """Raises Invalid with every fault of the whole."""
    production = ctx.services.settings.is_production
    faults = [
        Fault(f"/origins/{place}", "origin", fault)
        for place, origin in enumerate(module.origins)
        if (fault := origin_fault(origin, production=production))
    ]
    module.origins = list(dict.fromkeys(module.origins))
    if module.algorithm is Algorithm.HS256 and module.public_keys:
        faults.append(Fault("/public_keys", "not_for_hs256", "belong to RS256 and EdDSA"))
    if module.algorithm is not Algorithm.HS256:
        faults += [
            Fault(f"/public_keys/{place}", "public_key", fault)
            for place, pem in enumerate(module.public_keys)
            if (fault := public_key_fault(pem, module.algorithm))
        ]
        if not module.public_keys:
            faults.append(Fault("/public_keys", "missing", "must hold the key that is signed with"))
    for kind, options in _given(module).items():
        faults += await _reference_faults(ctx, ComponentKind(kind), options, f"/components/{kind}")
    if faults:
        raise Invalid(faults)


async def _require_options(ctx: Context, component: ModuleComponent) -> None:
    kind = ComponentKind(component.kind)
    try:
        checked = MODEL_OF[kind].model_validate_json(orjson.dumps(component.options))
    except ValidationError as error:
        raise Invalid(
            [Fault(f"/options{f.pointer}", f.code, f.message) for f in faults_of(error)]
        ) from None
    component.options = checked.model_dump(mode="json", exclude_none=True)
    if faults := await _reference_faults(ctx, kind, component.options, "/options"):
        raise Invalid(faults)


async def _reference_faults(
    ctx: Context, kind: ComponentKind, options: dict[str, Any], pointer: str
) -> list[Fault]:
    """Ids among the options that name nothing of the tenant's."""
    faults = []
    component_id = parse(str(options.get("component_id") or ""))
    if component_id is not None:
        shared: ModuleComponent | None = await ctx.find(module_components, component_id)
        if shared is None or ComponentKind(shared.kind) is not kind:
            text = f"there is no such component of the kind {kind.value}"
            faults.append(Fault(f"{pointer}/component_id", "not_found", text))
    wanted = [parse(str(text)) for text in options.get("knowledge_base_ids") or []]
    if wanted:
        shelves = ctx.services.registry.resources["knowledge_bases"]
        known = {row.id for row in await ctx.rows(shelves).filter(id__in=wanted)}
        faults += [
            Fault(f"{pointer}/knowledge_base_ids/{place}", "not_found", "there is no such record")
            for place, each in enumerate(wanted)
            if each not in known
        ]
    return faults
