"""Teams around accounts and consumers."""

from backend.foundation.teams.actions import accounts, consumers
from backend.foundation.teams.resources import account_team_members, consumer_team_members
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

_KEEP = ("read", "create", "update", "end", "delete")
_NAMED = ("id", "user_id", "kind", "title", "state")

domain = Domain(
    name="teams",
    summary="Who looks after an account or a consumer.",
    resources=(account_team_members, consumer_team_members),
    actions=(
        accounts.create,
        accounts.update,
        accounts.end,
        accounts.delete,
        consumers.create,
        consumers.update,
        consumers.end,
        consumers.delete,
    ),
    grants=(
        Grant("service_manager", "account_team_members", _KEEP),
        Grant("service_manager", "consumer_team_members", _KEEP),
        *(Grant(role, "account_team_members", ("read",))
          for role in ("agent_b2b", "account_contributor", "customer_data_viewer")),
        *(Grant(role, "consumer_team_members", ("read",))
          for role in ("agent_b2c", "consumer_contributor", "customer_data_viewer")),
        # A team's list names its people.
        *(Grant(role, "profiles", ("read",), columns=_NAMED, where={"kind": "staff"})
          for role in ("account_contributor", "consumer_contributor", "customer_data_viewer")),
        Grant("relationship_contributor", "account_team_members", ("read",), "own"),
        Grant("relationship_contributor", "consumer_team_members", ("read",), "own"),
        Grant("customer", "account_team_members", ("read",), "own_account"),
        Grant("customer_case_manager", "account_team_members", ("read",), "own_account"),
        Grant("customer_admin", "account_team_members", ("read",), "account_tree"),
        Grant("partner", "account_team_members", ("read",), "own_account"),
        Grant("partner_admin", "account_team_members", ("read",), "account_tree"),
        Grant("consumer", "consumer_team_members", ("read",), "own_consumer"),
    ),
)  # fmt: skip
