"""Telling the house, after an answer has gone out, what was looked for and what was opened.

The work is done as the house itself: whoever searches needs no right to it, and has none. What it
says of the person is a name for a day that the domain makes a digest of.
"""

import logging
from collections.abc import Mapping
from uuid import UUID

from starlette.background import BackgroundTask

from infra.kernel.access import Caller
from infra.kernel.errors import Problem
from infra.kernel.performing import perform
from infra.kernel.services import Services

CHARACTERS_LEAST = 3
_log = logging.getLogger(__name__)


def looked_for(
    services: Services, caller: Caller, door: str, words: str, results: int, address: str
) -> BackgroundTask | None:
    """Keep a search with how much it found; None for what is too short to mean anything."""
    if len(words.strip()) < CHARACTERS_LEAST:
        return None
    body = {
        "door": door, "audience": caller.audience, "language": caller.locale or "en",
        "query": words[:500], "results": results, "who": who(caller, address),
    }  # fmt: skip
    return BackgroundTask(_tell, services, caller.tenant_id, "knowledge_searches.note", body)


def was_opened(
    services: Services, caller: Caller, article_id: UUID | str, address: str
) -> BackgroundTask:
    """Keep that an article was read, for the search that led to it."""
    body = {"article_id": str(article_id), "who": who(caller, address)}
    return BackgroundTask(_tell, services, caller.tenant_id, "knowledge_searches.opened", body)


def who(caller: Caller, address: str) -> str:
    """What tells one person's searches from another's: the profile, else where they come from."""
    return f"{caller.profile_id or address or caller.audience}"


async def _tell(
    services: Services, tenant_id: UUID, action: str, body: Mapping[str, object]
) -> None:
    try:
        await perform(services, services.system_of(tenant_id), action, body=body)
    except Problem as refused:
        # The reader has their answer; a search less in a report is nobody's trouble.
        _log.info("a search was not kept: %s", refused)
