import pytest

from tenants.redirects import local_path
from tests.tenants.house import Tenant, sign_in

EVIL = [
    "//evil.test",
    "///evil.test",
    "/\\evil.test",
    "\\/evil.test",
    "https:evil.test",
    "https://evil.test",
    "http:/evil.test",
    "/%0d%0aLocation:%20https://evil.test",
    "/\r\nLocation: https://evil.test",
    "/%09/evil.test",
    "/\t/evil.test",
    "/%2f/evil.test",
    "/%5cevil.test",
    "javascript:alert(1)",
    "data:text/html,x",
    " //evil.test",
    "evil.test",
    "",
    "/" + "a" * 3000,
]


@pytest.mark.parametrize("wanted", EVIL)
def test_only_a_local_path_is_followed(wanted: str) -> None:
    assert local_path(wanted) == "/"


@pytest.mark.parametrize(
    "wanted", ["/", "/cases", "/cases/CS0001026?tab=sla#top", "/a//b", "/suche?q=ä"]
)
def test_a_local_path_is_followed(wanted: str) -> None:
    assert local_path(wanted) == wanted


@pytest.mark.parametrize("wanted", EVIL[:12])
async def test_signing_in_leads_nowhere_else(acme: Tenant, wanted: str) -> None:
    user = await acme.user()
    answer = await sign_in(acme.browser(), user["email"], next=wanted)
    assert answer.json()["next"] == "/"
