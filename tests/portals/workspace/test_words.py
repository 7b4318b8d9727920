"""No code without words: what the desk shows of records is said in English and in German."""

from collections.abc import Iterator

from backend.domains import DOMAINS
from infra.kernel.columns import columns_of
from infra.kernel.registry import Registry
from portals.vocabulary import COLLECTIONS
from portals.words import CODES, FIELDS, STATES, VERBS
from portals.workspace.reader import Row
from portals.workspace.records.inputs import described
from portals.workspace.records.kinds import CASES, KINDS
from portals.workspace.records.shapes import Kind

REGISTRY = Registry(DOMAINS)
PAGES = (*KINDS.values(), CASES)


def asked(kind: Kind) -> Iterator[Row]:
    """The fields of every form of a kind, with the parts of those that are made of parts."""
    forms = [(f"{kind.collection}.{verb}", kind.asks) for verb in ("create", "update")]
    forms += [(f"{kind.collection}.{verb}", names) for verb, names in kind.told.items()]
    forms += [(f"{kind.collection}.{each.verb}", each.asks) for each in kind.previews]
    forms += [(f"{kind.collection if p.own else p.collection}.{p.add}", p.asks)
              for tab in kind.tabs for p in tab.panels if p.add]  # fmt: skip
    for action, names in forms:
        definition = REGISTRY.actions.get(action)
        body = definition.body("staff").model_fields if definition else {}
        for name in names:
            if name in body:
                yield from with_parts(described(name, body[name], None))


def with_parts(field: Row) -> Iterator[Row]:
    yield field
    for part in field.get("parts", ()):
        yield from with_parts(part)


def names_of(kind: Kind) -> set[str]:
    """What stands as a heading or a label on the pages of a kind."""
    names = {kind.title, *kind.columns, *kind.facts, *kind.filters}
    for panel in (panel for tab in kind.tabs for panel in tab.panels):
        names |= set(panel.columns)
    return names | {field["label"] or field["name"] for field in asked(kind)}


def codes_of(kind: Kind) -> set[str]:
    """What a column or a field of a kind may be, as far as it is one of a few."""
    columns = columns_of(REGISTRY.resources[kind.collection])
    enums = [columns[n].enum for n in {*kind.columns, *kind.facts, *kind.filters} if n in columns]
    found = {str(each.value) for enum in enums if enum for each in enum}
    return found | {choice["value"] for field in asked(kind) for choice in field["choices"]}


def test_every_field_of_the_desk_has_words() -> None:
    wanting = {name for kind in PAGES for name in names_of(kind)} - set(FIELDS)
    assert wanting == set(), sorted(wanting)


def test_every_code_that_may_be_chosen_has_words() -> None:
    said = {*CODES, *STATES, *VERBS}
    wanting = {code for kind in PAGES for code in codes_of(kind)} - said
    assert wanting == set(), sorted(wanting)


def test_every_collection_and_every_verb_that_can_be_granted_has_words() -> None:
    assert set(REGISTRY.resources) - set(COLLECTIONS) == set()
    verbs = {action.granted_by for action in REGISTRY.actions.values()}
    assert verbs - set(VERBS) == set(), sorted(verbs - set(VERBS))
