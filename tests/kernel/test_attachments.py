import base64
import hashlib
import json
import os
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from starlette.applications import Starlette
from starlette.requests import Request

from infra.kernel import attachments as rules
from infra.kernel.access import Caller
from infra.kernel.admission import admit_all
from infra.kernel.context import Context
from infra.kernel.errors import Invalid, Problem
from infra.kernel.files import disposition, domain
from infra.kernel.grants import Grant
from infra.kernel.performing import perform
from infra.kernel.problems import handle
from infra.kernel.quotas import QuotaReached, Quotas
from infra.kernel.registry import Domain, Registry
from infra.kernel.rest import Api
from infra.kernel.services import Services
from infra.kernel.storage import Storage
from tests.kernel import toys
from tests.kernel.asgi import Answer, exchange
from tests.kernel.conftest import a_caller

PAGE = b"<script>alert(document.domain)</script>"
TYPE = "multipart/form-data; boundary=XX"
READS = Domain(
    name="reads",
    grants=(
        Grant("librarian", "books", ("read", "update")),
        Grant("librarian", "attachments", ("create", "attach"), "own"),
        Grant("librarian", "attachments", ("read", "delete"), "uploaded"),
        Grant("reader", "books", ("read", "update"), "mine"),
        Grant("reader", "attachments", ("create", "attach"), "own"),
        Grant("reader", "attachments", ("read",), "uploaded"),
        Grant("onlooker", "books", ("read",)),
        Grant("onlooker", "attachments", ("create", "attach"), "own"),
        Grant("onlooker", "attachments", ("read",), "uploaded"),
    ),
)


@pytest.fixture
async def shop(library: Services, tmp_path_factory: pytest.TempPathFactory) -> Services:
    toy = replace(toys.library, grants=(), reactions=(), jobs=(), periodic=())
    services = Services(
        settings=library.settings,
        registry=Registry((toy, domain, READS)),
        database=library.database,
        redis=library.redis,
    )
    await library.database.map(services.registry.model_modules)
    services.provide(Storage(tmp_path_factory.mktemp("files"), bytes_max=50_000))
    return services


class Door:
    """The API with a caller of one's choice."""

    def __init__(self, services: Services) -> None:
        self.caller: Caller | None = None
        pages = Starlette(routes=list(domain.routes), exception_handlers={Problem: handle})

        async def authenticate(_request: Request) -> Caller:
            assert self.caller is not None
            return self.caller

        pages.state.services = services
        pages.state.admit = admit_all
        pages.state.authenticate = authenticate
        self.app = Api(services, authenticate, pages)

    async def send(
        self, caller: Caller, content: bytes = PAGE, name: str = "x.html", **fields: str
    ) -> Answer:
        self.caller = caller
        headers = {"content-type": TYPE}
        if key := fields.pop("key", None):
            headers["idempotency-key"] = key
        head = '--XX\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
        parts = [head.format(field, value).encode() for field, value in fields.items()]
        parts.append(
            f'--XX\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: text/html\r\n\r\n".encode()
            + content
            + b"\r\n--XX--\r\n"
        )
        return await exchange(self.app, "/api/v1/attachments", headers=headers, pieces=parts)

    async def fetch(self, caller: Caller, id_: Any, method: str = "GET", **headers: str) -> Answer:
        self.caller = caller
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return await exchange(self.app, f"/api/v1/attachments/{id_}/content", method, headers=sent)

    async def call(
        self, caller: Caller, method: str, path: str, body: Any = None, **more: Any
    ) -> Answer:
        self.caller = caller
        pieces = [json.dumps(body).encode()] if body is not None else []
        headers = {"content-type": "application/json"} if pieces else {}
        return await exchange(self.app, path, method, headers=headers, pieces=pieces, **more)


@pytest.fixture
def door(shop: Services) -> Door:
    return Door(shop)


async def a_book(services: Services, tenant: UUID, reader: UUID | None = None) -> UUID:
    async with services.system(tenant, reason="test") as ctx:
        book = toys.Book(title="Ulysses", reader_id=reader)
        await ctx.save(book)
        return book.id


def on_disk(services: Services) -> int:
    root = services.get(Storage).root
    return sum(1 for path in root.rglob("*") if path.is_file())


