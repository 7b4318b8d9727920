"""The client that openai's library is given: the guarded one, with an end to what it reads.

The library reads whole answers, errors too. Whoever runs an endpoint could otherwise fill this
process's memory within the time limit, or send a few kilobytes that unpack to gigabytes.
"""

from collections.abc import AsyncIterator

import httpx2

ANSWER_BYTES_MAX = 2 * 1024 * 1024


class _Capped(httpx2.AsyncByteStream):
    def __init__(self, answer: httpx2.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = 0
        async for part in self._answer.aiter_raw():
            read += len(part)
            if read > ANSWER_BYTES_MAX:
                raise httpx2.ReadError("the answer is too large")
            yield part

    async def aclose(self) -> None:
        await self._answer.aclose()


class _Through(httpx2.AsyncBaseTransport):
    def __init__(self, guarded: httpx2.AsyncClient) -> None:
        self._guarded = guarded

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        request.headers["accept-encoding"] = "identity"
        answer = await self._guarded.send(request, stream=True, follow_redirects=False)
        if answer.headers.get("content-encoding", "identity") != "identity":
            await answer.aclose()
            raise httpx2.ReadError("the answer is packed")
        return httpx2.Response(
            answer.status_code,
            headers=answer.headers,
            stream=_Capped(answer),
            extensions=answer.extensions,
        )


def capped(guarded: httpx2.AsyncClient) -> httpx2.AsyncClient:
    """A client that goes out through the guarded one and reads ANSWER_BYTES_MAX at most."""
    return httpx2.AsyncClient(
        transport=_Through(guarded), follow_redirects=False, trust_env=False, timeout=None
    )
