"""What `perform` promises: whole or not at all, written once, told to audit and outbox."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from infra.kernel.errors import Forbidden, Invalid, KeyInUse, NotFound, Stale
from infra.kernel.ids import uuid7
from infra.kernel.performing import perform
from infra.kernel.reading import read_list, read_one
from infra.kernel.services import Services
from tests.kernel.conftest import a_caller, scoped
from tests.kernel.toys import BookIsOut


async def rows_of(services: Services, tenant: UUID, sql: str, *values: Any) -> list[Any]:
    async with services.database.transaction(tenant) as connection:
        return await connection.fetch(sql, *values)


async def a_book(services: Services, tenant: UUID, **body: Any) -> dict[str, Any]:
    librarian = a_caller(tenant, "librarian")
    outcome = await perform(services, librarian, "books.create", body={"title": "Dune"} | body)
    told: dict[str, Any] = outcome.body
    return told


async def test_create_answers_the_record_with_its_number(library: Services, tenant: UUID) -> None:
    outcome = await perform(
        library, a_caller(tenant, "librarian"), "books.create", body={"title": "Dune", "pages": 412}
    )
    assert outcome.status == 201
    assert outcome.body["number"] == "BK0001001"
    assert outcome.headers["Location"] == f"/api/v1/books/{outcome.body['id']}"
    assert outcome.body["lent_at"] is None


async def test_numbers_of_a_quiet_tenant_follow_each_other(library: Services, tenant: UUID) -> None:
    numbers = [(await a_book(library, tenant))["number"] for _ in range(3)]
    assert numbers == ["BK0001001", "BK0001002", "BK0001003"]


async def test_fifty_at_once_get_fifty_different_numbers(library: Services, tenant: UUID) -> None:
    found = await asyncio.gather(*(a_book(library, tenant) for _ in range(50)))
    assert len({book["number"] for book in found}) == 50


async def test_a_change_leaves_an_audit_entry_and_an_event_in_the_same_transaction(
    library: Services, tenant: UUID
) -> None:
    book = await a_book(library, tenant, secret="vault 7")
    await perform(
        library,
        a_caller(tenant, "librarian"),
        "books.update",
        record_id=book["id"],
        body={"title": "Dune Messiah"},
        request_id="req-1",
    )
    audit = await rows_of(
        library, tenant, "SELECT action, changes, request_id, actor FROM audit_entries ORDER BY id"
    )
    assert [a["action"] for a in audit] == ["books.create", "books.update"]
    assert '"title": ["Dune", "Dune Messiah"]' in audit[1]["changes"]
    assert audit[1]["request_id"] == "req-1"
    assert '"name": "Ada"' in audit[1]["actor"]
    events = await rows_of(library, tenant, "SELECT type FROM events ORDER BY id")
    assert [e["type"] for e in events] == ["books.created", "books.updated"]


async def test_a_fault_in_the_middle_leaves_nothing(library: Services, tenant: UUID) -> None:
    book = await a_book(library, tenant)
    with pytest.raises(RuntimeError):
        await perform(library, a_caller(tenant, "admin"), "books.broken", record_id=book["id"])
    told, version = await read_one(library, a_caller(tenant, "librarian"), "books", book["id"])
    assert (told["title"], version) == ("Dune", 1)
    count = await rows_of(library, tenant, "SELECT count(*) FROM audit_entries")
    assert count[0][0] == 1


async def test_every_fault_of_a_body_is_named_at_once(library: Services, tenant: UUID) -> None:
    with pytest.raises(Invalid) as refused:
        await perform(
            library,
            a_caller(tenant, "librarian"),
            "books.create",
            body={"pages": "many", "colour": "red", "number": "BK1", "title": "x" * 81},
        )
    assert {(f.pointer, f.code) for f in refused.value.faults} == {
        ("/pages", "int_type"),
        ("/colour", "unknown_field"),
        ("/number", "read_only"),
        ("/title", "too_long"),
    }


async def test_nul_and_lone_surrogates_are_refused_as_input(
    library: Services, tenant: UUID
) -> None:
    with pytest.raises(Invalid):
        await a_book(library, tenant, title="a\x00b")


async def test_a_role_without_the_verb_is_refused_before_any_row_is_read(
    library: Services, tenant: UUID
) -> None:
    book = await a_book(library, tenant)
    with pytest.raises(Forbidden):
        await perform(library, a_caller(tenant, "owner"), "books.lend", record_id=book["id"])


async def test_a_record_out_of_reach_looks_like_one_that_is_not_there(
    library: Services, tenant: UUID
) -> None:
    book = await a_book(library, tenant)
    reader = a_caller(tenant, "reader", audience="customer", contact_id=uuid7())
    messages = []
    for key in (book["id"], uuid7()):
        with pytest.raises(NotFound) as refused:
            await perform(library, reader, "books.update", record_id=key, body={"title": "Mine"})
        messages.append(refused.value.detail)
    assert messages[0] == messages[1]


async def test_a_reader_cannot_create_a_book_outside_his_reach(
    library: Services, tenant: UUID
) -> None:
    reader = a_caller(tenant, "reader", audience="customer", contact_id=uuid7())
    with pytest.raises(Forbidden):
        await perform(
            library, reader, "books.create", body={"title": "T", "reader_id": str(uuid7())}
        )
    page = await read_list(library, a_caller(tenant, "librarian"), "books", {})
    assert page.data == []


async def test_a_reader_cannot_hand_his_book_to_another(library: Services, tenant: UUID) -> None:
    me = uuid7()
    reader = a_caller(tenant, "reader", audience="customer", contact_id=me)
    mine = await perform(library, reader, "books.create", body={"title": "T", "reader_id": str(me)})
    with pytest.raises(Forbidden):
        await perform(
            library, reader, "books.update", record_id=mine.body["id"],
            body={"reader_id": str(uuid7())},
        )  # fmt: skip


async def test_an_id_in_a_body_must_be_a_record_that_the_caller_sees(
    library: Services, tenant: UUID
) -> None:
    me = uuid7()
    librarian = a_caller(tenant, "librarian")
    shelf = await perform(library, librarian, "shelves.create", body={"name": "Not his"})
    reader = a_caller(tenant, "reader", "owner", audience="customer", contact_id=me)
    for shelf_id in (shelf.body["id"], uuid7()):
        with pytest.raises(Invalid) as refused:
            await perform(
                library, reader, "books.create",
                body={"title": "T", "reader_id": str(me), "shelf_id": str(shelf_id)},
            )  # fmt: skip
        assert [(f.pointer, f.code) for f in refused.value.faults] == [("/shelf_id", "not_found")]


async def test_an_unknown_reference_is_named_by_its_field(library: Services, tenant: UUID) -> None:
    with pytest.raises(Invalid) as refused:
        await a_book(library, tenant, shelf_id=str(uuid7()))
    assert [(f.pointer, f.code) for f in refused.value.faults] == [("/shelf_id", "not_found")]


async def test_a_stale_if_match_is_refused(library: Services, tenant: UUID) -> None:
    book = await a_book(library, tenant)
    librarian = a_caller(tenant, "librarian")
    await perform(
        library, librarian, "books.update", record_id=book["id"], body={"pages": 1}, if_match='"1"'
    )
    with pytest.raises(Stale):
        await perform(
            library, librarian, "books.update", record_id=book["id"], body={"pages": 2},
            if_match='"1"',
        )  # fmt: skip


async def test_of_fifty_who_lend_one_book_exactly_one_does(library: Services, tenant: UUID) -> None:
    book = await a_book(library, tenant)
    librarian = a_caller(tenant, "librarian")
    results = await asyncio.gather(
        *(
            perform(library, librarian, "books.lend", record_id=book["id"], body={"to": f"r{i}"})
            for i in range(50)
        ),
        return_exceptions=True,
    )
    assert sum(not isinstance(r, BaseException) for r in results) == 1
    assert sum(isinstance(r, BookIsOut) for r in results) == 49


async def test_merge_patch_changes_only_what_it_names(library: Services, tenant: UUID) -> None:
    book = await a_book(library, tenant, details={"cover": "hard", "spine": {"colour": "red"}})
    outcome = await perform(
        library, a_caller(tenant, "librarian"), "books.update", record_id=book["id"],
        body={"details": {"cover": None, "spine": {"width": 3}}},
    )  # fmt: skip
    assert outcome.body["details"] == {"spine": {"colour": "red", "width": 3}}


async def test_the_same_key_and_body_replays_the_first_answer(
    library: Services, tenant: UUID
) -> None:
    librarian = a_caller(tenant, "librarian")
    body = {"title": "Once"}
    first = await perform(library, librarian, "books.create", body=body, idempotency_key="k1")
    again = await perform(library, librarian, "books.create", body=body, idempotency_key="k1")
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.content() == first.content()
    with pytest.raises(Invalid):
        await perform(
            library, librarian, "books.create", body={"title": "Twice"}, idempotency_key="k1"
        )
    assert len((await read_list(library, librarian, "books", {})).data) == 1


async def test_twins_with_one_key_make_one_record(library: Services, tenant: UUID) -> None:
    librarian = a_caller(tenant, "librarian")
    results = await asyncio.gather(
        *(
            perform(library, librarian, "books.create", body={"title": "T"}, idempotency_key="twin")
            for _ in range(20)
        ),
        return_exceptions=True,
    )
    refused = [r for r in results if isinstance(r, BaseException)]
    assert all(isinstance(r, KeyInUse) or "idempotency_keys" in repr(r) for r in refused), refused
    assert len((await read_list(library, librarian, "books", {})).data) == 1


async def test_scopes_of_a_key_narrow_what_its_owner_may(library: Services, tenant: UUID) -> None:
    key = scoped(a_caller(tenant, "admin"), "books:read")
    await read_list(library, key, "books", {})
    with pytest.raises(Forbidden):
        await perform(library, key, "books.create", body={"title": "T"})
    with pytest.raises(Forbidden):
        await read_list(library, key, "shelves", {})
