"""Refusals, free of HTTP until the last step.

Problem
├── BadRequest     400  unreadable input, unknown query field
├── Unauthorized   401
├── Forbidden      403
├── NotFound       404  not there, or not for this caller: the two look alike
├── Conflict       409  the record's state forbids it; subclass it, one class a rule
│   ├── Duplicate
│   └── StillReferenced
├── Stale          412
├── TooLarge       413
├── UnsupportedMedia 415
├── Invalid        422  carries every fault
├── TooMany        429
└── Unavailable    503
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class Fault:
    """One thing wrong with the input; `pointer` is a JSON Pointer (RFC 6901) or a query name."""

    pointer: str
    code: str
    message: str


class Problem(Exception):
    """A refusal that becomes an `application/problem+json` answer (RFC 9457)."""

    status: ClassVar[int] = 500
    type: ClassVar[str] = "about:blank"
    title: ClassVar[str] = "Something went wrong"

    def __init__(
        self,
        detail: str = "",
        *,
        faults: Iterable[Fault] = (),
        retry_after: float | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.faults = tuple(faults)
        self.retry_after = retry_after
        self.extra = extra

    def body(self, *, instance: str, request_id: str) -> dict[str, Any]:
        """The members of the problem document."""
        members: dict[str, Any] = {
            "type": self.type if ":" in self.type else f"/problems/{self.type}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
            "request_id": request_id,
        }
        if self.faults:
            members["errors"] = [
                {"pointer": f.pointer, "code": f.code, "message": f.message} for f in self.faults
            ]
        return members | self.extra


def _listing(faults: tuple[Fault, ...]) -> str:
    return "; ".join(f"{f.pointer}: {f.message}" for f in faults[:5])


class _Faulty(Problem):
    def __init__(self, faults: Iterable[Fault] | str = (), **extra: Any) -> None:
        if isinstance(faults, str):
            super().__init__(faults, **extra)
            return
        given = tuple(faults)
        super().__init__(_listing(given), faults=given, **extra)


class BadRequest(_Faulty):
    status, type, title = 400, "bad-request", "The request cannot be read"


class Invalid(_Faulty):
    status, type, title = 422, "invalid", "The input is not valid"


class Unauthorized(Problem):
    status, type, title = 401, "unauthorized", "Sign in first"


class Forbidden(Problem):
    status, type, title = 403, "forbidden", "You may not do this"


class NotInUse(Forbidden):
    type, title = "not-in-use", "Your company does not work with this"


class NotFound(Problem):
    status, type, title = 404, "not-found", "There is no such record"


class MethodNotAllowed(Problem):
    status, type, title = 405, "method-not-allowed", "This address does not take that method"


class NotAcceptable(Problem):
    status, type, title = 406, "not-acceptable", "No such representation"


class Conflict(Problem):
    status, type, title = 409, "conflict", "The record's state forbids this"


class Duplicate(Conflict):
    type, title = "duplicate", "There is such a record already"


class StillReferenced(Conflict):
    type, title = "still-referenced", "Other records depend on this one"


class KeyInUse(Conflict):
    type, title = "idempotency-key-in-use", "A request with this key is still running"


class Gone(Problem):
    status, type, title = 410, "gone", "It is no longer kept"


class Stale(Problem):
    status, type, title = 412, "stale", "The record has changed since you read it"


class TooLarge(Problem):
    status, type, title = 413, "too-large", "The body is too large"


class UnsupportedMedia(Problem):
    status, type, title = 415, "unsupported-media-type", "This media type is not understood here"


class TooMany(Problem):
    status, type, title = 429, "too-many-requests", "Too many requests"

    def __init__(
        self,
        detail: str = "",
        *,
        retry_after: float = 1.0,
        limits: Mapping[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(detail, retry_after=retry_after, **extra)
        self.limits = dict(limits or {})
        """The RateLimit fields of the limit that was reached."""


class InsufficientStorage(Problem):
    status, type, title = 507, "insufficient-storage", "There is no room to store this"


class Unavailable(Problem):
    status, type, title = 503, "unavailable", "A part of the service is down"

    def __init__(self, detail: str = "", *, retry_after: float = 2.0, **extra: Any) -> None:
        super().__init__(detail, retry_after=retry_after, **extra)
