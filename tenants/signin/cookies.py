"""The cookies of a sign-in: unreadable to scripts, bound to this host, never sent in clear."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from infra.kernel.config import Settings

SESSION_SECONDS = 12 * 3600
BROWSER_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Cookies:
    """Reads and writes them as the installation's settings say."""

    settings: Settings

    @property
    def _prefix(self) -> str:
        # `__Host-` makes the browser refuse the cookie from a sibling subdomain, so that one
        # tenant's page cannot plant a session on another's.
        return "__Host-" if self._secure else ""

    @property
    def _secure(self) -> bool:
        return self.settings.environment != "development"

    @property
    def session_name(self) -> str:
        return f"{self._prefix}atrium_session"

    @property
    def browser_name(self) -> str:
        return f"{self._prefix}atrium_browser"

    def session(self, cookies: Mapping[str, str]) -> str | None:
        """The session token that came with a request."""
        return cookies.get(self.session_name) or None

    def browser(self, cookies: Mapping[str, str]) -> str | None:
        """The random mark of a browser in which nobody may have signed in yet."""
        mark = cookies.get(self.browser_name, "")
        return mark if 32 <= len(mark) <= 64 else None

    def set_session(self, response: Response, token: str) -> None:
        self._set(response, self.session_name, token, SESSION_SECONDS)

    def mark_browser(self, response: Response, mark: str | None = None) -> str:
        """Give the browser a new mark, or this one; what forms before a sign-in are bound to."""
        mark = mark or secrets.token_urlsafe(32)
        self._set(response, self.browser_name, mark, BROWSER_SECONDS)
        return mark

    def clear(self, response: Response) -> None:
        """Take both away, at sign-out."""
        for name in (self.session_name, self.browser_name):
            response.delete_cookie(
                name, path="/", secure=self._secure, httponly=True, samesite="lax"
            )

    def _set(self, response: Response, name: str, value: str, seconds: int) -> None:
        response.set_cookie(
            name,
            value,
            max_age=seconds,
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )
