from collections.abc import Callable
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from ai.embeddings import EmbeddingFailed, WordVectors
from ai.indexing import Part, Source, embed_waiting, forget, refresh
from ai.retrieval import Hit, search
from ai.scopes import Scope
from infra.kernel.ids import uuid7
from infra.kernel.sql import Constant, Parameters
from tests.ai.conftest import Opener

ROUTER = """# Router X2

## Reset
Hold the recessed button on the back for ten seconds until the lamp turns amber.

## Slow connection
Move the router away from the microwave oven. Error E-4711 means that the line is noisy.
"""
CARD = "Your bank card is blocked after three wrong codes. Order a replacement in the app."
STAFF: tuple[str, ...] = ("staff",)
ALL = ("staff", "customer")


async def remember(
    opener: Opener,
    embedder: Any,
    tenant_id: UUID,
    text: str,
    *,
    audiences: tuple[str, ...] = ALL,
    owner_id: UUID | None = None,
    record_id: UUID | None = None,
    version: int = 1,
    language: str = "en",
) -> UUID:
    record_id = record_id or uuid7()
    async with opener(tenant_id)() as c:
        await c.execute(
            """INSERT INTO advice_records (tenant_id, id, owner_id, state)
               VALUES ($1, $2, $3, 'open') ON CONFLICT (tenant_id, id) DO NOTHING""",
            tenant_id,
            record_id,
            owner_id,
        )
    source = Source("advice", record_id, version, (Part(text, audiences),), language)
    await refresh(opener(tenant_id), embedder, source, tenant_id=tenant_id)
    return record_id


def owned_by(owner_id: UUID) -> Callable[[str, Parameters], str]:
    return lambda alias, p: f"{alias}.owner_id = {p.add(Constant(owner_id))}"


async def ask(
    opener: Opener,
    embedder: Any,
    tenant_id: UUID,
    text: str,
    *,
    audience: str = "staff",
    condition: Callable[[str, Parameters], str] | None = None,
    **options: Any,
) -> list[Hit]:
    async with opener(tenant_id)() as c:
        return await search(
            c,
            embedder,
            text,
            tenant_id=tenant_id,
            audience=audience,
            scopes=[Scope("advice", "advice_records", condition)],
            **options,
        )


async def test_finds_by_meaning_and_by_words(
    opener: Opener, embedder: WordVectors, tenant_id: UUID
) -> None:
    router = await remember(opener, embedder, tenant_id, ROUTER)
    card = await remember(opener, embedder, tenant_id, CARD)

    hits = await ask(opener, embedder, tenant_id, "my wifi is slow, what can I do?")
    assert hits[0].record_id == router
    hits = await ask(opener, embedder, tenant_id, "E-4711")
    assert [h.record_id for h in hits] == [router]
    assert "words" in hits[0].sides
    assert "E-4711" in hits[0].snippet
    hits = await ask(opener, embedder, tenant_id, "blocked card replacement")
    assert hits[0].record_id == card
    assert hits[0].sides == ("vector", "words")
    assert hits[0].every_word


async def test_nothing_fits_an_unrelated_question(
    opener: Opener, embedder: WordVectors, tenant_id: UUID
) -> None:
    await remember(opener, embedder, tenant_id, CARD)
    assert await ask(opener, embedder, tenant_id, "photosynthesis chlorophyll") == []


async def test_another_tenants_text_is_never_found(
    opener: Opener, embedder: WordVectors, tenant_id: UUID
) -> None:
    stranger = uuid7()
    canary = "zxqvkelp is the secret of the other company about blocked cards"
    await remember(opener, embedder, stranger, canary)
    await remember(opener, embedder, tenant_id, CARD)
    for question in ("zxqvkelp", canary, "secret of the other company", "blocked cards"):
        hits = await ask(opener, embedder, tenant_id, question, similarity_min=-1.0)
        assert all("zxqvkelp" not in h.snippet for h in hits)
    # Asking in the other tenant's name from inside this one finds nothing at all.
    async with opener(tenant_id)() as c:
        scopes = [Scope("advice", "advice_records")]
        assert (
            await search(c, embedder, canary, tenant_id=stranger, audience="staff", scopes=scopes)
            == []
        )


async def test_a_transaction_without_a_tenant_finds_nothing(
    pool: asyncpg.Pool, opener: Opener, embedder: WordVectors, tenant_id: UUID
) -> None:
    await remember(opener, embedder, tenant_id, CARD)
    async with pool.acquire() as c:
        found = await c.fetch(
            """SELECT * FROM app_chunk_search(
                 'advice', 'staff', 'block | card', '{block}', '{block,card}', 10, true)"""
        )
        assert found == []
        assert await c.fetchval("SELECT count(*) FROM chunks") == 0


async def test_internal_notes_are_not_found_by_customers(
    opener: Opener, embedder: WordVectors, tenant_id: UUID
) -> None:
    record = await remember(
        opener, embedder, tenant_id, "The customer is suspected of card fraud.", audiences=STAFF
    )
    question = "suspected of card fraud"
    assert [h.record_id for h in await ask(opener, embedder, tenant_id, question)] == [record]
    assert await ask(opener, embedder, tenant_id, question, audience="customer") == []


async def test_a_caller_with_few_records_finds_only_those(
    opener: Opener, embedder: WordVectors, tenant_id: UUID
) -> None:
    me = uuid7()
    await remember(opener, embedder, tenant_id, CARD, owner_id=uuid7())
    mine = await remember(
        opener, embedder, tenant_id, "My bank card was swallowed by the machine.", owner_id=me
    )
    question = "Your bank card is blocked after three wrong codes"
    hits = await ask(
        opener,
        embedder,
        tenant_id,
        question,
        condition=owned_by(me),
        audience="customer",
        similarity_min=-1.0,
    )
    assert [h.record_id for h in hits] == [mine]


async def test_a_caller_with_many_records_never_sees_a_better_hidden_one(
    opener: Opener, embedder: WordVectors, tenant_id: UUID
) -> None:
    me = uuid7()
    hidden = await remember(opener, embedder, tenant_id, CARD, owner_id=uuid7())
    async with opener(tenant_id)() as c:
        await c.execute(
            """INSERT INTO advice_records (tenant_id, id, owner_id, state)
               SELECT $1, gen_random_uuid(), $2, 'open' FROM generate_series(1, 700)""",
            tenant_id,
            me,
        )
    mine = await remember(
        opener, embedder, tenant_id, "The card of my bank does not work.", owner_id=me
    )
    hits = await ask(
        opener, embedder, tenant_id, "bank card blocked", condition=owned_by(me), similarity_min=0.0
    )
    assert [h.record_id for h in hits] == [mine]
    everything = await ask(opener, embedder, tenant_id, "bank card blocked", similarity_min=0.0)
    assert [h.record_id for h in everything] == [hidden, mine]


async def test_forgotten_text_is_gone(
    opener: Opener, embedder: WordVectors, tenant_id: UUID
) -> None:
    record = await remember(opener, embedder, tenant_id, CARD)
    async with opener(tenant_id)() as c:
        await forget(c, tenant_id, "advice", record)
    assert await ask(opener, embedder, tenant_id, "blocked card", similarity_min=-1.0) == []


async def test_changed_text_is_embedded_only_where_it_changed(
    opener: Opener, tenant_id: UUID
) -> None:
    counting = _Counting()
    record = await remember(opener, counting, tenant_id, ROUTER)
    assert counting.texts == 2
    await remember(
        opener,
        counting,
        tenant_id,
        ROUTER.replace("amber", "green"),
        record_id=record,
        version=2,
    )
    assert counting.texts == 3
    hits = await ask(opener, counting, tenant_id, "lamp turns green")
    assert "green" in hits[0].snippet


async def test_an_older_version_does_not_overwrite_a_newer_one(
    opener: Opener, embedder: WordVectors, tenant_id: UUID
) -> None:
    record = await remember(opener, embedder, tenant_id, ROUTER, version=5)
    await remember(opener, embedder, tenant_id, CARD, record_id=record, version=4)
    hits = await ask(opener, embedder, tenant_id, "recessed button")
    assert [h.record_id for h in hits] == [record]
    assert await ask(opener, embedder, tenant_id, "bank card blocked codes") == []


async def test_text_without_a_provider_is_found_by_words_and_catches_up(
    opener: Opener, embedder: WordVectors, tenant_id: UUID
) -> None:
    with pytest.raises(EmbeddingFailed, match="down"):
        await remember(opener, _Down(), tenant_id, CARD)
    hits = await ask(opener, _Down(), tenant_id, "blocked replacement")
    assert hits[0].sides == ("words",)
    assert await embed_waiting(opener(tenant_id), embedder, tenant_id=tenant_id) == 1
    assert await embed_waiting(opener(tenant_id), embedder, tenant_id=tenant_id) == 0
    hits = await ask(opener, embedder, tenant_id, "blocked replacement")
    assert hits[0].sides == ("vector", "words")


async def test_german_words_are_found_in_any_form(
    opener: Opener, embedder: WordVectors, tenant_id: UUID
) -> None:
    record = await remember(
        opener, embedder, tenant_id, "Die Rechnungen werden monatlich verschickt.", language="de"
    )
    hits = await ask(opener, embedder, tenant_id, "Rechnung", languages=("de", "en"))
    assert [h.record_id for h in hits] == [record]


async def test_any_input_is_answered(
    opener: Opener, embedder: WordVectors, tenant_id: UUID
) -> None:
    await remember(opener, embedder, tenant_id, "quote ' and backslash \\ in C:\\temp\\a.txt")
    for text in (
        "",
        " \x00 ",
        "' OR 1=1 --",
        "\\",
        "a' & !b | (c",
        "C:\\temp\\a.txt",
        "%_",
        "🙂" * 2000,
        "\ud800 lone",
        "the of and",
        "x" * 100_000,
        "http://example.org/'x'\\y",
    ):
        await ask(opener, embedder, tenant_id, text, languages=("en", "xx", "de-AT"))


class _Counting(WordVectors):
    def __init__(self) -> None:
        super().__init__()
        self.texts = 0

    async def embed(self, texts: Any) -> list[list[float] | None]:
        self.texts += len(texts)
        return await super().embed(texts)


class _Down:
    model = "endpoint:down"
    dimensions = 256

    async def embed(self, texts: Any) -> list[list[float] | None]:
        raise EmbeddingFailed("down")
