"""The statements of the advice rooms. Every one names the tenant beside the policy that does.

A search is one statement. For each kind it first counts, up to a few hundred, what the caller may
read. Is that little, then exactly those records' pieces are compared; is it much, then the nearest
pieces and the best words come from their indexes and the caller's condition is tested on them in
that order, until enough have passed. Either way nothing is ranked that the caller may not read.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pgvector import HalfVector

from ai.scopes import Scope
from infra.kernel.access import TENANT
from infra.kernel.sql import Parameters, Slot, Statement

NARROW_RECORDS_MAX = 500
CANDIDATES = 60
WORDS_CAP = 1_000
PROBED_SHARE = 0.08
FILTERED_SHARE = 0.14
FILTERED_MOST = 3_000
_FUSION = 60


@dataclass(frozen=True, slots=True)
class Question:
    """One search, ready to be written as SQL."""

    tenant_id: UUID
    audience: str
    words: str
    languages: tuple[str, ...]
    model: str
    vector: list[float] | None
    scopes: tuple[Scope, ...]
    similarity_min: float
    by_record: bool


def search_statement(question: Question) -> tuple[str, list[Any]]:
    """The search's SQL and its values."""
    p = Parameters()
    bound = _Bound(
        tenant=p.add(TENANT),
        vector=p.add(Slot("vector")),
        model=p.add(Slot("model")),
        words=p.add(Slot("words"), "::text"),
        languages=p.add(Slot("languages"), "::text[]"),
        audience=p.add(Slot("audience"), "::text"),
        least=p.add(Slot("least"), "::float8"),
    )
    asked = (
        f"asked AS MATERIALIZED (SELECT {bound.vector}::halfvec(256) AS vector, q.* "
        f"FROM app_chunk_query({bound.words}, {bound.languages}) q)"
    )
    ctes = [asked]
    sides: list[str] = []
    limits: list[str] = []
    for n, scope in enumerate(question.scopes):
        block = _Block(n, scope, p, bound)
        ctes += block.ctes(with_vector=question.vector is not None)
        sides += block.sides(with_vector=question.vector is not None)
        limits.append(f"WHEN '{scope.kind}' THEN {int(scope.hits_max)}")
    if not sides:
        raise ValueError("a search needs at least one scope")
    one = "kind, record_id" if question.by_record else "kind, id"
    statement = Statement(_fused(ctes, sides, limits, bound, one), tuple(p.tokens))
    attributes = {k: v for scope in question.scopes for k, v in scope.attributes.items()}
    slots = {
        "tenant_id": question.tenant_id,
        "vector": HalfVector(question.vector) if question.vector is not None else None,
        "model": question.model,
        "words": question.words,
        "languages": list(question.languages),
        "audience": question.audience,
        "least": question.similarity_min,
    }
    return statement.text, statement.values(attributes, slots)


@dataclass(frozen=True, slots=True)
class _Bound:
    """The placeholders that every part of the statement shares."""

    tenant: str
    vector: str
    model: str
    words: str
    languages: str
    audience: str
    least: str


