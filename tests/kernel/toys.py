"""A small domain of its own, so that the kernel's tests need no other floor: authors own shelves,
shelves hold books, readers borrow them."""

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from annotated_types import MinLen
from tortoise import fields

from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Conflict
from infra.kernel.grants import Grant
from infra.kernel.model import Record, TextArrayField
from infra.kernel.registry import Domain
from infra.kernel.resource import (
    Relation,
    Resource,
    View,
    everything,
    match,
    readable,
    subtree,
    through,
)

TABLES = """
CREATE TABLE shelves (
  tenant_id uuid NOT NULL, id uuid NOT NULL, name text NOT NULL, path text NOT NULL DEFAULT '',
  owner_id uuid, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1, PRIMARY KEY (tenant_id, id),
  CONSTRAINT shelves_name UNIQUE (tenant_id, name));
CALL app_tenant_table('shelves');
CREATE TABLE books (
  tenant_id uuid NOT NULL, id uuid NOT NULL, number text, title text NOT NULL,
  state text NOT NULL DEFAULT 'in' CHECK (state IN ('in', 'out')),
  pages integer, price numeric, tags text[] NOT NULL DEFAULT '{}', details jsonb,
  shelf_id uuid, reader_id uuid, secret text, lent_at timestamptz,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1, PRIMARY KEY (tenant_id, id),
  CONSTRAINT books_number UNIQUE (tenant_id, number),
  CONSTRAINT books_shelf FOREIGN KEY (tenant_id, shelf_id) REFERENCES shelves (tenant_id, id));
CREATE INDEX books_reader ON books (tenant_id, reader_id, created_at, id);
CREATE INDEX books_shelf_ix ON books (tenant_id, shelf_id, created_at, id);
CREATE INDEX books_created ON books (tenant_id, created_at, id);
CALL app_tenant_table('books');
"""


class BookState(StrEnum):
    IN = "in"
    OUT = "out"


class Shelf(Record):
    name = fields.CharField(max_length=80)
    path = fields.TextField(default="")
    owner_id = fields.UUIDField(null=True)

    class Meta:
        table = "shelves"


class Book(Record):
    number = fields.CharField(max_length=40, null=True)
    title = fields.CharField(max_length=80)
    state = fields.CharEnumField(BookState, default=BookState.IN)
    pages = fields.IntField(null=True)
    price = fields.DecimalField(max_digits=10, decimal_places=2, null=True)
    tags = TextArrayField(default=list)
    details: Any = fields.JSONField(null=True)
    shelf_id = fields.UUIDField(null=True)
    reader_id = fields.UUIDField(null=True)
    secret = fields.TextField(null=True)
    lent_at = fields.DatetimeField(null=True)

    class Meta:
        table = "books"


class BookIsOut(Conflict):
    type, title = "book-is-out", "The book is lent already"


shelves = Resource(
    name="shelves",
    singular="shelf",
    model=Shelf,
    label="name",
    views={
        "staff": View(
            read=("id", "name", "path", "owner_id", "created_at", "version"),
            create=("name", "path", "owner_id"),
            update=("name", "path", "owner_id"),
        ),
        "customer": View(read=("id", "name")),
    },
    filters=("name", "owner_id"),
    sorts=("name",),
    default_sort="name",
    paths={
        "all": everything(),
        "owned": match("owner_id", "contact_id"),
        "below": subtree("path", "account_path"),
    },
)

_SHOWN = (
    "id", "number", "title", "state", "pages", "price", "tags", "details", "shelf_id",
    "reader_id", "lent_at", "created_at", "updated_at", "version",
)  # fmt: skip

books = Resource(
    name="books",
    singular="book",
    model=Book,
    label="title",
    number="BK",
    views={
        "staff": View(
            read=(*_SHOWN, "secret"),
            create=(
                "title",
                "pages",
                "price",
                "tags",
                "details",
                "shelf_id",
                "reader_id",
                "secret",
            ),
            update=(
                "title",
                "pages",
                "price",
                "tags",
                "details",
                "shelf_id",
                "reader_id",
                "secret",
            ),
        ),
        "customer": View(
            read=_SHOWN, create=("title", "reader_id", "shelf_id"), update=("title", "reader_id")
        ),
        "public": View(read=("id", "title")),
    },
    filters=("state", "pages", "price", "title", "shelf_id", "reader_id", "tags"),
    sorts=("title", "pages", "lent_at", "created_at"),
    default_sort="-created_at",
    search=("title", "number"),
    relations={"shelf": Relation("shelf_id", "shelves")},
    paths={
        "all": everything(),
        "mine": match("reader_id", "contact_id"),
        "on_my_shelves": through("shelf_id", "shelves", "id", match("owner_id", "contact_id")),
        "below_me": through("shelf_id", "shelves", "id", subtree("path", "account_path")),
        "my_groups": match("reader_id", "group_ids"),
        "on_shelves_in_sight": through("shelf_id", "shelves", "id", readable()),
        "unlent": everything({"state": "in"}),
    },
)


@action(books)
async def lend(
    ctx: Context, book: Book, *, to: Annotated[str, MinLen(1)], loud: bool = False
) -> None:
    """Lend a book."""
    if book.state is BookState.OUT:
        raise BookIsOut("only a book that is in can be lent")
    book.state, book.lent_at = BookState.OUT, ctx.now
    await ctx.save(book)


@action(books, on="collection")
async def collect(ctx: Context, *, titles: list[str], shelf_id: UUID | None = None) -> None:
    """Take in several books at once."""
    for title in titles:
        await ctx.save(Book(title=title, shelf_id=shelf_id))


async def _fails(ctx: Context, book: Book) -> None:
    """Change the book and then fail, as a bug would."""
    book.title = "half done"
    await ctx.save(book)
    await ctx.flush()
    raise RuntimeError("a bug")


broken = action(books, name="broken")(_fails)

library = Domain(
    name="library",
    resources=(shelves, books),
    actions=(lend, collect, broken),
    grants=(
        Grant("librarian", "books", ("read", "create", "update", "delete", "lend"), "all"),
        Grant("librarian", "shelves", ("read", "create", "update", "delete"), "all"),
        Grant("reader", "books", ("read", "create", "update"), "mine"),
        Grant("owner", "books", ("read",), "on_my_shelves"),
        Grant("owner", "shelves", ("read",), "owned"),
        Grant("overseer", "books", ("read",), "below_me"),
        Grant("member", "books", ("read",), "my_groups"),
        Grant("guest", "books", ("read",), "on_shelves_in_sight"),
        Grant("browser", "books", ("read",), "unlent", columns=("id", "title", "state")),
        Grant("visitor", "books", ("read",), "unlent"),
    ),
)
