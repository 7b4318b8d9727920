"""Modules as admins see them: everything but their secrets."""

from typing import Annotated

from annotated_types import MaxLen
from pydantic import AfterValidator, StringConstraints

from embeddables.models import Module, ModuleComponent, ModuleIdentity
from embeddables.options import Components, Labels, Theme
from infra.kernel.columns import Text, plain_text
from infra.kernel.configured import Configured
from infra.kernel.resource import Relation, Resource, View

Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, strip_whitespace=True),
    AfterValidator(plain_text),
]
Pem = Annotated[Text, MaxLen(4_000)]
Locale = Annotated[
    str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)
]

_SET = (
    "name", "origins", "algorithm", "public_keys", "locale", "theme", "labels", "components",
    "active",
)  # fmt: skip
_KEPT = ("created_at", "updated_at", "version")

modules = Resource(
    name="modules",
    singular="module",
    model=Module,
    summary="External sites that embed components of ours.",
    label="name",
    views={"staff": View(read=("id", "key", *_SET, *_KEPT), create=_SET, update=_SET)},
    filters=("name", "key", "active"),
    sorts=("name", "created_at"),
    default_sort="name",
    generic=(),
    types={
        "name": Name,
        "origins": Annotated[list[Text], MaxLen(50)],
        "public_keys": Annotated[list[Pem], MaxLen(2)],
        "locale": Locale,
        "theme": Theme,
        "labels": Labels,
        "components": Components,
    },
    required=("name",),
    configured=Configured(
        unique=False,
        secrets=("secrets",),
        references={
            "components.*.component_id": "module_components",
            "components.*.knowledge_base_ids": "knowledge_bases",
        },
    ),
)

module_components = Resource(
    name="module_components",
    singular="module_component",
    model=ModuleComponent,
    summary="Components that are set up once and used on several sites.",
    label="name",
    views={
        "staff": View(
            read=("id", "name", "kind", "options", *_KEPT),
            create=("name", "kind", "options"),
            update=("name", "options"),
        )
    },
    filters=("name", "kind"),
    sorts=("name", "created_at"),
    default_sort="name",
    generic=(),
    types={"name": Name},
    required=("name", "kind"),
    configured=Configured(
        unique=False, references={"options.knowledge_base_ids": "knowledge_bases"}
    ),
)

module_identities = Resource(
    name="module_identities",
    singular="module_identity",
    model=ModuleIdentity,
    summary="As whom external sites know our customers.",
    label="subject",
    views={"staff": View(read=("id", "module_id", "subject", "profile_id", "consumer_id", *_KEPT))},
    filters=("module_id", "subject", "profile_id", "consumer_id"),
    sorts=("created_at",),
    default_sort="-created_at",
    relations={
        "module": Relation("module_id", "modules"),
        "profile": Relation("profile_id", "profiles"),
        "consumer": Relation("consumer_id", "consumers"),
    },
    generic=("delete",),
)
