"""The classes that every tenant starts with, and what is personal in the records we know."""

from backend.platform.privacy.models import DataClass, FieldClassification, OnErasure
from infra.kernel.context import Context
from infra.kernel.registry import Lay

CLASSES = (
    ("public", "Public", "Anybody may know it.", False, (), OnErasure.KEEP),
    ("internal", "Internal", "For those who work here.", False, (), OnErasure.KEEP),
    ("personal", "Personal", "It says something about a person.", False, (), OnErasure.ERASE),
    (
        "sensitive", "Sensitive", "It is shown to few, and to the person it is about.", True,
        (
            "service_manager", "data_steward", "privacy_officer", "customer", "customer_admin",
            "partner_admin", "consumer",
        ), OnErasure.ERASE,
    ),
)  # fmt: skip

PERSONAL = {
    "users": ("name", "email"),
    "contacts": ("name", "email", "phone", "mobile", "title", "department", "custom"),
    "consumers": ("name", "email", "phone", "mobile", "custom"),
    "locations": ("line1", "line2", "postal_code"),
    "outbound_mails": ("recipient", "subject"),
    "interactions": ("customer_name",),
}

ECHOES = {
    ("contacts", "email"): (("users", "email"), ("outbound_mails", "recipient")),
    ("consumers", "email"): (("users", "email"), ("outbound_mails", "recipient")),
}
"""Where else the same fact is stored."""


async def found(_ctx: Context, lay: Lay) -> None:
    """Give a new tenant its classes, and say of the known fields that they are personal."""
    personal = None
    for key, name, summary, restricted, roles, on_erasure in CLASSES:
        row = DataClass(
            key=key, name=name, summary=summary, restricted=restricted,
            cleared_roles=list(roles), on_erasure=on_erasure,
        )  # fmt: skip
        stands = await lay(row)
        personal = stands if key == "personal" else personal
    for resource, columns in PERSONAL.items():
        for column in columns:
            if personal is not None:
                await lay(
                    FieldClassification(resource=resource, field=column, data_class_id=personal.id)
                )
