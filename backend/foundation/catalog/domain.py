"""The catalogue that requests are made from."""

from backend.foundation.catalog.actions.keep import (
    create,
    delete,
    publish,
    retire,
    update,
    update_catalog,
    update_category,
)
from backend.foundation.catalog.actions.link import link, unlink
from backend.foundation.catalog.actions.preview import preview
from backend.foundation.catalog.offering import ASKING, AUDIENCES, CUSTOMERS, offered
from backend.foundation.catalog.resources import (
    catalog_categories,
    catalog_items,
    catalogs,
    product_catalog_items,
)
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

_KEEP = ("read", "create", "update", "delete")
_STAFF = (*ASKING, "knowledge_manager", "case_viewer")
_OFFERED = {"offered": True}

domain = Domain(
    name="catalog",
    summary="Catalogues, nested categories, items with forms, and the products they are for.",
    resources=(catalogs, catalog_categories, catalog_items, product_catalog_items),
    actions=(
        update_catalog, update_category, create, update, publish, retire, delete, link, unlink,
        preview,
    ),
    grants=(
        Grant("service_manager", "catalogs", _KEEP),
        Grant("service_manager", "catalog_categories", _KEEP),
        Grant("service_manager", "catalog_items", (*_KEEP, "publish", "retire")),
        Grant("service_manager", "product_catalog_items", ("read", "create", "delete")),
        *(Grant(role, "catalogs", ("read",)) for role in _STAFF),
        *(Grant(role, "catalog_categories", ("read",)) for role in _STAFF),
        *(Grant(role, "catalog_items", ("read",), where=_OFFERED) for role in _STAFF),
        *(Grant(role, "product_catalog_items", ("read",)) for role in _STAFF),
        *(Grant(role, "catalogs", ("read",), where={"active": True}) for role in AUDIENCES),
        *(Grant(role, "catalog_categories", ("read",), "open") for role in AUDIENCES),
        *(grant for role in AUDIENCES for grant in offered(role, "read")),
        *(Grant(role, "product_catalog_items", ("read",), "of_item") for role in CUSTOMERS),
    ),
)  # fmt: skip
