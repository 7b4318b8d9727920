"""A cell of a file as the value that the API takes, and a value as the text of a cell."""

import re
import types
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from zoneinfo import ZoneInfo

import orjson

from backend.platform.transfers.options import DateOrder, Options

Shape = Literal["text", "flag", "whole", "number", "day", "moment", "list", "json"]

_SHAPES: Mapping[str, Shape] = {
    "text": "text", "uuid": "text", "boolean": "flag", "smallint": "whole", "integer": "whole",
    "bigint": "whole", "numeric": "number", "date": "day", "timestamptz": "moment",
    "text[]": "list", "uuid[]": "list", "jsonb": "json",
}  # fmt: skip
_PLAIN: Mapping[type, Shape] = {
    bool: "flag", int: "whole", float: "number", Decimal: "number", date: "day",
    datetime: "moment", list: "list", tuple: "list", set: "list", dict: "json",
}  # fmt: skip
_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_PARTS = re.compile(r"(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})(?:[T ]+(.+))?")


def shape_of_column(sql: str) -> Shape:
    """How cells of a column are read."""
    return _SHAPES.get(sql, "json")


def shape_of_annotation(kind: Any) -> Shape:
    """How cells of a parameter that is no column are read."""
    origin = get_origin(kind)
    if origin is Annotated:
        return shape_of_annotation(get_args(kind)[0])
    if origin in (Union, types.UnionType):
        return shape_of_annotation(next(k for k in get_args(kind) if k is not type(None)))
    plain = origin or kind
    if isinstance(plain, type):
        if issubclass(plain, Enum | str):
            return "text"
        for known, shape in _PLAIN.items():
            if issubclass(plain, known):
                return shape
    return "text"


def value_of(cell: Any, shape: Shape, options: Options) -> Any:
    """The value, to be checked as any body is; raises ValueError for what is none of the shape.

    Cells that are no text come from a workbook or from JSON and are what they are.
    """
    if not isinstance(cell, str):
        return _typed(cell, shape)
    text = cell.strip()
    match shape:
        case "flag":
            return _flag(text)
        case "whole":
            return _whole(text, options)
        case "number":
            return _number(text, options)
        case "day":
            return _day(text, options)
        case "moment":
            return _moment(text, options)
        case "list":
            return _listed(text, options)
        case "json":
            return _json(text)
    return cell


def _typed(cell: Any, shape: Shape) -> Any:
    if shape == "text" and isinstance(cell, int | float) and not isinstance(cell, bool):
        return str(cell)
    if shape == "number" and isinstance(cell, int | float) and not isinstance(cell, bool):
        return repr(cell)
    if shape == "flag" and cell in (0, 1):
        return bool(cell)
    if shape == "list" and isinstance(cell, int | float):
        return [str(cell)]
    return cell


def _flag(text: str) -> bool:
    try:
        return _FLAGS[text.lower()]
    except KeyError:
        raise ValueError("must be true or false") from None


def _digits(text: str, options: Options) -> str:
    grouping = "." if options.decimal == "," else ","
    plain = re.sub(rf"(?<=\d)[{grouping}'\u2019 \u00a0\u202f](?=\d{{3}}(\D|$))", "", text)
    return plain.replace(",", ".") if options.decimal == "," else plain


def _whole(text: str, options: Options) -> int:
    plain = _digits(text, options)
    if not re.fullmatch(r"[+-]?\d{1,20}(\.0+)?", plain):
        raise ValueError("must be a whole number")
    return int(plain.partition(".")[0])


def _number(text: str, options: Options) -> str:
    plain = _digits(text, options)
    if not re.fullmatch(r"[+-]?\d{1,40}(\.\d{1,40})?([eE][+-]?\d{1,2})?", plain):
        raise ValueError("must be a number")
    return plain


def _day(text: str, options: Options) -> str:
    if options.date_order is not DateOrder.ISO and (parts := _PARTS.fullmatch(text)):
        return _ordered(parts, options).isoformat()
    return text


def _ordered(parts: re.Match[str], options: Options) -> date:
    one, two, three = int(parts[1]), int(parts[2]), int(parts[3])
    match options.date_order if one < 1000 else DateOrder.YEAR:
        case DateOrder.DAY:
            year, month, day = three, two, one
        case DateOrder.MONTH:
            year, month, day = three, one, two
        case _:
            year, month, day = one, two, three
    if year < 1000:
        raise ValueError("must have a year of four digits")
    return date(year, month, day)


def _moment(text: str, options: Options) -> str:
    """With its offset; a time without one is the zone's that the options name."""
    plain = text
    if options.date_order is not DateOrder.ISO and (parts := _PARTS.fullmatch(text)):
        plain = f"{_ordered(parts, options).isoformat()}T{parts[4] or '00:00'}"
    try:
        value = datetime.fromisoformat(plain)
    except ValueError:
        raise ValueError("must be a date and time") from None
    if value.tzinfo is None:
        value = value.replace(tzinfo=ZoneInfo(options.zone))
    return value.isoformat()


def _listed(text: str, options: Options) -> list[Any]:
    if text.startswith("["):
        found = _json(text)
        if isinstance(found, list):
            return found
    return [part.strip() for part in text.split(options.list_separator) if part.strip()]


def _json(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise ValueError("must be JSON") from None


def text_of(value: Any) -> str:
    """A value of an answer as one cell: texts as they are, lists and objects as JSON."""
    if value is None:
        return ""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | dict | tuple):
        return orjson.dumps(value, default=str).decode()
    return str(value)
