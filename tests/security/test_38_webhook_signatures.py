"""#38: what we send can be verified by anybody with the secret, and what is forged cannot."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from infra.kernel.webhooks import BadSignature, Vault, new_secret, signed_headers, verify

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BODY = b'{"type":"cases.created"}'


def signed(
    secret: str, at: datetime = NOW, body: bytes = BODY, name: str = "msg_1"
) -> dict[str, str]:
    return signed_headers([secret], name, int(at.timestamp()), body)


def test_38_a_third_party_verifies_with_nothing_but_the_secret_and_the_raw_body() -> None:
    secret = new_secret()
    headers = {key.lower(): value for key, value in signed(secret).items()}
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + BODY
    expected = base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
    assert f"v1,{expected}" in headers["webhook-signature"].split()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        signed(new_secret()),
        {"webhook-id": "msg_1", "webhook-timestamp": "1", "webhook-signature": "v1,"},
        {"webhook-id": "", "webhook-timestamp": "", "webhook-signature": ""},
    ],
)
def test_38_nothing_unsigned_or_signed_by_another_is_taken(headers: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        verify([new_secret()], headers, BODY, NOW)


def test_38_an_altered_stale_or_renamed_message_is_refused() -> None:
    secret = new_secret()
    good = signed(secret)
    lower = {key.lower(): value for key, value in good.items()}
    for headers, body, now in (
        (good, BODY + b" ", NOW),
        (good, BODY, NOW + timedelta(minutes=6)),
        (good, BODY, NOW - timedelta(minutes=6)),
        (lower | {"webhook-id": "msg_2"}, BODY, NOW),
        (lower | {"webhook-signature": lower["webhook-signature"].swapcase()}, BODY, NOW),
        (lower | {"webhook-signature": "v0," + "A" * 44}, BODY, NOW),
    ):
        with pytest.raises(BadSignature):
            verify([secret], headers, body, now)


def test_38_while_a_secret_is_changed_two_hold_and_then_one() -> None:
    vault, first = Vault("installation"), new_secret()
    second, column = vault.rotated([vault.seal(first)], NOW)
    open_now = vault.open(column, NOW)
    assert set(open_now) == {first, second}
    for secret in open_now:
        assert verify(open_now, signed(secret), BODY, NOW) == "msg_1"
    assert vault.open(column, NOW + timedelta(hours=25)) == [second]