async def test_a_file_is_stored_and_fetched_as_a_harmless_download(
    door: Door, tenant: UUID
) -> None:
    """SECURITY row 32."""
    ada = a_caller(tenant, "librarian")
    answer = await door.send(ada, name="../../ä page.html")
    assert answer.status == 201
    shown = json.loads(answer.body)
    assert answer.headers["location"] == f"/api/v1/attachments/{shown['id']}"
    assert (shown["name"], shown["size_bytes"]) == ("ä page.html", len(PAGE))
    assert "storage_key" not in shown
    fetched = await door.fetch(ada, shown["id"])
    assert (fetched.status, fetched.body) == (200, PAGE)
    assert fetched.headers["content-type"] == "application/octet-stream"
    assert fetched.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert fetched.headers["x-content-type-options"] == "nosniff"
    assert fetched.headers["content-disposition"] == (
        "attachment; filename=\"_ page.html\"; filename*=UTF-8''%C3%A4%20page.html"
    )
    head = await door.fetch(ada, shown["id"], "HEAD")
    assert (head.body, head.headers["content-length"]) == (b"", str(len(PAGE)))
    etag = fetched.headers["etag"]
    assert (await door.fetch(ada, shown["id"], if_none_match=etag)).status == 304


async def test_an_upload_is_its_uploaders_until_it_is_attached(
    door: Door, shop: Services, tenant: UUID
) -> None:
    """SECURITY row 14."""
    ada, ben = a_caller(tenant, "librarian"), a_caller(tenant, "librarian")
    id_ = json.loads((await door.send(ada)).body)["id"]
    missing = await door.fetch(ben, uuid4())
    hidden = await door.fetch(ben, id_)
    assert (hidden.status, missing.status) == (404, 404)
    assert json.loads(hidden.body)["detail"] == json.loads(missing.body)["detail"]
    assert (await door.fetch(ben, "nonsense")).status == 404
    for method, path in (("GET", ""), ("DELETE", "")):
        answer = await door.call(ben, method, f"/api/v1/attachments/{id_}{path}")
        assert answer.status == 404
    book = str(await a_book(shop, tenant))
    body = {"kind": "books", "record_id": book}
    assert (await door.call(ben, "POST", f"/api/v1/attachments/{id_}/attach", body)).status == 404
    attached = await door.call(ada, "POST", f"/api/v1/attachments/{id_}/attach", body)
    assert attached.status == 200
    assert json.loads(attached.body)["record_id"] == book
    assert (await door.fetch(ben, id_)).status == 200


async def test_an_attached_file_follows_its_record(
    door: Door, shop: Services, tenant: UUID
) -> None:
    eve, ada = uuid4(), a_caller(tenant, "librarian")
    reader = a_caller(tenant, "reader", audience="customer", contact_id=eve)
    stranger = a_caller(tenant, "reader", audience="customer", contact_id=uuid4())
    book = str(await a_book(shop, tenant, reader=eve))
    sent = {}
    for visibility in ("public", "internal"):
        answer = await door.send(ada, kind="books", record_id=book, visibility=visibility)
        assert answer.status == 201, answer.body
        sent[visibility] = json.loads(answer.body)["id"]
    assert (await door.fetch(reader, sent["public"])).status == 200
    assert (await door.fetch(reader, sent["internal"])).status == 404
    assert (await door.fetch(stranger, sent["public"])).status == 404
    query = f"kind=books&record_id={book}".encode()
    listed = await door.call(reader, "GET", "/api/v1/attachments/of_record", query_string=query)
    assert [each["id"] for each in json.loads(listed.body)["data"]] == [sent["public"]]
    staff = await door.call(ada, "GET", "/api/v1/attachments/of_record", query_string=query)
    assert len(json.loads(staff.body)["data"]) == 2
    refused = await door.call(stranger, "GET", "/api/v1/attachments/of_record", query_string=query)
    assert refused.status == 404


