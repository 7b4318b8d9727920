"""Lists as SQL. A caller with one way to the rows gets one plain scan; a caller with several gets
a merge: the newest page of each way from its own index, united, sorted, cut. The obvious `OR` of
the ways would make a caller with few rows scan the whole tenant.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from infra.kernel.access import TENANT, Plan, Way
from infra.kernel.columns import columns_of
from infra.kernel.custom.asking import condition_sql, value_sql
from infra.kernel.custom.indexing import staff_kind
from infra.kernel.paths import PathCompiler
from infra.kernel.query import Filter, ListQuery, SortKey
from infra.kernel.resource import Everything, Path, Resource, Through
from infra.kernel.sql import Parameters, Slot, Statement, names

if TYPE_CHECKING:
    from infra.kernel.registry import Registry

SEARCH_HITS_MOST = 2_000
_COMPARE = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}


class ListCompiler:
    """Compiles a plan and the shape of a query to statements; both are cached by shape."""

    def __init__(self, registry: "Registry") -> None:
        self._registry = registry
        self._cache: dict[tuple[Any, ...], Statement] = {}

    def page(
        self, plan: Plan, query: ListQuery, shown: Sequence[str], *, raw: bool = False
    ) -> Statement:
        """The rows of one page, and one more that tells whether there is another."""
        key = ("page", plan, query.shape, tuple(shown), raw)
        return self._cached(key, lambda: _Compiling(self._registry, plan, query).page(shown, raw))

    def count(self, plan: Plan, query: ListQuery) -> Statement:
        """How many rows the caller may read that match."""
        key = ("count", plan, query.shape)
        return self._cached(key, lambda: _Compiling(self._registry, plan, query).count())

    def one(
        self,
        plan: Plan,
        verb: str,
        shown: Sequence[str],
        by: str,
        lock: bool,
        *,
        raw: bool = False,
    ) -> Statement:
        """One row by `id` or `number`, if the verb reaches it."""
        key = ("one", plan, verb, tuple(shown), by, lock, raw)
        return self._cached(
            key, lambda: compile_one(self._registry, plan, verb, shown, by, lock, raw)
        )

    def answer(self, plan: Plan, verb: str, shown: Sequence[str]) -> Statement:
        """A row just written, whether it may be read, and whether `verb` still reaches it."""
        key = ("answer", plan, verb, tuple(shown))
        return self._cached(key, lambda: compile_answer(self._registry, plan, verb, shown))

    def many(self, plan: Plan, shown: Sequence[str], *, raw: bool = False) -> Statement:
        """Those of the rows in slot `ids` that the caller may read."""
        key = ("many", plan, tuple(shown), raw)
        return self._cached(key, lambda: compile_many(self._registry, plan, "read", shown, raw))

    def several(self, plan: Plan, verb: str, shown: Sequence[str], lock: bool) -> Statement:
        """Those of the rows in slot `ids` that the verb reaches; locked in one order by all."""
        key = ("several", plan, verb, tuple(shown), lock)
        return self._cached(key, lambda: compile_many(self._registry, plan, verb, shown, lock=lock))

    def reached(self, plan: Plan, verb: str) -> Statement:
        """Which of the ids in slot `ids` the verb reaches."""
        key = ("reached", plan, verb)
        return self._cached(key, lambda: compile_many(self._registry, plan, verb, ("id",)))

    def _cached(self, key: tuple[Any, ...], compile_now: Any) -> Statement:
        statement = self._cache.get(key)
        if statement is None:
            if len(self._cache) > 20_000:
                self._cache.clear()
            statement = self._cache[key] = compile_now()
        return statement

    def values(self, statement: Statement, caller: Any, query: ListQuery) -> list[Any]:
        """Binds a compiled page or count to this caller and this request."""
        return statement.values(
            caller.attributes, slots_of(query) | {"tenant_id": caller.tenant_id}
        )


def slots_of(query: ListQuery) -> dict[str, Any]:
    """The request's values by slot."""
    slots: dict[str, Any] = {}
    for each in query.indexed:
        slots[f"field:{each.path}"] = each.field_id
    for index, condition in enumerate(query.filters):
        slots[f"filter{index}"] = condition.value
        if condition.operator in {"contains", "starts"}:
            escaped = condition.value.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
            slots[f"filter{index}"] = f"{'%' if condition.operator == 'contains' else ''}{escaped}%"
    if query.words:
        slots["words"] = " & ".join(f"'{word}':*" for word in query.words)
    for index, value in enumerate(query.after or ()):
        slots[f"after{index}"] = value
    return slots


