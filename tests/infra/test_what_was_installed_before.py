"""The migration of the catalogue keeps what was there: places, configuration items, articles."""

import shutil
from pathlib import Path
from uuid import UUID

import asyncpg

from infra.embedded.stack import Addresses
from infra.migrations.runner import DIRECTORY, migrate

TENANT, OTHER = UUID(int=1), UUID(int=2)
ROW = "tenant_id, id, created_at, updated_at"


async def as_superuser(addresses: Addresses, *statements: str) -> list[asyncpg.Record]:
    """Past the policies; answers the rows of the last statement."""
    connection = await asyncpg.connect(addresses.superuser_dsn)
    rows: list[asyncpg.Record] = []
    try:
        for statement in statements:
            rows = await connection.fetch(statement)
        return rows
    finally:
        await connection.close()


def before(tmp_path: Path) -> Path:
    """The files as they were before this one came."""
    for file in DIRECTORY.glob("*.sql"):
        if file.name < "0083":
            shutil.copy(file, tmp_path)
    return tmp_path


def furniture(tenant: UUID) -> list[str]:
    """A tenant with a product that is installed twice under one name of a CMDB, and an article."""
    t = f"'{tenant}'"

    def row(table: str, columns: str, values: str, number: int) -> str:
        key = f"'{UUID(int=number)}'"
        return f"INSERT INTO {table} ({ROW}, {columns}) VALUES ({t}, {key}, now(), now(), {values})"

    def key(number: int) -> str:
        return f"'{UUID(int=number)}'"

    item = "name, sold_product_id, configuration_item"
    return [
        f"INSERT INTO tenants (id, slug, name) VALUES ({t}, 't-{tenant.int}', 'T')",
        row("accounts", "name, code, path", "'A', 'A', 'A/'", 10),
        row("product_models", "name, code, kind", "'M', 'M', 'hardware'", 11),
        row(
            "sold_products", "name, account_id, product_model_id",
            f"'S', {key(10)}, {key(11)}", 12,
        ),
        row("install_base_items", item, f"'one', {key(12)}, 'srv-1'", 13),
        row("install_base_items", item, f"'two', {key(12)}, 'srv-1'", 14),
        row("install_base_items", item, f"'three', {key(12)}, NULL", 15),
        row("knowledge_bases", "name", "'K'", 16),
        row(
            "articles", "knowledge_base_id, title, body, product_model_ids",
            f"{key(16)}, 'T', 'B', ARRAY[{key(11)}, {key(99)}]::uuid[]", 17,
        ),
    ]  # fmt: skip


async def test_what_was_there_has_its_place_its_configuration_item_and_its_readers(
    empty_database: Addresses, tmp_path: Path
) -> None:
    await migrate(empty_database.owner_dsn, before(tmp_path))
    await as_superuser(empty_database, *furniture(TENANT), *furniture(OTHER))
    shutil.copy(DIRECTORY / "0083_catalogue.sql", tmp_path)
    assert await migrate(empty_database.owner_dsn, tmp_path) == ["0083_catalogue"]
    items = await as_superuser(
        empty_database,
        """SELECT i.name, c.name AS configured, p.quantity FROM install_base_items i
             JOIN installed_products p ON p.tenant_id = i.tenant_id
              AND p.install_base_item_id = i.id AND p.sold_product_id = i.sold_product_id
             LEFT JOIN configuration_items c
               ON c.tenant_id = i.tenant_id AND c.id = i.configuration_item_id
            WHERE i.tenant_id = '00000000-0000-0000-0000-000000000001' ORDER BY i.id""",
    )
    assert [tuple(row) for row in items] == [
        ("one", "srv-1", 1), ("two", "srv-1", 1), ("three", None, 1),
    ]  # fmt: skip
    counts = await as_superuser(
        empty_database,
        """SELECT (SELECT count(*) FROM configuration_items),
                  (SELECT count(*) FROM article_products),
                  (SELECT count(*) FROM articles WHERE for_everyone)""",
    )
    assert tuple(counts[0]) == (2, 2, 0)
    forced = await as_superuser(
        empty_database,
        """SELECT relname FROM pg_class WHERE relrowsecurity AND NOT relforcerowsecurity""",
    )
    assert forced == []
