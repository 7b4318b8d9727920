"""Whoever asks learns nothing of who has an account: not by words, status or time."""

import statistics
import time

from tests.tenants.house import Tenant, sign_in


async def test_answers_are_the_same_for_somebody_and_nobody(acme: Tenant) -> None:
    user = await acme.user()
    for path, extra in (("/auth/sign-in", {"password": "wrong"}), ("/auth/forgot", {})):
        bodies = []
        for email in (user["email"], "nobody@example.test"):
            answer = await acme.browser().post(path, json={"email": email} | extra)
            bodies.append((answer.status_code, answer.json()))
        assert bodies[0] == bodies[1]


async def test_a_wrong_password_takes_as_long_as_no_account(acme: Tenant) -> None:
    users = [await acme.user() for _ in range(3)]
    known, unknown = [], []
    for turn in range(24):
        for email, times in (
            (users[turn % 3]["email"], known),
            (f"nobody{turn}@example.test", unknown),
        ):
            started = time.perf_counter()
            assert (await sign_in(acme.browser(), email, "wrong")).status_code == 401
            times.append(time.perf_counter() - started)
    gap = abs(statistics.median(known) - statistics.median(unknown))
    assert gap < max(0.005, 2 * statistics.stdev(known + unknown))
