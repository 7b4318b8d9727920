"""Who stands to whom: accounts, contacts of further accounts, consumers."""

from backend.foundation.relationships.actions import account_types, accounts, consumers, contacts
from backend.foundation.relationships.jobs import end_on_date
from backend.foundation.relationships.resources import (
    account_relationship_types,
    account_relationships,
    consumer_relationships,
    contact_relationships,
)
from backend.foundation.relationships.standard import found
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

_KEEP = ("read", "create", "update", "end", "delete")
_BUSINESS = ("account_relationships", "contact_relationships")
_READERS = ("agent_b2b", "account_contributor", "customer_data_viewer")

domain = Domain(
    name="relationships",
    summary="Who stands to whom: accounts, contacts of further accounts, consumers.",
    resources=(
        account_relationship_types,
        account_relationships,
        contact_relationships,
        consumer_relationships,
    ),
    actions=(
        account_types.create,
        account_types.update,
        accounts.create,
        accounts.update,
        accounts.end,
        accounts.delete,
        contacts.selectable_contacts,
        contacts.create,
        contacts.update,
        contacts.end,
        contacts.delete,
        consumers.create,
        consumers.update,
        consumers.end,
        consumers.delete,
    ),
    grants=(
        *(Grant("service_manager", name, _KEEP) for name in (*_BUSINESS, "consumer_relationships")),
        Grant("service_manager", "accounts", ("selectable_contacts",)),
        Grant("service_manager", "account_relationship_types", ("read",)),
        *(Grant(role, name, ("read",)) for role in _READERS for name in _BUSINESS),
        *(Grant(role, "account_relationship_types", ("read",)) for role in _READERS),
        *(Grant(role, "consumer_relationships", ("read",))
          for role in ("agent_b2c", "consumer_contributor", "customer_data_viewer")),
        # Customers and partners: what concerns themselves, their account, or their hierarchy.
        *(Grant(role, "account_relationship_types", ("read",))
          for role in ("customer_case_manager", "customer_admin", "partner", "partner_admin")),
        *(Grant(role, "account_relationships", ("read",), path)
          for role, path in (
              ("customer_case_manager", "own_account"), ("customer_admin", "account_tree"),
              ("partner", "own_account"), ("partner_admin", "account_tree"))),
        *(Grant(role, "contact_relationships", ("read",), path)
          for role, path in (
              ("customer", "own"), ("customer_case_manager", "own_account"),
              ("customer_admin", "account_tree"), ("partner", "own"),
              ("partner_admin", "account_tree"))),
        *(Grant("consumer", "consumer_relationships", ("read", "end"), path)
          for path in ("represented", "representing")),
    ),
    jobs=(end_on_date,),
    founding=(found,),
)  # fmt: skip
