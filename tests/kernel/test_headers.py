import pytest
from starlette.responses import HTMLResponse, JSONResponse, Response

from infra.kernel.headers import DATA_POLICY, PAGE_POLICY, SecurityHeadersMiddleware
from tests.kernel.asgi import exchange


async def test_a_page_may_load_only_its_own_and_be_framed_by_nobody() -> None:
    answer = await exchange(SecurityHeadersMiddleware(HTMLResponse("x")), "/", "GET")
    assert answer.headers["content-security-policy"] == PAGE_POLICY
    assert "unsafe" not in PAGE_POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in answer.headers["permissions-policy"]
    assert "strict-transport-security" not in answer.headers


async def test_data_is_not_kept_and_cannot_act() -> None:
    app = SecurityHeadersMiddleware(JSONResponse({}), production=True)
    answer = await exchange(app, "/api/v1/cases", "GET")
    assert answer.headers["content-security-policy"] == DATA_POLICY
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"


@pytest.mark.parametrize("name", ["content-security-policy", "cache-control", "referrer-policy"])
async def test_what_a_handler_says_itself_stays(name: str) -> None:
    app = SecurityHeadersMiddleware(Response(headers={name: "mine"}))
    answer = await exchange(app, "/api/v1/attachments/x/content", "GET")
    assert answer.headers[name] == "mine"


async def test_what_other_sites_load_is_not_forbidden_to_them() -> None:
    app = SecurityHeadersMiddleware(
        Response("x", media_type="text/javascript"), is_embeddable=lambda p: p.startswith("/embed/")
    )
    answer = await exchange(app, "/embed/loader.js", "GET")
    assert "cross-origin-resource-policy" not in answer.headers
    assert "x-frame-options" not in answer.headers
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
