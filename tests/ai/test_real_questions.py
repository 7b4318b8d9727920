"""How well search finds what people really ask, on questions that others wrote."""

import json
from pathlib import Path
from uuid import UUID

import pytest
from pgvector import HalfVector

from ai.embeddings import WordVectors
from ai.retrieval import search
from ai.scopes import Scope
from infra.kernel.ids import uuid7
from tests.ai.conftest import Opener

QUESTIONS = Path(__file__).parents[3] / "shared" / "data" / "clinc150" / "data_small.json"
ASKED = 300


@pytest.fixture
def questions() -> dict[str, list[list[str]]]:
    if not QUESTIONS.exists():
        pytest.skip(f"{QUESTIONS.name} is absent")
    found: dict[str, list[list[str]]] = json.loads(QUESTIONS.read_text())
    return found


@pytest.mark.external
async def test_three_of_four_questions_find_their_own_intent_first(
    opener: Opener,
    embedder: WordVectors,
    tenant_id: UUID,
    questions: dict[str, list[list[str]]],
) -> None:
    known = questions["train"]
    vectors = await embedder.embed([text for text, _ in known])
    intents = {uuid7(): intent for _, intent in known}
    async with opener(tenant_id)() as c:
        await c.execute(
            """INSERT INTO chunks (tenant_id, id, kind, record_id, ordinal, body, audiences,
                                   content_hash, model, embedding)
               SELECT $1, u.id, 'advice', u.id, 0, u.body, '{staff}', '', $4, u.vector
                 FROM unnest($2::uuid[], $3::text[], $5::halfvec[]) u(id, body, vector)""",
            tenant_id,
            list(intents),
            [text for text, _ in known],
            embedder.model,
            [HalfVector(v or [0.0] * 256) for v in vectors],
        )
    first = among_ten = 0
    asked = questions["test"][:: len(questions["test"]) // ASKED][:ASKED]
    for text, intent in asked:
        async with opener(tenant_id)() as c:
            hits = await search(
                c,
                embedder,
                text,
                tenant_id=tenant_id,
                audience="staff",
                scopes=[Scope("advice", "advice_records")],
            )
        found = [intents[h.record_id] for h in hits]
        first += found[:1] == [intent]
        among_ten += intent in found
    assert first / ASKED >= 0.75, first / ASKED
    assert among_ten / ASKED >= 0.9, among_ten / ASKED