_AS_TEXT = {"uuid": "::text", "uuid[]": "::text[]"}


def selected(resource: Resource, columns: Sequence[str], *, raw: bool) -> str:
    """The columns of alias `c`. For an answer that is serialised at once, ids come as the text
    they are in JSON: made there they cost a fifth of what an object each costs here."""
    if not raw:
        return names(columns, "c")
    known = columns_of(resource)
    return ", ".join(
        f'c."{name}"{_AS_TEXT.get(known[name].sql, "")} AS "{name}"' for name in columns
    )


def mask_columns(compiler: PathCompiler, plan: Plan, alias: str) -> str:
    """One boolean a way: which of them reach this row, so that its columns can be masked."""
    if not plan.has_masks:
        return ""
    tests = ", ".join(compiler.way(way, alias) for way in plan.by("read"))
    return f", ARRAY[{tests}] AS ways"


class _Compiling:
    def __init__(self, registry: "Registry", plan: Plan, query: ListQuery) -> None:
        self._registry = registry
        self._plan = plan
        self._query = query
        self._parameters = Parameters()
        self._paths = PathCompiler(registry, self._parameters)
        self._table = plan.resource.table
        self._columns = columns_of(plan.resource)
        self._indexed = {each.path: each for each in query.indexed}
        self._index = next((k.column for k in query.sort if k.column in self._indexed), None)
        """The tenant's own field that the list is sorted by, if it is one."""
        if self._index is not None:
            self._columns = {**self._columns, self._index: self._indexed[self._index].column}

    @property
    def _limit(self) -> int:
        """Written out: for an unknown limit the planner would plan each page anew."""
        return self._query.limit + 1

    def page(self, shown: Sequence[str], raw: bool) -> Statement:
        ways = () if self._plan.is_total("read") else self._plan.by("read")
        sorts = (k.column for k in self._query.sort if k.column != self._index)
        columns = tuple(dict.fromkeys((*shown, *sorts)))
        head = selected(self._plan.resource, columns, raw=raw)
        head += mask_columns(self._paths, self._plan, "c")
        if not self._plan.may("read"):
            text = f'SELECT {head}{self._value("NULL")} FROM "{self._table}" c WHERE FALSE'
        elif any(isinstance(way.path, Through) for way in ways):
            text = self._merge(ways, head)
        elif len(ways) > 1:
            text = self._interleave(ways, head, columns)
        else:
            conditions = [*self._base("c"), *(self._paths.way(way, "c") for way in ways)]
            text = (
                f"SELECT {head}{self._value('s.value')} FROM {self._from('c')} "
                f"WHERE {_all(conditions)} ORDER BY {self._order('c')} LIMIT {self._limit}"
            )
        return Statement(text, tuple(self._parameters.tokens))

    def count(self) -> Statement:
        self._index = None
        conditions = self._base("c", paged=False)
        conditions.append(self._paths.reaches(self._plan, "read", "c"))
        text = f'SELECT count(*) FROM "{self._table}" c WHERE {_all(conditions)}'
        return Statement(text, tuple(self._parameters.tokens))

    def _interleave(self, ways: Sequence[Way], head: str, columns: Sequence[str]) -> str:
        """Ways that are each an index in the order of the list: read turn by turn, and no further
        than the page. No row comes twice, so nothing has to be compared or fetched again."""
        inner = names(columns, "c")
        if self._plan.has_masks:
            inner = names(self._plan.resource.columns, "c")
        inner += self._value("s.value")
        branches = [
            f"SELECT {inner} FROM {self._from('c')} WHERE {_all(self._only(way, ways[:index]))} "
            f"ORDER BY {self._order('c')} LIMIT {self._limit}"
            for index, way in enumerate(ways)
        ]
        united = " UNION ALL ".join(f"({branch})" for branch in branches)
        head += self._value(f'c."{self._index}"')
        order = self._order("c", united=True)
        return f"SELECT {head} FROM ({united}) c ORDER BY {order} LIMIT {self._limit}"

    def _only(self, way: Way, before: Sequence[Way]) -> list[str]:
        """The rows of a way that none of those before it leads to."""
        others = [f"({self._paths.way(other, 'c')}) IS NOT TRUE" for other in before]
        return [*self._base("c"), self._paths.way(way, "c"), *others]

    def _merge(self, ways: Sequence[Way], head: str) -> str:
        """The newest keys of each way, united. Each comes out of its index alone, which a test
        against the other ways would undo: what came twice is dropped afterwards."""
        branches = " UNION ".join(f"({self._branch(way)})" for way in ways)
        limit = self._limit
        value = self._value(f'k."{self._index}"')
        keys = f"SELECT * FROM ({branches}) u ORDER BY {self._order('u')} LIMIT {limit}"
        return (
            f"SELECT {head}{value} "
            f'FROM ({keys}) k JOIN "{self._table}" c '
            f"ON c.tenant_id = {self._parameters.add(TENANT)} AND c.id = k.id "
            f"ORDER BY {self._order('k')}"
        )

    def _branch(self, way: Way) -> str:
        """The first page of one way. A way through another table probes this table's own index
        once per key instead of sorting all that the keys reach; where the other table's rows are
        most of it, these are read in the order of the list and each looks up its own key."""
        keys = names([k.column for k in self._query.sort if k.column != self._index], "c")
        keys += self._value("s.value")
        tail = f"ORDER BY {self._order('c')} LIMIT {self._limit}"
        path = way.path
        if isinstance(path, Through) and not _begins_anywhere(path):
            key = f'c."{path.column}" = w.key'
            probe = [*self._base("c"), key, *self._where(way)]
            per_key = f"SELECT {keys} FROM {self._from('c')} WHERE {_all(probe)} {tail}"
            distinct = f"SELECT DISTINCT q.key FROM ({self._paths.keys(path)}) q (key)"
            return (
                f"SELECT p.* FROM ({distinct}) w "
                f"CROSS JOIN LATERAL ({per_key}) p ORDER BY {self._order('p')} "
                f"LIMIT {self._limit}"
            )
        conditions = _all([*self._base("c"), self._paths.way(way, "c")])
        return f"SELECT {keys} FROM {self._from('c')} WHERE {conditions} {tail}"

    def _from(self, alias: str) -> str:
        """The table, with the index that the list is sorted by beside it: every record has its
        row there, so that the join loses none."""
        if self._index is None:
            return f'"{self._table}" {alias}'
        tenant = self._parameters.add(TENANT)
        field_id = self._slot(f"field:{self._index}", "uuid")
        return (
            f'"{self._table}" {alias} JOIN {self._indexed[self._index].table} s '
            f"ON s.tenant_id = {tenant} AND s.field_id = {field_id} AND s.record_id = {alias}.id"
        )

    def _value(self, value: str) -> str:
        return f', {value} AS "{self._index}"' if self._index is not None else ""

    def _ref(self, alias: str, column: str, *, united: bool = False) -> str:
        """A sort key of the row behind `alias`; in the table itself an index holds it."""
        is_apart = column == self._index and alias == "c" and not united
        return "s.value" if is_apart else f'{alias}."{column}"'

    def _where(self, way: Way) -> list[str]:
        rest = Way(way.source, way.path_name, Everything(), way.verbs, None, way.where)
        return [self._paths.way(rest, "c")]

    def _base(self, alias: str, *, paged: bool = True) -> list[str]:
        parts = [f"{alias}.tenant_id = {self._parameters.add(TENANT)}"]
        parts += [self._filter(i, f, alias) for i, f in enumerate(self._query.filters)]
        if self._query.words:
            parts.append(self._search(alias))
        if paged and self._query.after is not None:
            parts.append(self._keyset(alias, self._query.after))
        return parts

    def _custom(self, index: int, condition: Filter, alias: str) -> str:
        found = self._indexed[condition.column]
        many = "[]" if condition.operator == "in" else ""
        value = ""
        if condition.operator not in {"null", "given"}:
            value = self._slot(f"filter{index}", found.sql + many)
        if condition.column == self._index:
            # Its index is at hand: the order and the bounds come out of one scan.
            return value_sql(condition.operator, "s.value", value)
        return condition_sql(
            condition.operator, found.table, f"f{index}", f"{alias}.id",
            self._parameters.add(TENANT), self._slot(f"field:{found.path}", "uuid"), value,
        )  # fmt: skip

    def _filter(self, index: int, condition: Filter, alias: str) -> str:
        if condition.column in self._indexed:
            return self._custom(index, condition, alias)
        column = f'{alias}."{condition.column}"'
        cast = self._columns[condition.column].sql
        if condition.operator == "null":
            value = self._slot(f"filter{index}", "boolean")
            return f"({column} IS NULL) = {value}"
        if condition.operator == "in":
            return f"{column} = ANY({self._slot(f'filter{index}', f'{cast}[]')})"
        if condition.operator in {"contains", "starts"}:
            return f"{column} ILIKE {self._slot(f'filter{index}', 'text')}"
        value = self._slot(f"filter{index}", cast.removesuffix("[]"))
        if cast.endswith("[]"):
            test = f"{value} = ANY({column})"
            return f"NOT coalesce({test}, false)" if condition.operator == "ne" else test
        if condition.operator == "ne":
            return f"{column} IS DISTINCT FROM {value}"
        return f"{column} {_COMPARE.get(condition.operator, '=')} {value}"

    def _search(self, alias: str) -> str:
        words = self._slot("words", "text")
        kinds = [self._plan.resource.name]
        if self._query.inner_words:
            kinds.append(staff_kind(self._plan.resource))
        hits = " UNION ".join(
            f"SELECT h.id FROM app_search('{kind}', "
            f"to_tsquery('simple', {words}), {SEARCH_HITS_MOST}) h"
            for kind in kinds
        )
        return f"{alias}.id IN ({hits})"

    def _keyset(self, alias: str, after: tuple[Any, ...]) -> str:
        """The rows after the cursor. Equal directions over columns without nulls compare as one
        row, which an index can seek; the general form spells the order out."""
        sort = self._query.sort
        plain = all(not self._columns[k.column].nullable for k in sort)
        if plain and len({k.descending for k in sort}) == 1:
            left = ", ".join(self._ref(alias, k.column) for k in sort)
            right = ", ".join(self._after(i, k) for i, k in enumerate(sort))
            return f"({left}) {'<' if sort[0].descending else '>'} ({right})"
        cases, equal = [], list[str]()
        for index, key in enumerate(sort):
            beyond = self._beyond(alias, index, key, is_null=after[index] is None)
            cases.append(_all([*equal, beyond]))
            column = self._ref(alias, key.column)
            equal.append(
                f"{column} IS NULL"
                if after[index] is None
                else f"{column} = {self._after(index, key)}"
            )
        return "(" + " OR ".join(f"({case})" for case in cases) + ")"

    def _beyond(self, alias: str, index: int, key: SortKey, *, is_null: bool) -> str:
        """Nulls sort last going up and first going down, as PostgreSQL has it."""
        column = self._ref(alias, key.column)
        if is_null:
            return f"{column} IS NOT NULL" if key.descending else "FALSE"
        test = f"{column} {'<' if key.descending else '>'} {self._after(index, key)}"
        if self._columns[key.column].nullable and not key.descending:
            return f"({test} OR {column} IS NULL)"
        return test

    def _after(self, index: int, key: SortKey) -> str:
        return self._slot(f"after{index}", self._columns[key.column].sql)

    def _order(self, alias: str, *, united: bool = False) -> str:
        return ", ".join(
            f"{self._ref(alias, key.column, united=united)}{' DESC' if key.descending else ''}"
            for key in self._query.sort
        )

    def _slot(self, name: str, cast: str = "") -> str:
        return self._parameters.add(Slot(name), f"::{cast}" if cast else "")