@dataclass(frozen=True, slots=True)
class _Block:
    """One kind's part of the statement."""

    n: int
    scope: Scope
    parameters: Parameters
    bound: _Bound

    def ctes(self, *, with_vector: bool) -> list[str]:
        wide_records = self._wide_records()
        parts: list[str] = []
        if self.scope.condition is not None:
            parts.append(
                f"seen{self.n} AS MATERIALIZED (SELECT r.id FROM {self.scope.table} r "
                f"WHERE r.tenant_id = {self.bound.tenant} AND ({self._condition()}) "
                f"LIMIT {NARROW_RECORDS_MAX + 1})"
            )
        if with_vector:
            parts.append(f"near{self.n} AS MATERIALIZED ({self._near(wide_records)})")
        parts.append(
            f"said{self.n} AS MATERIALIZED ({self._said(wide_records, with_vector=with_vector)})"
        )
        return parts

    def sides(self, *, with_vector: bool) -> list[str]:
        head = f"SELECT '{self.scope.kind}' AS kind, id, record_id"
        order = "row_number() OVER (ORDER BY"
        said = f"{head}, 'words' AS side, every, {order} every DESC, rank DESC, id) AS place"
        near = f"{head}, 'vector' AS side, false AS every, {order} distance, id) AS place"
        return [f"{said} FROM said{self.n}"] + (
            [f"{near} FROM near{self.n}"] if with_vector else []
        )

    def _condition(self) -> str:
        assert self.scope.condition is not None  # noqa: S101 - callers have looked
        return self.scope.condition("r", self.parameters)

    def _wide_records(self) -> str:
        # A scalar sub-select with a limit is evaluated row by row from the best candidate down; an
        # EXISTS would be turned into a join over all of the caller's records.
        if self.scope.condition is None:
            return ""
        return (
            f"(SELECT count(*) FROM seen{self.n}) > {NARROW_RECORDS_MAX} AND "
            f"(SELECT true FROM {self.scope.table} r WHERE r.tenant_id = {self.bound.tenant} "
            f"AND r.id = s.record_id AND ({self._condition()}) LIMIT 1)"
        )

    def _near(self, wide_records: str) -> str:
        fits = (
            f"c.embedding IS NOT NULL AND c.model = {self.bound.model} "
            f"AND {self.bound.audience} = ANY (c.audiences)"
        )
        # A caller who sees a part of the records needs more neighbours for as many answers.
        share = FILTERED_SHARE if wide_records else PROBED_SHARE
        cells = (
            f"FROM chunk_cells k WHERE k.tenant_id = {self.bound.tenant} AND k.kind = '{self.kind}'"
        )
        distance = "c.embedding <#> (SELECT vector FROM asked)"
        probed = (
            f"SELECT 0 AS cell UNION ALL (SELECT k.cell {cells} AND k.model = {self.bound.model} "
            f"ORDER BY k.centroid <#> (SELECT vector FROM asked) "
            f"LIMIT (SELECT 8 + ceil(count(*) * {share})::integer {cells}))"
        )
        wide = (
            f"SELECT s.id, s.record_id, s.distance FROM ("
            f"SELECT c.id, c.record_id, {distance} AS distance FROM ({probed}) AS probed "
            f"JOIN chunks c ON c.tenant_id = {self.bound.tenant} AND c.kind = '{self.kind}' "
            f"AND c.cell = probed.cell WHERE {fits} ORDER BY distance"
        )
        if not wide_records:
            return f"{wide} LIMIT {CANDIDATES}) s"
        wide += f" LIMIT {FILTERED_MOST}) s WHERE {wide_records} LIMIT {CANDIDATES}"
        narrow = (
            f"SELECT c.id, c.record_id, {distance} AS distance {self._narrow_from()} "
            f"AND {fits} ORDER BY distance LIMIT {CANDIDATES}"
        )
        return f"({wide}) UNION ALL ({narrow})"

    def _said(self, wide_records: str, *, with_vector: bool) -> str:
        found = (
            f"SELECT f.id, f.record_id, max(f.rank) AS rank, bool_or(f.every) AS every "
            f"FROM app_chunk_search('{self.kind}', {self.bound.audience}, "
            f"(SELECT any_words FROM asked), (SELECT together FROM asked), "
            f"(SELECT longest FROM asked), {WORDS_CAP}, {not with_vector}) f "
            f"GROUP BY f.id, f.record_id"
        )
        scored = "ts_rank(c.body_tsv, a.any_words, 1) AS rank, c.body_tsv @@ a.all_words AS every"
        if with_vector:
            # What the vectors found is scored by its words too, however common they are; the rank
            # is the function's own, so that a piece found by both is one row.
            found += (
                f" UNION SELECT c.id, c.record_id, {scored} FROM near{self.n} n "
                f"JOIN chunks c ON c.tenant_id = {self.bound.tenant} AND c.id = n.id, asked a "
                f"WHERE c.body_tsv @@ a.any_words"
            )
        found = f"SELECT u.* FROM ({found}) u ORDER BY u.every DESC, u.rank DESC, u.id"
        if not wide_records:
            return f"{found} LIMIT {CANDIDATES}"
        wide = f"SELECT s.* FROM ({found} OFFSET 0) s WHERE {wide_records} LIMIT {CANDIDATES}"
        narrow = (
            f"SELECT c.id, c.record_id, {scored} {self._narrow_from(', asked a')} "
            f"AND (c.body_tsv @@ a.any_words OR c.body_tsv @@ a.all_words) "
            f"AND {self.bound.audience} = ANY (c.audiences) "
            f"ORDER BY every DESC, rank DESC, id LIMIT {CANDIDATES}"
        )
        return f"({wide}) UNION ALL ({narrow})"

    def _narrow_from(self, beside: str = "") -> str:
        return (
            f"FROM seen{self.n} v JOIN chunks c ON c.tenant_id = {self.bound.tenant} "
            f"AND c.kind = '{self.kind}' AND c.record_id = v.id{beside} "
            f"WHERE (SELECT count(*) FROM seen{self.n}) <= {NARROW_RECORDS_MAX}"
        )

    @property
    def kind(self) -> str:
        return self.scope.kind


def _fused(ctes: list[str], sides: list[str], limits: list[str], bound: _Bound, one: str) -> str:
    return f"""WITH {", ".join(ctes)},
    sided AS ({" UNION ALL ".join(sides)}),
    fused AS (
      SELECT kind, id, record_id, sum(1.0 / ({_FUSION} + place))::float8 AS score,
             bool_or(every) AS every, array_agg(side ORDER BY side) AS sides
        FROM sided GROUP BY kind, id, record_id),
    read AS (
      SELECT f.*, c.ordinal, c.title, c.body, c.language,
             CASE WHEN c.model = {bound.model}
                  THEN -(c.embedding <#> (SELECT vector FROM asked)) END AS similarity
        FROM fused f JOIN chunks c ON c.tenant_id = {bound.tenant} AND c.id = f.id),
    relevant AS (
      SELECT r.*, row_number() OVER (PARTITION BY {one} ORDER BY score DESC, id) AS of_one
        FROM read r WHERE every OR similarity >= {bound.least} OR similarity IS NULL),
    placed AS (
      SELECT r.*, row_number() OVER (PARTITION BY kind ORDER BY score DESC, id) AS of_kind
        FROM relevant r WHERE of_one = 1)
    SELECT kind, id, record_id, ordinal, title, body, language, similarity, score, every, sides
      FROM placed WHERE of_kind <= CASE kind {" ".join(limits)} END
     ORDER BY score DESC, kind, id"""
