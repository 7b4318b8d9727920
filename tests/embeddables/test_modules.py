"""Admins set up external sites."""

import warnings

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import OKPKey, RSAKey

from infra.kernel.errors import Conflict, Forbidden, Invalid, StillReferenced
from tests.embeddables.shop import ORIGIN, Shop, a_shop, by_hand, claims_of, signed
from tests.world import World


async def test_a_secret_is_shown_once_and_stored_sealed(shop: Shop) -> None:
    listed = await shop.tenant.admin.http().get("/api/v1/modules")
    assert [row["key"] for row in listed.json()["data"]] == [shop.key]
    audit = await shop.tenant.admin.http().get("/api/v1/audit_entries?limit=200")
    for text in (listed.text, audit.text):
        assert shop.secret not in text
        assert "secrets" not in listed.json()["data"][0]
    async with shop.world.services.database.transaction(shop.tenant.id) as connection:
        stored = await connection.fetchval("SELECT secrets::text FROM modules")
    assert shop.secret not in stored
    assert "v1:" in stored


async def test_every_fault_of_a_module_is_named_at_once(shop: Shop) -> None:
    bad = ["https://*.example.com", "null", "https://shop.example.com/", "ftp://x", "HTTPS://A.b"]
    with pytest.raises(Invalid) as refused:
        await shop.change(
            origins=[*bad, "https://a.example:443", ORIGIN],
            algorithm="RS256",
            public_keys=["no key"],
            components={"knowledge_search": {"knowledge_base_ids": [shop.module["id"]]}},
        )
    assert [fault.pointer for fault in refused.value.faults] == [
        *(f"/origins/{place}" for place in range(6)),
        "/public_keys/0",
        "/components/knowledge_search/knowledge_base_ids/0",
    ]


async def test_only_an_admin_sets_modules_up(shop: Shop) -> None:
    manager = await shop.tenant.member("service_manager")
    with pytest.raises(Forbidden):
        await manager.do("modules.create", name="Mine")
    with pytest.raises(Forbidden):
        await manager.list("modules")


async def test_two_secrets_are_good_while_one_is_exchanged(shop: Shop) -> None:
    secrets = [shop.secret]
    for _ in range(2):
        made = await shop.tenant.admin.do("modules.rotate_secret", shop.module["id"])
        secrets.append(made.secret)
    good = [(await shop.session(signed(s, claims_of())))["identified"] for s in secrets]
    assert good == [False, True, True]
    at_once = await shop.tenant.admin.do(
        "modules.rotate_secret", shop.module["id"], overlap_hours=0
    )
    assert not (await shop.session(signed(secrets[2], claims_of())))["identified"]
    assert (await shop.session(signed(at_once.secret, claims_of())))["identified"]


@pytest.mark.parametrize("algorithm", ["RS256", "EdDSA"])
async def test_a_site_may_sign_with_a_key_that_we_never_hold(world: World, algorithm: str) -> None:
    private = (
        generate_private_key(65537, 2048) if algorithm == "RS256" else Ed25519PrivateKey.generate()
    )
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    shop = await a_shop(
        world, await world.tenant(), algorithm=algorithm, public_keys=[public.decode()]
    )
    assert shop.module["secret"] is None
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    key = (RSAKey if algorithm == "RS256" else OKPKey).import_key(pem.decode())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)
        token = jwt.encode({"alg": algorithm}, claims_of(), key, algorithms=[algorithm])
    assert (await shop.session(token))["identified"]
    confused = by_hand({"alg": "HS256", "typ": "JWT"}, claims_of(), public)
    assert not (await shop.session(confused))["identified"]
    with pytest.raises(Conflict):
        await shop.tenant.admin.do("modules.rotate_secret", shop.module["id"])


async def test_one_component_serves_several_sites_each_with_its_own_words(shop: Shop) -> None:
    admin = shop.tenant.admin
    shared = await admin.do(
        "module_components.create",
        name="Form",
        kind="case_create",
        options={"title": "Write to us", "category": "shop", "anonymous": True},
    )
    here = {"component_id": str(shared["id"]), "title": "Ask the shop"}
    await shop.change(components={"case_create": here})
    other = await a_shop(
        shop.world, shop.tenant, components={"case_create": {"component_id": str(shared["id"])}}
    )
    titles = [
        (await site.page().get(f"/embed/v1/modules/{site.key}")).json()["components"]["case_create"]
        for site in (shop, other)
    ]
    assert [t["title"] for t in titles] == ["Ask the shop", "Write to us"]
    assert all("category" not in told for told in titles)
    with pytest.raises(StillReferenced):
        await admin.do("module_components.delete", shared["id"])
    with pytest.raises(Invalid) as refused:
        await admin.do("module_components.create", name="F", kind="case_create", options={"x": 1})
    assert refused.value.faults[0].pointer == "/options/x"


async def test_changing_or_closing_a_site_ends_its_sessions(shop: Shop) -> None:
    page = await shop.as_("noor@example.com")
    assert (await page.get("/embed/v1/products")).status_code == 200
    await shop.change(locale="de")
    assert (await page.get("/embed/v1/products")).status_code == 401
    page = await shop.stranger()
    await shop.tenant.admin.do("modules.delete", shop.module["id"])
    assert (await page.get("/embed/v1/knowledge?q=x")).status_code == 401
    gone = await shop.page().post("/embed/v1/session", json={"module": shop.key})
    assert gone.status_code == 404
