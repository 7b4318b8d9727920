"""The pure rules of this floor, as tables of values."""

from uuid import UUID

import pytest

from infra.kernel.errors import Invalid
from infra.kernel.quotas import QuotaReached
from tenants import csrf, emails, tokens
from tenants.credentials.scopes import covers
from tenants.directory.catalog import Reference, deletion_order
from tenants.passwords import require_good
from tenants.plans import PLANS, plan
from tenants.roles import BUILT_IN, grantable
from tenants.sealing import SealBroken, seal, unseal

TENANT, ROW = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Ada@Example.TEST", "ada@example.test"),
        (" ada@example.test. ", "ada@example.test"),
        ("ａｄａ@example.test", "ada@example.test"),
        ("AD\u0130L@example.test", "adil@example.test"),
        ("\u212aim@example.test", "kim@example.test"),
        ("a\u00adda@example.test", "ada@example.test"),
    ],
)
def test_an_address_has_one_form(typed: str, key: str) -> None:
    assert emails.canonical(typed) == key


def test_the_short_way_to_an_address_leads_where_the_long_one_does() -> None:
    for sign in map(chr, range(0x20, 0x7F)):
        for text in (f"a{sign}B@Example.com", f"{sign}ab@example.com", f"ab@example.com{sign}"):
            # A joiner, which is taken out again, is what sends a text the long way.
            assert emails.canonical(text) == emails.canonical(text.replace("@", "\u200d@"))


def test_a_token_names_its_tenant_and_its_row() -> None:
    text = tokens.mint("api_key", TENANT, ROW)
    parsed = tokens.parse(text, "api_key")
    assert parsed is not None
    assert (parsed.tenant_id, parsed.row_id, parsed.kind) == (TENANT, ROW, "api_key")
    assert tokens.parse(text, "session") is None
    assert tokens.same(tokens.digest(text), text)
    assert tokens.parse(tokens.public_id("oauth_client", TENANT, ROW), "oauth_client") is None


def test_a_sealed_text_opens_for_its_row_only() -> None:
    sealed = seal("key", "secret", bound_to="tenant:row")
    assert unseal("key", sealed, bound_to="tenant:row") == "secret"
    for key, text, bound in (
        ("other", sealed, "tenant:row"),
        ("key", sealed, "tenant:other"),
        ("key", sealed[:-4] + "AAAA", "tenant:row"),
        ("key", "secret", "tenant:row"),
    ):
        with pytest.raises(SealBroken):
            unseal(key, text, bound_to=bound)


def test_a_csrf_token_is_one_sessions() -> None:
    token = csrf.issue("key", "session:1")
    assert csrf.verify("key", "session:1", token)
    for key, binding, text in (
        ("key", "session:2", token),
        ("other", "session:1", token),
        ("key", "", csrf.issue("key", "")),
        ("key", "session:1", ""),
        ("key", "session:1", None),
        ("key", "session:1", token + "A" * 300),
    ):
        assert not csrf.verify(key, binding, text)


@pytest.mark.parametrize(
    "password", ["", "short", "password", "Welcome2026!", "11111111", "ab" * 70]
)
def test_an_obvious_password_is_refused(password: str) -> None:
    with pytest.raises(Invalid):
        require_good(password)


@pytest.mark.parametrize("password", ["correct horse battery", "пароль-для-меня", "x9#Lq!2z"])
def test_a_good_password_is_taken(password: str) -> None:
    require_good(password)


def test_nobody_gives_more_than_he_has() -> None:
    assert grantable({"agent_b2b"}) == {"agent_b2b"}
    assert grantable({"customer_admin"}) == {"customer_admin", "customer", "customer_case_manager"}
    assert grantable({"admin"}, ["own"]) == (set(BUILT_IN) | {"own"}) - {"visitor", "system"}
    assert grantable({"visitor"}) == set()


@pytest.mark.parametrize(
    ("held", "wanted", "may"),
    [
        (None, ["*"], True),
        ({"*"}, ["cases:read"], True),
        ({"cases:*"}, ["cases:read"], True),
        ({"*:read"}, ["cases:read"], True),
        ({"cases:read"}, ["cases:*"], False),
        ({"cases:read"}, ["*"], False),
        (set(), ["cases:read"], False),
    ],
)
def test_scopes_are_handed_on_only_as_far_as_held(
    held: set[str] | None, wanted: list[str], may: bool
) -> None:
    assert covers(frozenset(held) if held is not None else None, wanted) is may


def test_a_plan_has_an_end() -> None:
    most = PLANS["trial"].users_max
    plan("trial").require_room("users_max", most - 1)
    with pytest.raises(QuotaReached, match="25 users"):
        plan("trial").require_room("users_max", most)
    with pytest.raises(QuotaReached):
        plan("a plan that is gone").require_room("users_max", most)


def test_children_go_before_parents_and_circles_are_opened() -> None:
    edges = [
        Reference("lines", "orders", "order_id", False),
        Reference("orders", "people", "owner_id", False),
        Reference("people", "orders", "last_order_id", True),
    ]
    order, emptied = deletion_order(["people", "orders", "lines"], edges)
    assert order == ["lines", "orders", "people"]
    assert [edge.column for edge in emptied] == ["last_order_id"]
    with pytest.raises(ValueError, match="name each other"):
        deletion_order(
            ["a", "b"], [Reference("a", "b", "b_id", False), Reference("b", "a", "a_id", False)]
        )
