"""#33, #36, #44, #46: workbooks that fetch, grow or never end; cells that run; export storms."""

import io
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook as Book

from backend.platform.transfers import asking
from backend.platform.transfers.errors import TooManyTransfers, UnreadableFile
from backend.platform.transfers.formats import workbooks
from backend.platform.transfers.formats.delimited import Delimited
from backend.platform.transfers.formats.guarding import escape, guard, unescape, unguard
from backend.platform.transfers.formats.lines import Lines
from backend.platform.transfers.formats.workbooks import Workbook
from backend.platform.transfers.options import Options
from infra.kernel.errors import BadRequest, Invalid
from tests.platform.carrying import bring_in
from tests.world import World

RUNNING = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"


def a_book(*rows: list[Any]) -> bytes:
    book = Book()
    for row in rows or (["name", "code"], ["A", "A1"]):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The workbook with one part put in another's place, or added."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", 8) as new:
        for info in old.infolist():
            if info.filename != name:
                new.writestr(info.filename, old.read(info))
        new.writestr(name, part)
    return made.getvalue()


def opened(tmp_path: Path, content: bytes) -> list[Any]:
    path = tmp_path / "file"
    path.write_bytes(content)
    book = Workbook(path, Options())
    try:
        return list(book.rows())
    finally:
        book.close()


SHEET = "xl/worksheets/sheet1.xml"
ENTITY = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    b"<worksheet>&b;</worksheet>"
)


@pytest.mark.parametrize(
    "name", [SHEET, "xl/sharedStrings.xml", "xl/workbook.xml", "[Content_Types].xml"]
)
@pytest.mark.parametrize(
    "part",
    [ENTITY, LAUGHS, ENTITY.decode().replace("?>", ' encoding="UTF-16"?>', 1).encode("utf-16")],
)
def test_33_a_workbook_that_names_entities_is_refused(
    tmp_path: Path, name: str, part: bytes
) -> None:
    with pytest.raises(UnreadableFile, match="document type"):
        opened(tmp_path, with_part(a_book(), name, part))


@pytest.mark.parametrize(
    "name", [SHEET, "xl/sharedStrings.xml", "xl/styles.xml", "xl/media/picture.png"]
)
def test_44_a_part_that_grows_a_thousandfold_is_refused_before_it_is_unpacked(
    tmp_path: Path, name: str
) -> None:
    bomb = with_part(a_book(), name, b"<x>" + b" " * (600 * 1024 * 1024 // 20) + b"</x>")
    assert len(bomb) < 200_000
    with pytest.raises(UnreadableFile, match=r"grows too much|larger than"):
        opened(tmp_path, bomb)


def test_44_a_part_that_lies_about_its_size_ends_as_unreadable(tmp_path: Path) -> None:
    content = bytearray(with_part(a_book(), SHEET, b"<worksheet>" + b"<a/>" * 500_000))
    place = content.rindex(b"xl/worksheets/sheet1.xml") - 46
    content[place + 24 : place + 28] = (100).to_bytes(4, "little")
    with pytest.raises(UnreadableFile):
        opened(tmp_path, bytes(content))


def test_44_a_workbook_of_many_parts_is_refused(tmp_path: Path) -> None:
    made = io.BytesIO(a_book())
    with zipfile.ZipFile(made, "a") as book:
        for number in range(workbooks.PARTS_MOST):
            book.writestr(f"x/{number}", "")
    with pytest.raises(UnreadableFile, match="too many parts"):
        opened(tmp_path, made.getvalue())


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"name,code\r\n", b"\0" * 5000])
def test_44_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UnreadableFile):
        opened(tmp_path, content)


def test_39_parts_with_paths_are_read_and_never_written(tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    made = io.BytesIO(a_book())
    with zipfile.ZipFile(made, "a") as book:
        book.writestr("../../outside.xml", "<x/>")
    assert [row.cells for row in opened(tmp_path, made.getvalue())] == [{"name": "A", "code": "A1"}]
    assert sorted(tmp_path.iterdir()) == [*before, tmp_path / "file"]
    assert not (tmp_path.parent / "outside.xml").exists()


def test_44_rows_far_apart_and_columns_far_out_are_refused(tmp_path: Path) -> None:
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>name'
        b'</t></is></c></row><row r="1048000"><c r="A1048000" t="inlineStr"><is><t>far</t></is></c>'
        b"</row></sheetData></worksheet>"
    )
    with pytest.raises(UnreadableFile, match="too many empty rows"):
        opened(tmp_path, with_part(a_book(), SHEET, sheet))


def test_42_a_cell_or_line_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b'name,code\r\n"' + b"x" * 3_000_000)
    file = Delimited(path, Options())
    with closing(file), pytest.raises(UnreadableFile):
        list(file.rows())
    path.write_bytes(b'{"name": "' + b"x" * 5_000_000)
    lines = Lines(path)
    with closing(lines), pytest.raises(UnreadableFile):
        list(lines.rows())


def test_36_a_guarded_cell_begins_with_nothing_that_runs_and_comes_back() -> None:
    for sign in RUNNING:
        for cell in (f"{sign}1+1", f"'{sign}x", f"''{sign}", sign):
            assert guard(cell)[0] == "'", cell
            assert unguard(guard(cell)) == cell
    for cell in ("plain", "'quoted'", "-12.5", "+3", "", "a=b"):
        assert guard(cell) == cell
        assert unguard(cell) == cell
    for text in ("_x0041_", "_x005F_x0041_", "bell\x07", "a\rb", "\ufffe"):
        assert unescape(escape(text)) == text
        assert not any(sign in escape(text) for sign in "\x07\r\ufffe")


async def test_44_a_bomb_sent_to_an_import_fails_it_and_nothing_else(world: World) -> None:
    tenant = await world.tenant()
    bomb = with_part(a_book(), SHEET, b"<x>" + b" " * (30 * 1024 * 1024) + b"</x>")
    done = await bring_in(tenant, tenant.admin, "accounts", bomb, "xlsx")
    assert (done["state"], done["problem"]["type"]) == ("failed", "unreadable-file")
    good = await bring_in(tenant, tenant.admin, "accounts", a_book(), "xlsx")
    assert (good["state"], good["created_count"]) == ("done", 1)


async def test_46_exports_and_imports_in_a_storm_wait_for_their_turn(world: World) -> None:
    tenant = await world.tenant()
    for _ in range(asking.OPEN_MOST):
        await tenant.admin.do("exports.create", resource="accounts", format="csv")
    with pytest.raises(TooManyTransfers):
        await tenant.admin.do("exports.create", resource="accounts", format="csv")
    with pytest.raises((Invalid, BadRequest)):
        await tenant.admin.do(
            "exports.create", resource="accounts", format="csv", fields=["name"] * 1000
        )
    await world.work(tenant)
    await tenant.admin.do("exports.create", resource="accounts", format="csv")
