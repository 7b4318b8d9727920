"""Plans: how much of the house one tenant may use. Plans are code, a tenant names one."""

from dataclasses import dataclass

from infra.kernel.quotas import QuotaReached


@dataclass(frozen=True)
class Plan:
    """Limits of one plan; 0 never means unlimited, it means none."""

    name: str
    title: str
    users_max: int
    requests_per_minute: int
    storage_bytes_max: int
    webhooks_max: int
    api_keys_max: int
    custom_roles_max: int
    custom_fields_max: int = 20
    custom_fields_indexed_max: int = 5
    automations_max: int = 20
    automation_runs_per_minute: int = 120

    def require_room(self, limit: str, used: int, wanted: int = 1) -> None:
        """Raise QuotaReached where there is no room for so many more."""
        most: int = getattr(self, limit)
        if used + wanted > most:
            what = limit.removesuffix("_max").replace("_", " ")
            raise QuotaReached(f"the {self.title} plan allows {most} {what}; {used} are in use")


_GIB = 1024**3
PLANS = {
    plan.name: plan
    for plan in (
        Plan("trial", "Trial", 25, 1_200, 1 * _GIB, 3, 5, 5, 20, 5, 20, 120),
        Plan(
            "standard",
            "Standard",
            5_000,
            60_000,
            100 * _GIB,
            50,
            100,
            100,
            300,
            50,
            300,
            3_000,
        ),
        Plan(
            "enterprise",
            "Enterprise",
            1_000_000,
            600_000,
            10_000 * _GIB,
            1_000,
            5_000,
            1_000,
            3_000,
            300,
            2_000,
            30_000,
        ),
    )
}


def plan(name: str) -> Plan:
    """The plan of this name; one that no longer exists falls back to the smallest."""
    return PLANS.get(name, PLANS["trial"])
