"""A caller sees exactly the rows and columns that his grants give, at every door alike."""

import random
from typing import Any
from uuid import UUID

import pytest

from infra.kernel.access import Caller
from infra.kernel.context import Context
from infra.kernel.errors import BadRequest, Forbidden, NotFound
from infra.kernel.explaining import explain
from infra.kernel.ids import uuid7
from infra.kernel.reading import read_list, read_one, visible
from infra.kernel.services import Services
from tests.kernel import toys
from tests.kernel.conftest import a_caller, scoped
from tests.kernel.toys import Book, BookState, Shelf


async def a_library(services: Services, tenant: UUID, me: UUID, *, seed: int = 1) -> list[Book]:
    """Shelves at three places of a tree, books on and off them, some mine."""
    rng = random.Random(seed)
    kept: list[Book] = []
    async with services.system(tenant, reason="test") as ctx:
        places = ("P/", "P/C1/", "P/C2/", "Q/", "PX/")
        shelves = [
            Shelf(name=f"{place}{n}", path=place, owner_id=me if n == 0 else uuid7())
            for place in places
            for n in range(2)
        ]
        for shelf in shelves:
            await ctx.save(shelf)
        for n in range(60):
            book = Book(
                title=f"Book {n}",
                pages=rng.choice([None, 10, 20, 30]),
                shelf_id=rng.choice([None, *(s.id for s in shelves)]),
                reader_id=rng.choice([None, me, uuid7()]),
                state=rng.choice([BookState.IN, BookState.OUT]),
                secret="vault",
            )
            await ctx.save(book)
            kept.append(book)
    return kept


