"""Texts to vectors: the built-in model, or the endpoint that a tenant has configured.

The built-in one is a table of word vectors that ships in a wheel: a text's vector is the mean of
its words'. It is read straight from the package's files, because importing the package sets up
logging for the whole process and its loader looks for the tokenizer on the network.
"""

import asyncio
import importlib.util
import math
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

import httpx2
import numpy as np
import openai
from safetensors import safe_open
from tokenizers import Tokenizer

from ai.transport import capped

DIMENSIONS = 256
_BATCH = 64
_TEXT_CHARACTERS_MAX = 8_000


class EmbeddingFailed(Exception):
    """The provider gave no vectors; the text stays searchable by its words."""


class Embedder(Protocol):
    """Turns texts into unit vectors; `model` is stored beside each, as vectors of two never mix."""

    @property
    def model(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    async def embed(self, texts: Sequence[str]) -> list[list[float] | None]:
        """One vector a text, None for a text that says nothing; raises EmbeddingFailed."""
        ...


def unit(vector: Sequence[float], *, dimensions: int = DIMENSIONS) -> list[float] | None:
    """The vector at length one; None where it has no direction; raises EmbeddingFailed."""
    if len(vector) != dimensions:
        raise EmbeddingFailed(f"expected {dimensions} dimensions, got {len(vector)}")
    length = math.sqrt(math.fsum(x * x for x in vector))
    if not math.isfinite(length):
        raise EmbeddingFailed("the vector is not finite")
    return [x / length for x in vector] if length > 1e-9 else None


class WordVectors:
    """The built-in English model: 256 dimensions, no network, tens of microseconds a text."""

    model = "wordllama-l2-supercat-256"
    dimensions = DIMENSIONS

    def __init__(self) -> None:
        self._lock = Lock()
        self._tokenizer: Tokenizer | None = None
        self._table: np.ndarray[Any, np.dtype[np.float16]] | None = None

    async def embed(self, texts: Sequence[str]) -> list[list[float] | None]:
        if not texts:
            return []
        # A thread, since the first call reads 16 MB and a large batch would hold up the loop.
        return await asyncio.to_thread(self._embed, [t[:_TEXT_CHARACTERS_MAX] for t in texts])

    def _load(self) -> tuple[Tokenizer, np.ndarray[Any, np.dtype[np.float16]]]:
        with self._lock:
            if self._tokenizer is None or self._table is None:
                found = importlib.util.find_spec("wordllama")
                if found is None or found.origin is None:
                    raise EmbeddingFailed("the built-in model is not installed")
                folder = Path(found.origin).parent
                tokenizer = Tokenizer.from_file(
                    str(folder / "tokenizers" / "l2_supercat_tokenizer_config.json")
                )
                tokenizer.no_padding()
                tokenizer.no_truncation()
                weights = folder / "weights" / "l2_supercat_256.safetensors"
                with safe_open(str(weights), framework="np") as opened:
                    self._table = opened.get_tensor("embedding.weight")
                self._tokenizer = tokenizer
            return self._tokenizer, self._table

    def _embed(self, texts: list[str]) -> list[list[float] | None]:
        tokenizer, table = self._load()
        vectors: list[list[float] | None] = []
        for start in range(0, len(texts), _BATCH):
            batch = tokenizer.encode_batch_fast(
                texts[start : start + _BATCH], add_special_tokens=False
            )
            vectors.extend(self._mean(table, words.ids) for words in batch)
        return vectors

    @staticmethod
    def _mean(table: np.ndarray[Any, np.dtype[np.float16]], ids: list[int]) -> list[float] | None:
        # The mean of no words is no number, which the database would refuse.
        if not ids:
            return None
        mean = table[np.minimum(ids, len(table) - 1)].astype(np.float32).mean(axis=0)
        length = float(np.linalg.norm(mean))
        if not math.isfinite(length) or length <= 1e-9:
            return None
        unit_vector: list[float] = (mean / length).tolist()
        return unit_vector


class EndpointVectors:
    """An OpenAI-compatible embeddings endpoint; the HTTP client given is guarded against SSRF."""

    dimensions = DIMENSIONS

    def __init__(
        self,
        *,
        base_url: str,
        api_key: str,
        model: str,
        http: httpx2.AsyncClient,
        seconds_max: float = 10.0,
    ) -> None:
        self.model = f"endpoint:{model}"[:100]
        self._remote_model = model
        self._seconds_max = seconds_max
        self._client = openai.AsyncOpenAI(
            base_url=base_url,
            api_key=api_key,
            http_client=capped(http),
            max_retries=0,
            timeout=seconds_max,
        )

    async def embed(self, texts: Sequence[str]) -> list[list[float] | None]:
        vectors: list[list[float] | None] = []
        for start in range(0, len(texts), _BATCH):
            vectors.extend(await self._batch(texts[start : start + _BATCH]))
        return vectors

    async def _batch(self, texts: Sequence[str]) -> list[list[float] | None]:
        wanted = [i for i, text in enumerate(texts) if text.strip()]
        vectors: list[list[float] | None] = [None] * len(texts)
        if not wanted:
            return vectors
        try:
            async with asyncio.timeout(self._seconds_max):
                answer = await self._client.embeddings.create(
                    model=self._remote_model,
                    input=[texts[i][:_TEXT_CHARACTERS_MAX] for i in wanted],
                    dimensions=self.dimensions,
                    encoding_format="float",
                )
            received = {row.index: [float(x) for x in row.embedding] for row in answer.data}
        except (openai.OpenAIError, httpx2.HTTPError, OSError) as error:
            raise EmbeddingFailed(type(error).__name__) from error
        except (TypeError, ValueError, AttributeError) as error:
            raise EmbeddingFailed("the answer has not the form of embeddings") from error
        if sorted(received) != list(range(len(wanted))):
            raise EmbeddingFailed(f"asked for {len(wanted)} vectors, got {len(received)}")
        for place, i in enumerate(wanted):
            vectors[i] = unit(received[place], dimensions=self.dimensions)
        return vectors
