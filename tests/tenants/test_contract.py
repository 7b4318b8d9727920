from openapi_spec_validator import validate

from infra.kernel.described import description_of
from infra.kernel.openapi import Document
from infra.kernel.operations import domain as kernel
from infra.kernel.registry import Registry
from tenants.domain import domain


def test_every_door_of_this_floor_is_in_the_contract() -> None:
    document = Document(Registry((kernel, domain)), list(domain.routes)).build(version="1")
    validate(document)
    for route in domain.routes:
        assert description_of(route.endpoint) is not None, route.path
        assert route.path in document["paths"]
    names = [o["operationId"] for p in document["paths"].values() for o in p.values()]
    assert len(names) == len(set(names))
