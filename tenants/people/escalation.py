"""Nobody gives more than he has: checks on every role that one person hands to another."""

from collections.abc import Iterable

from infra.kernel.context import Context
from infra.kernel.errors import Fault, Forbidden, Invalid
from tenants.people.models import ProfileKind
from tenants.people.queries import custom_role_audiences
from tenants.roles import AUDIENCE_OF_KIND, BUILT_IN, grantable
from tenants.settings.business import role_in_use


async def require_grantable(
    ctx: Context, names: Iterable[str], kind: ProfileKind, pointer: str = "/roles"
) -> list[str]:
    """The roles without repeats, once each exists, suits the kind of profile and is the caller's to
    give. Raises Invalid for what does not fit, Forbidden for what is more than the caller has."""
    wanted = list(dict.fromkeys(names))
    custom = await custom_role_audiences(ctx)
    audience = AUDIENCE_OF_KIND[kind.value]
    faults = []
    for position, name in enumerate(wanted):
        built_in = BUILT_IN.get(name)
        if built_in is None and name not in custom:
            faults.append(Fault(f"{pointer}/{position}", "unknown", "there is no such role"))
        elif not role_in_use(name, ctx.caller.models):
            models = ", ".join(built_in.models) if built_in else ""
            message = f"{name} belongs to business models not in use: {models}"
            faults.append(Fault(f"{pointer}/{position}", "not_in_use", message))
        elif (built_in is not None and kind.value not in built_in.kinds) or (
            built_in is None and custom[name] != audience
        ):
            faults.append(_misfit(f"{pointer}/{position}", name, kind))
    if faults:
        raise Invalid(faults)
    if not ctx.caller.is_system:
        excess = set(wanted) - grantable(ctx.caller.roles, custom)
        if excess:
            raise Forbidden(f"you cannot give {', '.join(sorted(excess))}, which you do not have")
    return wanted


def _misfit(pointer: str, name: str, kind: ProfileKind) -> Fault:
    return Fault(pointer, "wrong_kind", f"{name} is not for a {kind.value} profile")
