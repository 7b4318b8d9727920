"""A word on what was done, carried in a cookie to the page that comes next, and the way back."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from tenants.redirects import local_path

TEXT_MOST = 300
Notice = Mapping[str, Any]


def write(text: str, undo: Mapping[str, Any] | None) -> str:
    """As a cookie's value; `undo` is {"action", "fields"}."""
    told = orjson.dumps({"text": text[:TEXT_MOST], "undo": dict(undo) if undo else None})
    return base64.urlsafe_b64encode(told).decode()


def read(cookie: str | None) -> Sequence[Notice]:
    """As the templates know them; nothing for what is no notice of ours."""
    if not cookie:
        return []
    try:
        told = orjson.loads(base64.urlsafe_b64decode(cookie))
        undo = told["undo"]
        if undo is not None:
            fields = {str(name): str(value) for name, value in undo["fields"].items()}
            undo = {"action": local_path(undo["action"]), "fields": fields}
        return [{"text": str(told["text"]), "undo": undo}]
    except (ValueError, TypeError, KeyError, AttributeError):
        return []
