"""What a tenant makes its own without a migration: fields, and lists of choices."""

from infra.kernel.grants import Grant
from infra.kernel.registry import Domain
from tenants.customization import jobs
from tenants.customization.actions import fields, lists
from tenants.customization.resources import choice_lists, choices, custom_fields
from tenants.roles import BUILT_IN, CUSTOMER, PARTNER, PUBLIC, STAFF


def _roles(audience: str) -> tuple[str, ...]:
    return tuple(role.name for role in BUILT_IN.values() if role.audience == audience)


_LISTS = ("choice_lists", "choices")

domain = Domain(
    name="customization",
    summary="Fields that a tenant adds to its records, and lists of choices for columns of text.",
    resources=(custom_fields, choice_lists, choices),
    actions=(
        fields.create,
        fields.update,
        fields.delete,
        fields.retire,
        fields.restore,
        fields.purge,
        lists.create_list,
        lists.update_list,
        lists.create_choice,
        lists.update_choice,
        lists.delete_choice,
    ),
    grants=(
        # Whoever fills in a form must know what it asks for; admins alone change it.
        *(Grant(role, "custom_fields", ("read",)) for role in _roles(STAFF) if role != "admin"),
        *(Grant(role, name, ("read",)) for role in _roles(STAFF) if role != "admin"
          for name in _LISTS),
        *(Grant(role, "custom_fields", ("read",), "customers") for role in _roles(CUSTOMER)),
        *(Grant(role, "custom_fields", ("read",), "partners") for role in _roles(PARTNER)),
        *(Grant(role, "custom_fields", ("read",), "visitors") for role in _roles(PUBLIC)),
        *(Grant(role, name, ("read",), "active") for role in (*_roles(CUSTOMER), *_roles(PARTNER))
          for name in _LISTS),
    ),
    jobs=(
        jobs.build_index, jobs.repair_index, jobs.clear_index, jobs.refresh_words, jobs.purge,
    ),
)  # fmt: skip