async def every_page(services: Services, caller: Caller, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after = None
    while True:
        asked = query | ({"after": after} if after else {})
        page = await read_list(services, caller, "books", asked)
        found += page.data
        if page.next is None:
            return found
        after = page.next


def reachable(book: Book, caller: Caller, shelves: dict[UUID, Shelf]) -> bool:
    """The grants of the toy domain, spelt out a second time by hand."""
    me = caller.attributes.get("contact_id")
    shelf = shelves.get(book.shelf_id) if book.shelf_id else None
    below = caller.attributes.get("account_path")
    return bool(
        ("librarian" in caller.roles)
        or ("reader" in caller.roles and me and book.reader_id == me)
        or ("owner" in caller.roles and me and shelf and shelf.owner_id == me)
        or ("overseer" in caller.roles and below and shelf and shelf.path.startswith(below))
        or ("browser" in caller.roles and book.state is BookState.IN)
    )


@pytest.mark.parametrize(
    "roles",
    [
        ("librarian",), ("reader",), ("owner",), ("overseer",), ("browser",), (),
        ("reader", "owner"), ("reader", "owner", "overseer"), ("owner", "browser"),
        ("reader", "librarian"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("sort", ["-created_at", "pages,-title", "title", "-pages"])
async def test_lists_reads_counts_and_queries_agree_with_brute_force(
    library: Services, tenant: UUID, roles: tuple[str, ...], sort: str
) -> None:
    me = uuid7()
    books = await a_library(library, tenant, me)
    caller = a_caller(tenant, *roles, contact_id=me, account_path="P/")
    async with library.system(tenant, reason="test") as ctx:
        shelves = {s.id: s for s in await ctx.every(toys.shelves)}
    wanted = {b.id for b in books if reachable(b, caller, shelves)}
    if not roles:
        with pytest.raises(Forbidden):
            await read_list(library, caller, "books", {})
        return
    if "browser" in roles and sort != "title":  # not a column that every way shows
        with pytest.raises(BadRequest):
            await read_list(library, caller, "books", {"sort": sort})
        return
    listed = await every_page(library, caller, sort=sort, limit="7")
    assert {row["id"] for row in listed} == wanted
    assert len(listed) == len(wanted), "a row reached by two ways is listed once"
    counted = await read_list(
        library, caller, "books", {"count": "true", "limit": "1", "sort": sort}
    )
    assert counted.count == len(wanted)
    assert await visible(library, caller, "books", [b.id for b in books]) == wanted
    for book in books[:10]:
        if book.id in wanted:
            assert (await read_one(library, caller, "books", book.id))[0]["id"] == book.id
        else:
            with pytest.raises(NotFound):
                await read_one(library, caller, "books", book.id)
    async with library.database.transaction(tenant) as connection:
        mapped = await Context(library, connection, caller).rows(toys.books)
    assert {book.id for book in mapped} == wanted


async def test_what_a_row_in_memory_shows_is_what_the_database_would_say(
    library: Services, tenant: UUID
) -> None:
    me = uuid7()
    books = await a_library(library, tenant, me)
    certain = 0
    for roles in (("reader",), ("owner",), ("overseer", "reader"), ("librarian",), ("browser",)):
        caller = a_caller(tenant, *roles, contact_id=me, account_path="P/")
        plan = library.plans.of(caller, toys.books)
        reached = await visible(library, caller, "books", [book.id for book in books])
        shown = {b.id for b in books if plan.surely("read", b, caller.attributes)}
        assert shown <= reached
        if roles in {("reader",), ("librarian",)}:  # ways by the row's own columns miss nothing
            assert shown == reached
        certain += len(shown)
    assert certain > 60


async def test_pages_keep_the_order_across_cursors_with_nulls(
    library: Services, tenant: UUID
) -> None:
    await a_library(library, tenant, uuid7())
    rows = await every_page(library, a_caller(tenant, "librarian"), sort="-pages,title", limit="9")
    keys = [(r["pages"] is not None, -(r["pages"] or 0), r["title"]) for r in rows]
    assert keys == sorted(keys)
    assert len(rows) == 60


async def test_a_way_with_fewer_columns_blanks_the_others(library: Services, tenant: UUID) -> None:
    me = uuid7()
    await a_library(library, tenant, me)
    caller = a_caller(tenant, "owner", "browser", contact_id=me)
    rows = (await read_list(library, caller, "books", {"limit": "200", "sort": "title"})).data
    owned = [r for r in rows if r["secret"] is not None]
    browsed = [r for r in rows if r["secret"] is None]
    assert owned
    assert browsed
    assert {r["shelf_id"] for r in browsed} == {None}
    assert all(r["title"] for r in browsed)


async def test_a_column_not_shown_on_every_way_cannot_be_filtered_by(
    library: Services, tenant: UUID
) -> None:
    caller = a_caller(tenant, "owner", "browser", contact_id=uuid7())
    with pytest.raises(BadRequest):
        await read_list(library, caller, "books", {"pages[gt]": "5"})


async def test_customers_never_see_staff_columns(library: Services, tenant: UUID) -> None:
    me = uuid7()
    await a_library(library, tenant, me)
    reader = a_caller(tenant, "reader", audience="customer", contact_id=me)
    page = await read_list(library, reader, "books", {})
    assert page.data
    assert all("secret" not in row for row in page.data)
    with pytest.raises(BadRequest):
        await read_list(library, reader, "books", {"fields": "secret"})


async def test_expansion_shows_only_what_the_caller_may_read(
    library: Services, tenant: UUID
) -> None:
    me = uuid7()
    await a_library(library, tenant, me)
    both = a_caller(tenant, "reader", "owner", contact_id=me)
    rows = (await read_list(library, both, "books", {"expand": "shelf", "limit": "200"})).data
    async with library.system(tenant, reason="test") as ctx:
        mine = {s.id for s in await ctx.every(toys.shelves).filter(owner_id=me)}
    shelved = [row for row in rows if row["shelf_id"]]
    assert any(row["shelf_id"] in mine for row in shelved)
    assert any(row["shelf_id"] not in mine for row in shelved)
    for row in shelved:
        assert (row["shelf"] is not None) == (row["shelf_id"] in mine)


async def test_an_explanation_names_the_grant_that_opened_the_record(
    library: Services, tenant: UUID
) -> None:
    me = uuid7()
    books = await a_library(library, tenant, me)
    mine = next(b for b in books if b.reader_id == me)
    told = await explain(
        library, a_caller(tenant, "reader", "owner", contact_id=me), "books", str(mine.id), {}
    )
    assert "reader" in {link.source for link in told.grants}
    assert "update" in told.allowed
    assert any("reader_id is the caller's contact_id" in link.relation for link in told.grants)


async def test_another_tenants_rows_are_not_there(library: Services, tenant: UUID) -> None:
    books = await a_library(library, tenant, uuid7())
    stranger = a_caller(uuid7(), "admin")
    assert (await read_list(library, stranger, "books", {})).data == []
    with pytest.raises(NotFound):
        await read_one(library, stranger, "books", books[0].id)
    with pytest.raises(NotFound):
        await read_one(library, stranger, "books", books[0].number or "")


async def test_search_finds_words_and_beginnings_within_reach(
    library: Services, tenant: UUID
) -> None:
    me = uuid7()
    books = await a_library(library, tenant, me)
    staff = await read_list(library, a_caller(tenant, "librarian"), "books", {"q": "book 5"})
    assert {"Book 5", "Book 50"} <= {r["title"] for r in staff.data}
    reader = a_caller(tenant, "reader", contact_id=me)
    found = await read_list(library, reader, "books", {"q": "boo", "limit": "200"})
    assert {r["id"] for r in found.data} == {b.id for b in books if b.reader_id == me}
    assert (await read_list(library, reader, "books", {"q": "'; drop table books; --"})).data == []


async def test_search_finds_a_serial_number_as_people_write_it(
    library: Services, tenant: UUID
) -> None:
    async with library.system(tenant, reason="test") as ctx:
        await ctx.save(Book(title="Router AUR-55-0192 (2nd)"))
    for words in ("AUR-55-0192", "aur-55-01", "0192", "aur 55"):
        found = await read_list(library, a_caller(tenant, "librarian"), "books", {"q": words})
        assert [r["title"] for r in found.data] == ["Router AUR-55-0192 (2nd)"], words


async def test_a_path_may_end_in_what_the_caller_may_read_elsewhere(
    library: Services, tenant: UUID
) -> None:
    """Guests see the books on the shelves that they see, whatever it is that shows them these."""
    me = uuid7()
    books = await a_library(library, tenant, me)
    async with library.system(tenant, reason="test") as ctx:
        shelves = await ctx.every(toys.shelves)
    mine = {shelf.id for shelf in shelves if shelf.owner_id == me}
    on_mine = {book.id for book in books if book.shelf_id in mine}
    on_any = {book.id for book in books if book.shelf_id is not None}
    assert on_mine < on_any
    assert len(on_mine) > 0

    async def seen(caller: Caller) -> set[UUID]:
        return {row["id"] for row in await every_page(library, caller, limit="7")}

    assert await seen(a_caller(tenant, "guest", "owner", contact_id=me)) == on_mine
    # A key for books alone decides as its owner does, and shows no shelves.
    assert await seen(scoped(a_caller(tenant, "guest", "owner", contact_id=me), "books:read")) == (
        on_mine
    )
    with pytest.raises(Forbidden):
        await seen(a_caller(tenant, "guest", contact_id=me))
    told = await explain(
        library,
        a_caller(tenant, "guest", "owner", contact_id=me),
        "books",
        str(next(iter(on_mine))),
        {},
    )
    assert "on_shelves_in_sight" in {link.path for link in told.grants}
