"""Log lines: one JSON object each, in ASCII, with the request and tenant they belong to.

Whatever was logged cannot end the line, move a terminal's cursor, or carry a secret: control
characters are escaped by the encoding, names that mean secrets are masked, and so are tokens,
passwords in addresses, and bearer headers inside texts.
"""

import json
import logging
import re
import sys
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any, TextIO
from uuid import UUID

import structlog
from structlog.contextvars import bind_contextvars, get_contextvars
from structlog.typing import Processor

TEXT_CHARS_MAX = 8_000
MASK = "[masked]"

_SECRET_NAMES = re.compile(
    r"passw|secret|token|authori[sz]ation|cookie|api_?key|operator_?key|private|credential$|dsn$",
    re.IGNORECASE,
)
_SECRET_TEXTS = re.compile(
    r"(atr_[a-z]+_[0-9a-f]{8})[0-9A-Za-z._-]+"
    r"|((?i:bearer|basic)\s+)[0-9A-Za-z._~+/=-]{6,}"
    r"|(://[^:/@\s]{0,100}:)[^@/\s]{1,200}(?=@)"
    r"|((?i:password|secret|token|api_key)=)[^\s&\"']{1,500}"
    r"|(eyJ[0-9A-Za-z_-]{5})[0-9A-Za-z_-]+\.[0-9A-Za-z_-]+\.[0-9A-Za-z_-]+"
)


def mask(value: Any, name: str = "", depth: int = 0) -> Any:
    """The value without what nobody should read in a log."""
    if name and _SECRET_NAMES.search(name) and value not in (None, "", True, False):
        return MASK
    if isinstance(value, str):
        cut = value if len(value) <= TEXT_CHARS_MAX else value[:TEXT_CHARS_MAX] + "…"
        return _SECRET_TEXTS.sub(lambda found: (found[found.lastindex or 1] or "") + MASK, cut)
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, dict):
        if depth > 5:
            return "…"
        return {str(k): mask(v, str(k), depth + 1) for k, v in list(value.items())[:100]}
    if isinstance(value, list | tuple | set | frozenset):
        return [mask(each, name, depth + 1) for each in list(value)[:100]] if depth <= 5 else "…"
    if value is None or isinstance(value, bool | int | float):
        return value
    return mask(str(value), name, depth)


def _masked(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    return {name: mask(value, name) for name, value in event.items()}


def _rendered(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
    return json.dumps(event, ensure_ascii=True, default=str)


class _Target:
    """Where request lines go; None until `set_up_logs`."""

    stream: TextIO | None = None
    level: int = logging.INFO


def write_request(level: int, path: str, **facts: str | int | float) -> None:
    """The line of one request. It has its own way out because each request pays for it: only the
    path came from outside, so only the path is searched for secrets."""
    if _Target.stream is None:
        structlog.get_logger("atrium.http").log(level, "request", path=path[:300], **facts)
        return
    if level < _Target.level:
        return
    line = {
        "event": "request",
        "level": logging.getLevelName(level).lower(),
        "timestamp": datetime.now(UTC).isoformat(),
        **get_contextvars(),
        **facts,
        "path": _SECRET_TEXTS.sub(MASK, path[:300]),
    }
    _Target.stream.write(json.dumps(line, ensure_ascii=True) + "\n")


def set_up_logs(level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Send structlog and the standard library's logs, as JSON lines, to one stream."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _masked,
    ]
    target = stream or sys.stdout
    _Target.stream, _Target.level = target, level
    structlog.configure(
        processors=[*shared, _rendered],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(target),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _rendered],
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = name != "uvicorn.access"


def bind_request(request_id: str, tenant_id: UUID | None = None) -> None:
    """Put the request, and the tenant once it is known, on every line that follows."""
    bind_contextvars(request_id=request_id)
    if tenant_id is not None:
        bind_contextvars(tenant_id=str(tenant_id))


def bind_tenant(tenant_id: UUID) -> None:
    """Put the tenant on every line that follows in this request or job."""
    bind_contextvars(tenant_id=str(tenant_id))