def _begins_anywhere(path: Path) -> bool:
    """Whether the way starts from every row of a table, not from the few that are the caller's."""
    while isinstance(path, Through):
        path = path.inner
    return isinstance(path, Everything)


def _all(conditions: Sequence[str]) -> str:
    return " AND ".join(c for c in conditions if c != "TRUE") or "TRUE"


def compile_one(
    registry: "Registry",
    plan: Plan,
    verb: str,
    shown: Sequence[str],
    by: str,
    lock: bool,
    raw: bool,
) -> Statement:
    """A row by key; `FOR UPDATE` where it is about to change."""
    parameters = Parameters()
    paths = PathCompiler(registry, parameters)
    tenant, key = parameters.add(TENANT), parameters.add(Slot("key"))
    text = (
        f"SELECT {selected(plan.resource, shown, raw=raw)}{mask_columns(paths, plan, 'c')} "
        f'FROM "{plan.resource.table}" c WHERE c.tenant_id = {tenant} AND c."{by}" = {key} '
        f"AND {paths.reaches(plan, verb, 'c')}{' FOR UPDATE OF c' if lock else ''}"
    )
    return Statement(text, tuple(parameters.tokens))


def compile_many(
    registry: "Registry",
    plan: Plan,
    verb: str,
    shown: Sequence[str],
    raw: bool = False,
    lock: bool = False,
) -> Statement:
    """The rows, of those in slot `ids`, on which the plan grants the verb."""
    parameters = Parameters()
    paths = PathCompiler(registry, parameters)
    tenant, ids = parameters.add(TENANT), parameters.add(Slot("ids"), "::uuid[]")
    head = selected(plan.resource, tuple(dict.fromkeys((*shown, "id"))), raw=raw)
    text = (
        f"SELECT {head}{mask_columns(paths, plan, 'c')} "
        f'FROM "{plan.resource.table}" c WHERE c.tenant_id = {tenant} '
        f"AND c.id = ANY({ids}) AND {paths.reaches(plan, verb, 'c')}"
        f"{' ORDER BY c.id FOR UPDATE OF c' if lock else ''}"
    )
    return Statement(text, tuple(parameters.tokens))


def compile_answer(registry: "Registry", plan: Plan, verb: str, shown: Sequence[str]) -> Statement:
    """The row in slot `key`, with `readable` and `stays`."""
    parameters = Parameters()
    paths = PathCompiler(registry, parameters)
    tenant, key = parameters.add(TENANT), parameters.add(Slot("key"))
    text = (
        f"SELECT {names(shown, 'c')}{mask_columns(paths, plan, 'c')}, "
        f"{paths.reaches(plan, 'read', 'c')} AS readable, "
        f"{paths.reaches(plan, verb, 'c')} AS stays "
        f'FROM "{plan.resource.table}" c WHERE c.tenant_id = {tenant} AND c.id = {key}'
    )
    return Statement(text, tuple(parameters.tokens))
