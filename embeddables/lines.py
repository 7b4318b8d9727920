"""The line on which a page hears that something was said.

It is fed by the hub that feeds every other stream, which checks each event against what
the caller may read, and a visitor may read the conversations of their `visitor_id`; so no filter of
our own is needed. A page uses an event only as the sign to ask what was said.
"""

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from infra.kernel.access import Caller
from infra.kernel.live import LiveHub, serve


class Line(Response):
    """The caller's stream, with leave for the page to read it."""

    def __init__(self, hub: LiveHub, caller: Caller) -> None:
        super().__init__()
        self._hub, self._caller = hub, caller

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        leave = [(k, v) for k, v in self.raw_headers if k == b"vary" or k.startswith(b"access-")]

        async def pass_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *leave]}
            await send(message)

        # From now on, and only of conversations: what was said before is asked for.
        headers = [(k, v) for k, v in scope["headers"] if k != b"last-event-id"]
        narrow = {**scope, "query_string": b"kinds=interactions", "headers": headers}
        await serve(self._hub, self._caller, narrow, receive, pass_on)
