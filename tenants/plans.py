"""Plans: how much of the house one tenant may use. Plans are code, a tenant names one."""

from dataclasses import dataclass, fields

from infra.kernel.errors import Conflict


class QuotaReached(Conflict):
    """The tenant's plan allows no more of this."""

    type = "quota-reached"
    title = "The plan allows no more"


@dataclass(frozen=True)
class Plan:
    """Limits of one plan; 0 never means unlimited, it means none."""

    name: str
    title: str
    users_max: int
    requests_per_minute: int
    storage_bytes_max: int
    jobs_per_day: int
    webhooks_max: int
    api_keys_max: int
    custom_roles_max: int

    def limits(self) -> dict[str, int]:
        return {
            each.name: getattr(self, each.name)
            for each in fields(self)
            if each.name not in {"name", "title"}
        }


_GIB = 1024**3
PLANS = {
    plan.name: plan
    for plan in (
        Plan("trial", "Trial", 25, 600, 1 * _GIB, 20_000, 3, 5, 5),
        Plan("standard", "Standard", 5_000, 6_000, 100 * _GIB, 2_000_000, 50, 100, 100),
        Plan(
            "enterprise",
            "Enterprise",
            1_000_000,
            60_000,
            10_000 * _GIB,
            100_000_000,
            1_000,
            5_000,
            1_000,
        ),
    )
}


def plan(name: str) -> Plan:
    """The plan of this name; one that no longer exists falls back to the smallest."""
    return PLANS.get(name, PLANS["trial"])


def require_room(name: str, limit: str, used: int, wanted: int = 1) -> None:
    """Raise QuotaReached where the plan has no room for so many more."""
    most: int = getattr(plan(name), limit)
    if used + wanted > most:
        what = limit.removesuffix("_max").replace("_", " ")
        raise QuotaReached(f"the {plan(name).title} plan allows {most} {what}; {used} are in use")
