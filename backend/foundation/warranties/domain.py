"""Warranties: what product models promise, and what runs for what was sold."""

from backend.foundation.installed.followers import with_product
from backend.foundation.warranties.actions.keep import create, delete, update, void
from backend.foundation.warranties.reactions import cover_item, turn
from backend.foundation.warranties.resources import product_warranties, warranties
from backend.platform.responsibilities.reach import AGENTS
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

_READERS = ("agent_b2b", "agent_b2c", "case_viewer", "customer_data_viewer")

domain = Domain(
    name="warranties",
    summary="Warranties of models, sold products and installed items.",
    resources=(product_warranties, warranties),
    actions=(create, update, void, delete),
    reactions=(cover_item,),
    periodic=(turn,),
    grants=(
        Grant("service_manager", "product_warranties", ("read", "create", "update", "delete")),
        Grant("service_manager", "warranties", ("read", "create", "update", "void", "delete")),
        *(Grant(role, "product_warranties", ("read",)) for role in _READERS),
        *(Grant(role, "warranties", ("read",)) for role in _READERS if role not in AGENTS),
        *(Grant(role, "warranties", ("read",), "of_product") for role in AGENTS),
        *with_product("warranties"),
    ),
)
