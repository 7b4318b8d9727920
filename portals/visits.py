"""One visit to a page: whose site, who is there, in which language, and the answers to give.

Pages act as the person with the same reads and verbs as the API, so that nothing can be seen or
done here which the API would refuse.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

import orjson
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from infra.kernel.access import Caller
from infra.kernel.errors import Problem, Unauthorized
from infra.kernel.performing import perform
from infra.kernel.reading import Page, read_list, read_one
from infra.kernel.representation import to_json
from infra.kernel.services import Services
from portals import notices
from portals.brand import brands_of
from portals.doors import doors_of
from portals.faults import Errors, Say, StaleForm, errors_of
from portals.people import people_of
from portals.rendering import Renderer, catalogue
from portals.words import noted
from tenants import csrf
from tenants.directory.hosts import Site
from tenants.redirects import local_path
from tenants.signin.cookies import Cookies
from tenants.signin.requests import binding_of, browser_binding
from tenants.signin.routes import form_token

YEAR_SECONDS = 365 * 24 * 3600
FIELDS_MAX, FILES_MAX, FIELD_BYTES_MAX = 200, 10, 256 * 1024
Shown = dict[str, Any]


@dataclass
class Visit:
    """A request for a page, with everything that its handler needs."""

    request: Request
    services: Services
    site: Site
    visitor: Caller | None
    locale: str
    zone: str
    theme: str
    mark: str
    is_new_browser: bool
    typed: dict[str, str] = field(default_factory=dict)
    """What the person wrote, to be shown again where it is refused."""
    many: dict[str, list[str]] = field(default_factory=dict)
    """All values of each field, for those that may be given several times."""
    files: list[UploadFile] = field(default_factory=list)
    is_repeat: bool = False
    """Whether the last verb had been done before under the same Idempotency-Key."""
    awaits: str = ""
    """The number of the question whose answer the last verb waits for."""

    # ── Who and what ─────────────────────────────────────────────────────────────────────────

    @property
    def caller(self) -> Caller:
        """Who is signed in; raises Unauthorized for a visitor."""
        if self.visitor is None:
            raise Unauthorized("sign in first")
        return self.visitor

    @property
    def reader(self) -> Caller:
        """Who reads: whoever is signed in, or a visitor, for whom only what is public is there."""
        return self.visitor or Caller(
            tenant_id=self.site.tenant_id,
            audience="public",
            profile_kind="visitor",
            name="Visitor",
            roles=frozenset({"visitor"}),
            locale=self.locale,
        )

    @property
    def path(self) -> Mapping[str, str]:
        """The variable segments of the address."""
        return self.request.path_params

    @property
    def query(self) -> Mapping[str, str]:
        return self.request.query_params

    @property
    def address(self) -> str:
        """This address with its query."""
        url = self.request.url
        return f"{url.path}?{url.query}" if url.query else url.path

    @property
    def is_script(self) -> bool:
        """Whether one of our scripts asks, rather than the browser for the person."""
        return self.request.headers.get("x-atrium-fetch") == "1"

    @property
    def say(self) -> Say:
        """Translates a message of the catalogue."""
        return catalogue(self.locale).gettext

    @cached_property
    def cookies(self) -> Cookies:
        return Cookies(self.services.settings)

    def word(self, name: str, most: int = 200) -> str:
        """A query parameter as text people typed, cut to a length."""
        return self.query.get(name, "").replace("\0", "").strip()[:most]

    # ── Reading and acting, as the person ────────────────────────────────────────────────────

    async def list(self, collection: str, **query: str | Sequence[str]) -> Page:
        """A page of a collection; brackets as `state__in="new,open"`."""
        asked = {_parameter(name): value for name, value in query.items()}
        return await read_list(self.services, self.reader, collection, asked, locale=self.locale)

    async def read(self, collection: str, key: UUID | str, **query: str) -> Shown:
        """One record by id or number; raises NotFound."""
        told, _ = await read_one(
            self.services, self.reader, collection, key, query, locale=self.locale
        )
        return told

    async def do(self, action: str, record_id: UUID | str | None = None, /, **body: Any) -> Any:
        """Perform `cases.comment`; the request's Idempotency-Key goes along, or the form's own
        field `attempt`. Answers plain values, as the API would."""
        outcome = await perform(
            self.services,
            self.reader,
            action,
            record_id=record_id,
            body=body,
            idempotency_key=self.request.headers.get("idempotency-key")
            or self.typed.get("attempt"),
            request_id=self.request_id,
        )
        self.is_repeat = "Idempotent-Replayed" in outcome.headers
        told = orjson.loads(outcome.content() or b"null")
        if outcome.status == 202 and isinstance(told, dict) and "approval_request_id" in told:
            self.awaits = str(told["number"])
        return told

    async def ask(self, action: str, record_id: UUID | str | None = None, /, **body: Any) -> Any:
        """Perform a verb that only reads."""
        outcome = await perform(
            self.services, self.reader, action, record_id=record_id, body=body,
            request_id=self.request_id,
        )  # fmt: skip
        return orjson.loads(to_json(outcome.body))

    def may(self, collection: str, verb: str) -> bool:
        """Whether the person has the verb on any record of the collection."""
        resource = self.services.registry.resources.get(collection)
        return resource is not None and self.services.plans.of(self.reader, resource).may(verb)

    # ── Forms ────────────────────────────────────────────────────────────────────────────────

    async def form(self, fields_most: int = FIELDS_MAX) -> dict[str, str]:
        """The fields of the posted form, also kept in `typed`, and its `files`.

        Raises Forbidden for another site's form, StaleForm for one of an earlier session: by then
        `typed` is filled, so that the page can be shown again with all that was written.
        """
        if csrf.is_cross_site(self.request.headers):
            csrf.require("", method="POST", headers=self.request.headers, binding="")
        posted = await self.request.form(
            max_files=FILES_MAX, max_fields=fields_most, max_part_size=FIELD_BYTES_MAX
        )
        for name, value in posted.multi_items():
            if isinstance(value, UploadFile):
                if value.filename and value.size:
                    self.files.append(value)
            elif name != csrf.FIELD:
                text = value.replace("\r\n", "\n").replace("\0", "")
                self.typed[name] = text
                self.many.setdefault(name, []).append(text)
        token = posted.get(csrf.FIELD)
        if not csrf.verify(
            self.services.settings.secret_key, self.binding, token if isinstance(token, str) else ""
        ):
            raise StaleForm
        return self.typed

    @property
    def binding(self) -> str:
        """What this page's forms are bound to."""
        return binding_of(self.visitor) if self.visitor else browser_binding(self.mark)

    def errors(self, problem: Problem, **renamed: str) -> Errors:
        """A refusal as the errors of a form; `rating="score"` renames a field."""
        return errors_of(problem, self.say, renamed)

    # ── Answers ──────────────────────────────────────────────────────────────────────────────

    async def page(self, template: str, *, status: int = 200, **values: Any) -> Response:
        """A whole page; `page` and all that the frame needs is filled in."""
        html = await self._render(
            template, values, shown=notices.read(self.request.cookies.get(self._notice_name))
        )
        response = HTMLResponse(html, status_code=status, headers={"Cache-Control": "no-store"})
        if self._notice_name in self.request.cookies:
            response.delete_cookie(self._notice_name, path="/")
        return self._remembered(response)

    async def fragment(self, template: str, **values: Any) -> Response:
        """A piece of a page, for the scripts."""
        html = await self._render(template, values)
        return self._remembered(HTMLResponse(html, headers={"Cache-Control": "no-store"}))

    def go(
        self,
        path: str,
        *,
        notice: str = "",
        undo: Mapping[str, Any] | None = None,
    ) -> Response:
        """Send the browser on (303), with a word on what happened: `notice` is already translated,
        `undo` is {"action", "fields"}."""
        response = RedirectResponse(local_path(path), status_code=303)
        response.headers["cache-control"] = "no-store"
        if self.awaits:
            words = self.say(noted("This needs approval and is done when it is given: %(number)s."))
            notice = words % {"number": self.awaits}
        if notice:
            self._set(response, self._notice_name, notices.write(notice, undo), 60)
        return response

    def remember(self, response: Response, name: str, value: str) -> None:
        """A choice of this browser (theme, locale) that scripts may read and write too."""
        response.set_cookie(
            name, value, max_age=YEAR_SECONDS, path="/", samesite="lax", secure=self._is_secure
        )

    @property
    def request_id(self) -> str:
        return str(getattr(self.request.state, "request_id", ""))

    async def _render(
        self, template: str, values: Mapping[str, Any], *, shown: Sequence[notices.Notice] = ()
    ) -> str:
        me = None
        if self.visitor:
            named = await people_of(self.services).me(self.visitor)
            me = named | doors_of(self.visitor)
        page = {
            "tenant": (await brands_of(self.services).of(self.site)).shown(),
            "me": me,
            "csrf_token": form_token(self.services.settings.secret_key, self.visitor, self.mark),
            "theme": self.theme,
            "path": self.address if self.request.method == "GET" else self._back(),
            "notices": shown,
        }
        renderer = self.services.get(Renderer)
        return renderer.render(template, locale=self.locale, zone=self.zone, page=page, **values)

    def _back(self) -> str:
        """A posted form that is shown again has the address of its page to come back to."""
        return local_path(self.typed.get("next") or self.request.url.path)

    def _remembered(self, response: Response) -> Response:
        if self.is_new_browser and self.visitor is None:
            self.cookies.mark_browser(response, self.mark)
        return response

    @property
    def _is_secure(self) -> bool:
        return self.services.settings.environment != "development"

    @property
    def _notice_name(self) -> str:
        return f"{'__Host-' if self._is_secure else ''}atrium_notice"

    def _set(self, response: Response, name: str, value: str, seconds: int) -> None:
        response.set_cookie(
            name, value, max_age=seconds, path="/", httponly=True, samesite="lax",
            secure=self._is_secure,
        )  # fmt: skip


def new_mark() -> str:
    """A random mark for a browser that has none yet."""
    return secrets.token_urlsafe(32)


def _parameter(name: str) -> str:
    column, _, operator = name.partition("__")
    return f"{column}[{operator}]" if operator else column
