"""What the outside knows of product models."""

from typing import Annotated

from annotated_types import MaxLen

from backend.foundation.products.models import ProductModel, ProductModelSkill
from backend.foundation.skills.resources import Level
from backend.platform.calendars.resources import Name
from infra.kernel.columns import Text
from infra.kernel.resource import Relation, Resource, View, everything

Specification = Annotated[Text, MaxLen(2_000)] | int | float | bool | None
Specifications = Annotated[dict[Annotated[Text, MaxLen(100)], Specification], MaxLen(100)]
"""What a data sheet says: names and plain values."""

_WRITABLE = (
    "name", "code", "kind", "parent_id", "manufacturer", "description", "specifications",
    "extension_kind", "state", "custom",
)  # fmt: skip
_OPEN = ("id", *_WRITABLE, "created_at", "updated_at", "version")

product_models = Resource(
    name="product_models",
    singular="product_model",
    model=ProductModel,
    summary="Templates of hardware, software, services and consumables.",
    label="name",
    types={"name": Name, "code": Name, "specifications": Specifications},
    views={
        "staff": View(read=_OPEN, create=_WRITABLE, update=_WRITABLE),
        "customer": View(read=_OPEN),
        "partner": View(read=_OPEN),
        "public": View(
            read=(
                "id", "name", "code", "kind", "description", "specifications", "custom",
                "created_at",
            )
        ),
    },
    filters=("name", "code", "kind", "parent_id", "manufacturer", "extension_kind", "state"),
    sorts=("name", "code"),
    default_sort="name",
    search=("name", "code"),
    relations={"parent": Relation("parent_id", "product_models")},
    paths={"all": everything()},
    generic=("create", "delete"),
    required=("name", "code", "kind"),
    choosable=("manufacturer",),
)  # fmt: skip

product_model_skills = Resource(
    name="product_model_skills",
    singular="product_model_skill",
    model=ProductModelSkill,
    summary="Skills that work on a product model needs.",
    views={
        "staff": View(
            read=(
                "id",
                "product_model_id",
                "skill_id",
                "level",
                "created_at",
                "updated_at",
                "version",
            ),
            create=("product_model_id", "skill_id", "level"),
            update=("level",),
        )
    },
    filters=("product_model_id", "skill_id"),
    sorts=("created_at",),
    default_sort="created_at",
    relations={
        "product_model": Relation("product_model_id", "product_models"),
        "skill": Relation("skill_id", "skills"),
    },
    types={"level": Level},
    required=("product_model_id", "skill_id"),
)
