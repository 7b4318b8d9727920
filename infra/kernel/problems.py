"""Errors as answers (RFC 9457)."""

import math

import asyncpg
import orjson
import structlog
from redis.exceptions import RedisError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from infra.kernel import errors
from infra.kernel.errors import Problem
from infra.kernel.refusals import refusal

MEDIA_TYPE = "application/problem+json"
_log = structlog.get_logger("atrium.problems")

_BY_STATUS: dict[int, type[Problem]] = {
    400: errors.BadRequest,
    401: errors.Unauthorized,
    403: errors.Forbidden,
    404: errors.NotFound,
    405: errors.MethodNotAllowed,
    406: errors.NotAcceptable,
    413: errors.TooLarge,
    415: errors.UnsupportedMedia,
}


class ServerFault(Problem):
    """A fault of the service; its cause is in the log, not in the answer."""

    status, type, title = 500, "server-fault", "The service failed"


def problem_of(error: BaseException) -> Problem:
    """The problem that an exception amounts to; one that it cannot name is logged."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, asyncpg.PostgresError) and (found := refusal(error)):
        return found
    if isinstance(error, HTTPException):
        return _BY_STATUS.get(error.status_code, ServerFault)(str(error.detail or ""))
    if isinstance(error, (RedisError, asyncpg.InterfaceError)):
        _log.warning("dependency failed", exc_info=error)
        return errors.Unavailable("a dependency is down")
    _log.error("unhandled error", exc_info=error)
    return ServerFault("the fault is logged under this request's id")


def problem_response(request: Request, error: BaseException) -> Response:
    """The answer to a request that failed with this error."""
    problem = problem_of(error)
    body = problem.body(
        instance=request.url.path, request_id=getattr(request.state, "request_id", "")
    )
    headers = {"Cache-Control": "no-store"}
    if problem.retry_after is not None:
        headers["Retry-After"] = str(max(1, math.ceil(problem.retry_after)))
    if isinstance(problem, errors.TooMany):
        headers |= problem.limits
    if problem.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="atrium"'
    if problem.status == 405 and "app" in request.scope:
        headers["Allow"] = ", ".join(_methods(request))
    return Response(
        orjson.dumps(body, default=str),
        status_code=problem.status,
        headers=headers,
        media_type=MEDIA_TYPE,
    )


def _methods(request: Request) -> list[str]:
    """What the routes of this address take, all of them together."""
    matching = (r for r in request.app.routes if r.matches(request.scope)[0] is not Match.NONE)
    return sorted({method for route in matching for method in route.methods or ()})


async def handle(request: Request, error: Exception) -> Response:
    """Starlette's hook for errors that leave a hand-written route."""
    return problem_response(request, error)
