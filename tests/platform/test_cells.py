"""Cells as people write them: encodings, separators, numbers and dates of many countries."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.platform.transfers.cells import Shape, text_of, value_of
from backend.platform.transfers.formats.delimited import Delimited, delimiter_of
from backend.platform.transfers.formats.guarding import escape, guard, unescape, unguard
from backend.platform.transfers.options import DateOrder, Options

GERMAN = Options(decimal=",", date_order=DateOrder.DAY, zone="Europe/Berlin")


@pytest.mark.parametrize(
    ("cell", "shape", "options", "value"),
    [
        ("1.234,50", "number", GERMAN, "1234.50"),
        ("1,234.50", "number", Options(), "1234.50"),
        ("1 234,5", "number", GERMAN, "1234.5"),
        ("12", "whole", Options(), 12),
        ("1,000", "whole", Options(), 1000),
        ("Yes", "flag", Options(), True),
        ("0", "flag", Options(), False),
        ("24.12.2026", "day", GERMAN, "2026-12-24"),
        ("2026-12-24", "day", GERMAN, "2026-12-24"),
        ("24.12.2026 18:00", "moment", GERMAN, "2026-12-24T18:00:00+01:00"),
        ("2026-12-24T18:00:00Z", "moment", Options(), "2026-12-24T18:00:00+00:00"),
        ("a; b ;c", "list", Options(), ["a", "b", "c"]),
        ('["a;b"]', "list", Options(), ["a;b"]),
        ('{"a": 1}', "json", Options(), {"a": 1}),
        (7, "text", Options(), "7"),
        (1.5, "number", Options(), "1.5"),
    ],
)
def test_a_cell_is_what_its_writer_meant(
    cell: Any, shape: Shape, options: Options, value: Any
) -> None:
    assert value_of(cell, shape, options) == value


@pytest.mark.parametrize(
    ("cell", "shape"),
    [("maybe", "flag"), ("1.5", "whole"), ("1e999", "number"), ("soon", "moment"), ("{", "json"),
     ("1-2", "number")],
)  # fmt: skip
def test_a_cell_that_is_none_of_its_shape_is_told(cell: str, shape: Shape) -> None:
    with pytest.raises(ValueError, match="must be"):
        value_of(cell, shape, Options())


def test_a_day_that_no_calendar_has_is_told() -> None:
    with pytest.raises(ValueError, match="day is out of range"):
        value_of("31.02.2026", "day", GERMAN)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encoding_and_delimiter_are_found_out(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    path = tmp_path / "file"
    text = f'name{delimiter}"code"\r\nGrün & "Söhne"{delimiter}A1\r\n'.replace(
        'Grün & "Söhne"', '"Grün & ""Söhne"""'
    )
    path.write_bytes(text.encode(encoding))
    file = Delimited(path, Options())
    try:
        assert file.headings == ("name", "code")
        assert [row.cells for row in file.rows()] == [{"name": 'Grün & "Söhne"', "code": "A1"}]
        assert file.share() == 1.0
    finally:
        file.close()


def test_a_delimiter_inside_quotes_counts_for_nothing() -> None:
    assert delimiter_of('"a,b,c";"d,e"\r\n') == ";"


@given(st.text())
def test_every_text_comes_back_from_a_guarded_cell(text: str) -> None:
    assert unguard(guard(text)) == text


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_every_text_comes_back_from_a_workbook(text: str) -> None:
    assert unescape(escape(text)) == text


@given(st.lists(st.text(), max_size=5))
def test_every_list_comes_back_from_a_cell(values: list[str]) -> None:
    cell = text_of(values)
    assert value_of(cell, "list", Options()) == values