async def test_a_file_cannot_be_added_to_what_the_caller_may_not_change(
    door: Door, shop: Services, tenant: UUID
) -> None:
    """SECURITY row 3."""
    book = str(await a_book(shop, tenant, reader=uuid4()))
    reader = a_caller(tenant, "reader", audience="customer", contact_id=uuid4())
    onlooker = a_caller(tenant, "onlooker")
    for caller, fields, pointer in (
        (reader, {"kind": "books", "record_id": book}, "/record_id"),
        (reader, {"kind": "books", "record_id": str(uuid4())}, "/record_id"),
        (onlooker, {"kind": "books", "record_id": book}, "/record_id"),
        (onlooker, {"kind": "tenants", "record_id": book}, "/kind"),
        (onlooker, {"kind": "a\0b", "record_id": book}, "/kind"),
        (onlooker, {"kind": "books", "record_id": "7"}, "/record_id"),
        (onlooker, {"kind": "books"}, "/record_id"),
        (onlooker, {"visibility": "secret"}, "/visibility"),
        (onlooker, {"tenant_id": str(tenant)}, "/tenant_id"),
    ):
        answer = await door.send(caller, **fields)
        assert answer.status == 422, fields
        assert json.loads(answer.body)["errors"][0]["pointer"] == pointer
    assert on_disk(shop) == 0


async def test_another_tenants_files_are_not_there(
    door: Door, shop: Services, tenant: UUID
) -> None:
    """SECURITY row 1."""
    id_ = json.loads((await door.send(a_caller(tenant, "librarian"))).body)["id"]
    elsewhere = a_caller(uuid4(), "admin")
    assert (await door.fetch(elsewhere, id_)).status == 404


async def test_a_refused_upload_leaves_neither_row_nor_file(
    door: Door, shop: Services, tenant: UUID
) -> None:
    """SECURITY rows 44 and F11."""
    ada = a_caller(tenant, "librarian")
    assert (await door.send(ada, b"x" * 50_001)).status == 413
    assert (await door.send(a_caller(tenant, "nobody"))).status == 403
    broken = await exchange(
        door.app, "/api/v1/attachments", headers={"content-type": TYPE}, pieces=[b"--XX\r\n"]
    )
    assert broken.status in {400, 403}

    class Full(Quotas):
        async def require_room(self, ctx: Context, limit: str, wanted: int) -> None:
            raise QuotaReached(f"{wanted} bytes do not fit")

    shop.provide(Full(), as_type=Quotas)
    answer = await door.send(ada)
    assert (answer.status, json.loads(answer.body)["type"]) == (409, "/problems/quota-reached")
    shop.provide(Quotas())
    root = shop.get(Storage).root
    shop.provide(Storage(root / "no-directory" / os.devnull, bytes_max=10))
    (root / "no-directory").write_text("in the way")
    assert (await door.send(ada)).status == 503
    (root / "no-directory").unlink()
    assert on_disk(shop) == 0
    async with shop.system(tenant, reason="test") as ctx:
        count = await ctx.fetchval("SELECT count(*) FROM attachments WHERE tenant_id = $1", tenant)
    assert count == 0


async def test_a_repeated_upload_is_one_file(door: Door, shop: Services, tenant: UUID) -> None:
    ada = a_caller(tenant, "librarian")
    first, second = [await door.send(ada, key="once") for _ in range(2)]
    assert (first.status, second.status) == (201, 201)
    assert second.headers["idempotent-replayed"] == "true"
    assert json.loads(first.body) == json.loads(second.body)
    assert on_disk(shop) == 1
    assert (await door.send(ada, b"other", key="once")).status == 422
    assert on_disk(shop) == 1


@pytest.mark.parametrize(
    ("wanted", "status", "expected", "content_range"),
    [
        ("bytes=0-3", 206, b"<scr", "bytes 0-3/39"),
        ("bytes=35-", 206, b"ipt>", "bytes 35-38/39"),
        ("bytes=-5", 206, b"ript>", "bytes 34-38/39"),
        ("bytes=30-999", 206, PAGE[30:], "bytes 30-38/39"),
        ("bytes=5-2", 200, PAGE, None),
        ("bytes=-", 200, PAGE, None),
        ("lines=1-2", 200, PAGE, None),
        ("bytes=0-0," * 10_000, 200, PAGE, None),
        ("bytes=" + "0-," * 5_000, 200, PAGE, None),
        ("bytes=0-1,2-3", 200, PAGE, None),
        ("bytes=39-", 416, None, "bytes */39"),
        ("bytes=-0", 416, None, "bytes */39"),
    ],
)
async def test_one_range_is_served_and_a_list_of_them_is_not(
    door: Door, tenant: UUID, wanted: str, status: int, expected: bytes, content_range: str
) -> None:
    """SECURITY row 42."""
    ada = a_caller(tenant, "librarian")
    id_ = json.loads((await door.send(ada)).body)["id"]
    answer = await door.fetch(ada, id_, range=wanted)
    assert answer.status == status
    if expected is not None:
        assert answer.body == expected
    assert answer.headers.get("content-range") == content_range
    stale = await door.fetch(ada, id_, range=wanted, if_range='"another"')
    assert (stale.status, stale.body) == (200, PAGE)


