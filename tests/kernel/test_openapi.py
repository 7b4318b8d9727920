from openapi_spec_validator import validate

from infra.kernel.openapi import Document
from infra.kernel.registry import Registry
from tests.kernel import toys


def test_the_document_is_valid_openapi_3_1() -> None:
    validate(Document(Registry((toys.library,))).build(version="0"))


def test_every_action_has_its_path_with_a_body_and_answers() -> None:
    document = Document(Registry((toys.library,))).build(version="0")
    lend = document["paths"]["/api/v1/books/{id}/lend"]["post"]
    assert lend["operationId"] == "books.lend"
    assert lend["summary"] == "Lend a book."
    schema = document["components"]["schemas"]["BookLend"]
    assert schema["required"] == ["to"]
    assert set(lend["responses"]) >= {"200", "401", "403", "404", "409", "412", "422"}
    assert "/api/v1/books/bulk" in document["paths"]
