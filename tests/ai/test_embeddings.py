import math
import subprocess
import sys

import pytest

from ai.embeddings import EmbeddingFailed, WordVectors, unit


def cosine(a: list[float] | None, b: list[float] | None) -> float:
    assert a is not None
    assert b is not None
    return sum(x * y for x, y in zip(a, b, strict=True))


async def test_related_texts_are_nearer_than_unrelated_ones(embedder: WordVectors) -> None:
    card, blocked, weather = await embedder.embed(
        ["my bank card is blocked", "credit card was frozen", "it will rain tomorrow"]
    )
    assert cosine(card, blocked) > 0.3
    assert cosine(card, weather) < 0.2


async def test_vectors_are_unit_long_and_the_same_alone_or_in_a_batch(
    embedder: WordVectors,
) -> None:
    texts = [f"text number {n} about {'routers ' * n}" for n in range(150)]
    together = await embedder.embed(texts)
    assert await embedder.embed([texts[149]]) == [together[149]]
    assert all(v and math.isclose(cosine(v, v), 1.0, abs_tol=1e-5) for v in together)


async def test_texts_that_say_nothing_have_no_vector(embedder: WordVectors) -> None:
    assert await embedder.embed([""]) == [None]
    assert await embedder.embed([]) == []
    for odd in ("\x00", "🙂", "\ufeff", " \n\t", "a" * 100_000):
        for vector in await embedder.embed([odd]):
            assert vector is None or all(map(math.isfinite, vector))


def test_it_is_the_packages_own_model_without_its_loader() -> None:
    """Compared in a process of its own, as the package sets up logging when it is imported."""
    program = """
import asyncio, warnings
from pathlib import Path
warnings.simplefilter("ignore")
from ai.embeddings import WordVectors
import wordllama
theirs = wordllama.WordLlama.load(
    cache_dir=Path(wordllama.__file__).parent, disable_download=True
).embed(["my card is blocked", "Die Karte"], norm=True)
ours = asyncio.run(WordVectors().embed(["my card is blocked", "Die Karte"]))
assert abs(theirs - ours).max() < 1e-3, abs(theirs - ours).max()
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_a_vector_of_the_wrong_shape_or_not_finite_is_refused() -> None:
    assert unit([0.0] * 256) is None
    with pytest.raises(EmbeddingFailed):
        unit([1.0] * 255)
    with pytest.raises(EmbeddingFailed):
        unit([math.nan] * 256)