async def test_a_small_file_may_come_as_json(door: Door, shop: Services, tenant: UUID) -> None:
    ada = a_caller(tenant, "librarian")
    body = {"name": "a.txt", "content": base64.b64encode(b"hello").decode()}
    answer = await door.call(ada, "POST", "/api/v1/attachments", body)
    assert answer.status == 201, answer.body
    assert (await door.fetch(ada, json.loads(answer.body)["id"])).body == b"hello"
    bad = await door.call(
        ada, "POST", "/api/v1/attachments", {"name": "", "content": "%%%", "storage_key": "x"}
    )
    assert bad.status == 422
    assert {e["pointer"] for e in json.loads(bad.body)["errors"]} == {
        "/name", "/content", "/storage_key",
    }  # fmt: skip


async def test_deleting_removes_the_file_too(door: Door, shop: Services, tenant: UUID) -> None:
    ada = a_caller(tenant, "librarian")
    id_ = json.loads((await door.send(ada)).body)["id"]
    assert (await door.call(ada, "DELETE", f"/api/v1/attachments/{id_}")).status == 204
    assert on_disk(shop) == 0
    assert (await door.fetch(ada, id_)).status == 404


async def test_a_domain_takes_over_the_callers_own_uploads_only(
    door: Door, shop: Services, tenant: UUID
) -> None:
    ada, ben = a_caller(tenant, "librarian"), a_caller(tenant, "librarian")
    mine, his = [UUID(json.loads((await door.send(c)).body)["id"]) for c in (ada, ben)]
    book = await a_book(shop, tenant)

    async def adopt(*ids: UUID) -> list[rules.Attachment]:
        async with shop.database.transaction(tenant) as connection:
            ctx = Context(shop, connection, ada)
            rows = await rules.adopt(ctx, ids, "books", book)
            await ctx.flush()
            return rows

    with pytest.raises(Invalid) as refusal:
        await adopt(mine, his, uuid4())
    assert [fault.pointer for fault in refusal.value.faults] == ["/attachments/1", "/attachments/2"]
    (row,) = await adopt(mine, mine)
    assert row.record_id == book
    with pytest.raises(Invalid):
        await adopt(mine)


async def test_the_sweeper_removes_what_nobody_attached_or_points_to(
    door: Door, shop: Services, tenant: UUID
) -> None:
    ada = a_caller(tenant, "librarian")
    book = str(await a_book(shop, tenant))
    kept = json.loads((await door.send(ada, kind="books", record_id=book)).body)["id"]
    fresh = json.loads((await door.send(ada)).body)["id"]
    old = json.loads((await door.send(ada)).body)["id"]
    await shop.get(Storage).keep(tenant, b"left by a crash")
    for path in shop.get(Storage).root.rglob("*"):
        os.utime(path, (0, 0))
    async with shop.system(tenant, reason="test") as ctx:
        await ctx.execute(
            "UPDATE attachments SET created_at = now() - interval '8 days' "
            "WHERE tenant_id = $1 AND id = ANY($2)",
            tenant,
            [UUID(old), UUID(kept)],
        )
    async with shop.system(tenant, reason="sweep") as ctx:
        await rules.sweep(ctx)
    assert on_disk(shop) == 2
    assert [(await door.fetch(ada, id_)).status for id_ in (kept, fresh, old)] == [200, 200, 404]


async def test_actions_of_attachments_are_known_by_name(shop: Services, tenant: UUID) -> None:
    ada = a_caller(tenant, "librarian")
    body = {"name": "n.txt", "content": base64.b64encode(b"x").decode()}
    outcome = await perform(shop, ada, "attachments.create", body=body)
    assert outcome.status == 201
    async with shop.system(tenant, reason="test") as ctx:
        row = await ctx.find(rules.attachments, UUID(str(outcome.body["id"])))
    assert row.sha256 == hashlib.sha256(b"x").digest()


def test_a_download_name_cannot_break_its_header() -> None:
    assert disposition('a"b\r\nX: 1%;.txt') == (
        "attachment; filename=\"a_b__X: 1__.txt\"; filename*=UTF-8''a%22b%0D%0AX%3A%201%25%3B.txt"
    )
