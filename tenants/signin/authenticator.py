"""From a token to a caller, remembered for a minute at most and proved anew in every BEGIN.

The cache is an optimisation and never the authority: each transaction carries the proof of what
was remembered (`app_assert`), and where that fails the caller is forgotten and looked up again.
"""

import time
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from infra.kernel.access import Caller
from infra.kernel.errors import Forbidden, NotFound, Unauthorized
from tenants import tokens
from tenants.directory.hosts import Hosts, Site
from tenants.signin.bearers import caller_of
from tenants.signin.queries import load_caller, load_profile, start_profile

KEEP_SECONDS = 60.0
KEEP_MOST = 50_000
KINDS = ("session", "api_key", "access_token")
"""What opens the API and the pages. A widget's session opens the doors of widgets, nothing else."""


@dataclass
class _Known:
    caller: Caller
    until: float


class Authenticator:
    """Knows who bears which token. One per process."""

    def __init__(self, services: Any) -> None:
        self._services = services
        self._hosts: Hosts = services.get(Hosts)
        self._known: OrderedDict[bytes, _Known] = OrderedDict()

    async def authenticate(
        self, text: str | None, host: str | None = None, *, kinds: tuple[str, ...] = KINDS
    ) -> Caller:
        """The caller who bears this token. Raises Unauthorized for a token that is none, is not of
        these kinds or has ended, Forbidden where the host is another tenant's than the token's."""
        token = tokens.parse(text or "", *kinds)
        if token is None:
            raise Unauthorized("the credential is not one of ours")
        if host is not None:
            await self._require_host(host, token.tenant_id)
        known = self._known.get(token.digest)
        if known is not None and known.until > time.monotonic():
            self._known.move_to_end(token.digest)
            return known.caller
        return await self._load(token)

    async def bearer(
        self,
        authorization: str | None,
        host: str | None = None,
        *,
        kinds: tuple[str, ...] = KINDS,
    ) -> Caller:
        """As `authenticate`, from an Authorization header."""
        return await self.authenticate(tokens.bearer(authorization), host, kinds=kinds)

    def forget(self, text: str | None) -> None:
        """Look the token up anew next time: what was remembered of it no longer holds."""
        if text:
            self._known.pop(tokens.digest(text), None)

    async def reload(self, caller: Caller) -> Caller:
        """The caller afresh after its proof failed; raises Unauthorized if it is gone.

        The secret was right when it was first seen, and a credential never changes its secret.
        """
        if caller.proof is None:
            raise Unauthorized
        credential_id = caller.proof.credential_id
        loaded = await load_caller(self._services.database, caller.tenant_id, credential_id)
        if loaded is None:
            raise Unauthorized("the credential is not one of ours")
        self._known.pop(loaded[0], None)
        fresh = caller_of(caller.tenant_id, credential_id, loaded[1], self._services.registry)
        self._remember(loaded[0], fresh)
        return fresh

    async def of_profile(
        self, tenant_id: UUID, profile_id: UUID, *, invited: bool = False
    ) -> Caller:
        """The caller that a profile would be, for work in its name or, if `invited`, to tell what
        it will see once its person has come in; raises NotFound, Unauthorized."""
        facts = await load_profile(self._services.database, tenant_id, profile_id)
        if facts is None:
            raise NotFound("no such profile")
        caller = caller_of(tenant_id, profile_id, facts, self._services.registry, invited=invited)
        return replace(caller, proof=None, credential_kind="")

    async def of_user(self, tenant_id: UUID, user_id: UUID) -> Caller:
        """The caller that a person, invited or not, would be with the profile they start with;
        raises NotFound, Unauthorized."""
        async with self._services.system(tenant_id, reason="access") as ctx:
            profile_id = await start_profile(ctx, user_id)
        if profile_id is None:
            raise NotFound("no such user")
        return await self.of_profile(tenant_id, profile_id, invited=True)

    async def _load(self, token: tokens.Token) -> Caller:
        self._known.pop(token.digest, None)
        loaded = await load_caller(self._services.database, token.tenant_id, token.row_id)
        if loaded is None or not tokens.same(loaded[0], token.text):
            raise Unauthorized("the credential is not one of ours")
        if loaded[1]["kind"] != token.kind:
            raise Unauthorized("the credential is not one of ours")
        caller = caller_of(token.tenant_id, token.row_id, loaded[1], self._services.registry)
        self._remember(token.digest, caller)
        return caller

    def _remember(self, digest: bytes, caller: Caller) -> None:
        self._known[digest] = _Known(caller, time.monotonic() + KEEP_SECONDS)
        if len(self._known) > KEEP_MOST:
            self._known.popitem(last=False)

    async def _require_host(self, host: str, tenant_id: UUID) -> None:
        """A token is good on its tenant's hosts and on the installation's own address only."""
        site: Site | None = await self._hosts.site(host)
        if site is None:
            if self._hosts.is_base(host):
                return
            raise Forbidden("this host serves no tenant")
        if site.tenant_id != tenant_id:
            raise Forbidden("the token is another tenant's than the host")
