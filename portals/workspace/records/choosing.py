"""What the parts of a form may be, where that follows from the rest of the form or from the house:
the verbs of a resource, the ways to it, its columns, the tenant's roles."""

from collections.abc import Callable, Mapping
from zoneinfo import available_timezones

from infra.kernel.columns import columns_of
from infra.kernel.registry import Registry
from infra.kernel.resource import Link, Relation, Resource
from portals.words import LOCALES
from portals.workspace.reader import Reader, Row
from portals.workspace.records.composed import Advise, Values, beside
from portals.workspace.records.kinds import laid_out_by_role
from portals.workspace.records.known import Advice, Known, codes
from portals.workspace.records.of_approvals import OF_APPROVALS, sample
from portals.workspace.records.of_cases import OF_CASES, lists_of_cases, needed_by_type
from portals.workspace.records.questions import OF_QUESTIONS, OF_SURVEYS, folded, hint
from portals.workspace.records.shapes import Kind
from tenants.roles import AUDIENCE_OF_KIND, BUILT_IN

_SIDE = {"employee": ("staff",), "contact": ("customer", "partner")}
_WAYS_MOST = 400
_WITH_LETTERS = {"automations", "surveys"}
_WITH_GROUPS = {"case_types", "catalog_items", "approval_rules"}
_WRITES = {"create": "created", "update": "updated", "delete": "deleted"}
_STEPS_MOST = 3
"""In how many steps a way that is offered leads to its anchor."""


async def adviser(reader: Reader, kind: Kind, row: Row | None, values: Values) -> Advise:
    """The advice for a form of this kind."""
    asks = set(kind.asks)
    known = Known(
        reader.services.registry, row, await _audiences(reader, kind, row, values),
        tuple(await _roles(reader, kind, row, values)) if asks & {"roles", "role"} else (),
        tuple([str(each["key"]) for each in await reader.rows(
            "message_templates", {"limit": "200", "kind": "mail"})])
        if kind.collection in _WITH_LETTERS else (),
        tuple([{"value": str(each["id"]), "label": each["name"]}
               for each in await reader.rows("groups", {"limit": "200"})])
        if kind.collection in _WITH_GROUPS else (),
        *((await needed_by_type(reader, row, values), await lists_of_cases(reader))
          if kind.collection == "cases" else ()),
    )  # fmt: skip
    own = _ADVICE.get(kind.collection, {})

    def advise(place: str, name: str, form: Values) -> Row:
        given = own.get(place) or _EVERYWHERE.get(place.rpartition(".")[2])
        return given(known, name, form) if given else {}

    return advise


async def _audiences(
    reader: Reader, kind: Kind, row: Row | None, values: Values
) -> tuple[str, ...]:
    """For whom a role or a responsibility is that the form is about."""
    if kind.collection == "roles":
        return (values.get("audience") or (row or {}).get("audience") or "staff",)
    if kind.collection == "access_configurations":
        key = values.get("responsibility_id") or (row or {}).get("responsibility_id")
        found = await reader.maybe("responsibilities", key)
        side = str(getattr(found["kind"], "value", found["kind"])) if found else ""
        return _SIDE.get(side, ("staff", "customer", "partner"))
    return ("staff",)


async def _roles(reader: Reader, kind: Kind, row: Row | None, values: Values) -> list[Row]:
    """The roles that somebody of this kind may have, the tenant's own among them."""
    own = await reader.rows("roles", {"limit": "200"})
    found = [{"value": r.name, "label": r.title, "audience": r.audience, "kinds": r.kinds}
             for r in BUILT_IN.values() if r.kinds]  # fmt: skip
    found += [{"value": r["name"], "label": r["title"], "audience": r["audience"], "kinds": ()}
              for r in own]  # fmt: skip
    side = str(values.get("kind") or getattr((row or {}).get("kind"), "value", "")
               or (row or {}).get("kind") or "")  # fmt: skip
    if kind.collection == "profiles" and side:
        audience = AUDIENCE_OF_KIND.get(side)
        own = [each for each in found if not each["kinds"] and each["audience"] == audience]
        return [each for each in found if side in each["kinds"]] + own
    if kind.collection in {"groups", "page_layouts"}:
        return [each for each in found if each["audience"] == "staff"]
    return found


def _said(known: Known, values: Values, name: str) -> str:
    """What the form says, or else the record, which not every form may change."""
    return values.get(name) or str((known.row or {}).get(name) or "")


def _resource(known: Known, name: str) -> Resource | None:
    return known.registry.resources.get(name)


# ── Roles and responsibilities ───────────────────────────────────────────────────────────────


def verbs_of(known: Known, resource: Resource | None) -> Row:
    """What people of the audience can do with a resource."""
    if resource is None:
        return {"kind": "many", "choices": []}
    found = {
        action.granted_by
        for action in known.registry.actions_of[resource.name]
        if not set(known.audiences).isdisjoint(action.audiences)
    }
    ordered = ["read", *sorted(found - {"read"})]
    return {"kind": "many", "words": "verb", "choices": codes(ordered)}


def columns_shown(known: Known, resource: Resource | None) -> Row:
    """The columns that the audience may be shown; none chosen stands for all."""
    names: list[str] = []
    for audience in known.audiences:
        view = resource.view(audience) if resource else None
        names += view.read if view else ()
    return {"kind": "many", "words": "field", "choices": codes(dict.fromkeys(names)),
            "is_folded": True, "hint": "columns"}  # fmt: skip


def _grant_resource(known: Known, _name: str, _form: Values) -> Row:
    return {"list": "collections", "redraws": True}


def _grant_verbs(known: Known, name: str, form: Values) -> Row:
    return verbs_of(known, _resource(known, form.get(beside(name, "resource"), "")))


def _grant_path(known: Known, name: str, form: Values) -> Row:
    found = _resource(known, form.get(beside(name, "resource"), ""))
    return {"kind": "choice", "words": "path", "label": "reach",
            "choices": codes(found.paths if found else ())}  # fmt: skip


def _grant_columns(known: Known, name: str, form: Values) -> Row:
    return columns_shown(known, _resource(known, form.get(beside(name, "resource"), "")))


def _given_verbs(known: Known, _name: str, form: Values) -> Row:
    return verbs_of(known, _resource(known, _said(known, form, "resource")))


def _given_columns(known: Known, _name: str, form: Values) -> Row:
    return columns_shown(known, _resource(known, _said(known, form, "resource")))


def _ways(known: Known, _name: str, form: Values) -> Row:
    found = _resource(known, _said(known, form, "resource"))
    return {"options": ways_from(known.registry, found) if found else [], "hint": "via"}


def ways_from(registry: Registry, resource: Resource) -> list[str]:
    """The ways from rows of a resource to what a responsibility may be held on, short ones first:
    references straight on, and links to a table of memberships with one step more."""
    ways: list[str] = []
    edge = [("", resource, frozenset({resource.name}))]
    for _ in range(_STEPS_MOST):
        following = []
        for way, here, seen in edge:
            steps: Mapping[str, Relation | Link] = {**here.relations, **here.links}
            for name, step in steps.items():
                target = registry.resources.get(step.resource)
                if target is None or target.name in seen:
                    continue
                longer = f"{way}.{name}" if way else name
                if isinstance(step, Relation):
                    ways.append(longer)
                following.append((longer, target, seen | {target.name}))
        edge = following
    return ways[:_WAYS_MOST]


def _condition_field(known: Known, _name: str, form: Values) -> Row:
    found = _resource(known, _said(known, form, "resource"))
    if found is None:
        return {}
    known_columns = columns_of(found)
    names = [n for n in dict.fromkeys((*found.filters, "state"))
             if n in known_columns and known_columns[n].comparable]  # fmt: skip
    return {"kind": "choice", "words": "field", "choices": codes(names), "redraws": True}


def _condition_values(known: Known, name: str, form: Values) -> Row:
    found = _resource(known, _said(known, form, "resource"))
    column = columns_of(found).get(form.get(beside(name, "_key"), "")) if found else None
    if column is None:
        return {"kind": "list"}
    if column.enum is not None:
        return {"kind": "many", "words": "code", "choices": codes(e.value for e in column.enum)}
    if column.sql == "boolean":
        return {"kind": "many", "takes": "flags", "words": "code",
                "choices": codes(("true", "false"))}  # fmt: skip
    is_number = column.sql in {"integer", "smallint", "bigint"}
    return {"kind": "list", "takes": "numbers" if is_number else "list"}


def _one_role(known: Known, _name: str, _form: Values) -> Row:
    return {"kind": "choice", "choices": list(known.roles), "words": ""}


def _roles_known(known: Known, _name: str, _form: Values) -> Row:
    return {"kind": "many", "choices": list(known.roles), "words": ""}


# ── What else follows from the house ─────────────────────────────────────────────────────────


def _collections(test: Callable[[Registry, Resource], bool]) -> Advice:
    def advice(known: Known, _name: str, _form: Values) -> Row:
        found = [name for name, each in sorted(known.registry.resources.items())
                 if test(known.registry, each)]  # fmt: skip
        return {"kind": "choice", "words": "collection", "choices": codes(found)}

    return advice


def _offering(part: str) -> Advice:
    """One of the lists that stand at the end of the page."""
    return lambda _known, _name, _form: {"list": part}


def _priority(_known: Known, _name: str, _form: Values) -> Row:
    return {"kind": "choice", "takes": "number", "words": "priority", "choices": codes(range(1, 5))}


def _body_of(known: Known, action: str) -> list[str]:
    definition = known.registry.actions.get(action)
    return list(definition.body("staff").model_fields) if definition else []


def _macro_field(known: Known, name: str, form: Values) -> Row:
    verb = form.get(beside(name, "verb", 3), "")
    return {"kind": "choice", "words": "field", "choices": codes(_body_of(known, f"cases.{verb}"))}


def _act_field(known: Known, name: str, form: Values) -> Row:
    return {"options": _body_of(known, form.get(beside(name, "action", 3), ""))}


def _case_fields(known: Known, _name: str, _form: Values) -> Row:
    names = [name for name in _body_of(known, "cases.create") if name != "custom"]
    return {"kind": "many", "words": "field", "is_folded": True, "choices": codes(names)}


def _letters(known: Known, _name: str, _form: Values) -> Row:
    return {"kind": "choice", "choices": codes(known.templates), "words": ""}


def _group(known: Known, _name: str, _form: Values) -> Row:
    return {"kind": "choice", "choices": list(known.groups), "words": ""}


def _pages(_known: Known, _name: str, _form: Values) -> Row:
    return {"kind": "choice", "words": "collection", "redraws": True,
            "choices": codes(sorted(laid_out_by_role()))}  # fmt: skip


def _parts_of_pages(known: Known, _name: str, form: Values) -> Row:
    kind = laid_out_by_role().get(_said(known, form, "resource"))
    parts = kind.parts if kind else ()
    offered = [{"value": name, "label": titles[-1], "titles": titles} for name, titles in parts]
    return {"kind": "many", "words": "titles", "choices": offered}


def _facts_of_pages(known: Known, _name: str, form: Values) -> Row:
    kind = laid_out_by_role().get(_said(known, form, "resource"))
    return {"kind": "many", "words": "field", "choices": codes(kind.facts if kind else ())}


def _redraws(_known: Known, _name: str, _form: Values) -> Row:
    return {"redraws": True}


_ANY = _collections(lambda _registry, _resource: True)
_MADE = _collections(lambda registry, each: f"{each.name}.create" in registry.actions)
_EVERYWHERE: Mapping[str, Advice] = {
    "roles": _roles_known, "zone": _offering("zones"), "locale": _offering("locales"),
    "default_locale": _offering("locales"), "priority": _priority, "default_priority": _priority,
    "priority_most": _priority, "translations": folded,
}  # fmt: skip
_ADVICE: Mapping[str, Mapping[str, Advice]] = {
    "roles": {
        "audience": _redraws, "grants.resource": _grant_resource, "grants.verbs": _grant_verbs,
        "grants.path": _grant_path, "grants.columns": _grant_columns,
    },
    "access_configurations": {
        "resource": lambda k, n, f: _ANY(k, n, f) | {"redraws": True},
        "responsibility_id": _redraws, "via": _ways, "verbs": _given_verbs,
        "columns": _given_columns, "conditions._key": _condition_field,
        "conditions._value": _condition_values,
    },
    "profiles": {"kind": _redraws, "role": _one_role},
    "custom_fields": {
        "resource": _collections(lambda _registry, each: each.is_customizable), "target": _ANY,
        "label._key": _offering("locales"), "help._key": _offering("locales"),
        "choices.label._key": _offering("locales"),
    },
    "choice_lists": {"resource": _ANY},
    "choices": {"label._key": _offering("locales")},
    **{name: {"translations._key": _offering("locales")}
       for name in ("catalogs", "catalog_categories")},
    "message_templates": {
        "resource": _ANY, "texts._key": _offering("locales"), "record_id": sample,
    },
    "approval_rules": {
        **OF_APPROVALS, "resource": lambda k, n, f: _ANY(k, n, f) | {"redraws": True},
    },
    "sla_definitions": {"kind": _collections(lambda _registry, each: each.is_promised)},
    "automations": {
        "steps.do": _redraws, "steps.template": _letters, "steps.action": _offering("actions"),
        "steps.body._key": _act_field, "event_types": _offering("events"),
    },
    "macros": {"steps.verb": _redraws, "steps.values._key": _macro_field},
    "case_types": {
        "required_fields": _case_fields, "hidden_fields": _case_fields,
        "priorities._value": _priority, "tasks.assignment_group_id": _group,
        "tasks.when": hint("case"), "tasks.after": hint("after"),
        "translations._key": _offering("locales"), "stages.translations._key": _offering("locales"),
    },
    "catalog_items": {
        **OF_QUESTIONS, "tasks.assignment_group_id": _group, "case_priority": _priority,
        "form.translations._key": _offering("locales"),
        "translations._key": _offering("locales"),
    },
    "surveys": {
        **OF_SURVEYS, "letter": _letters, "translations._key": _offering("locales"),
        "questions.translations._key": _offering("locales"),
    },
    "cases": OF_CASES,
    "page_layouts": {
        "resource": _pages, "role": _one_role, "hidden_parts": _parts_of_pages,
        "facts": _facts_of_pages,
    },
    "imports": {"resource": _MADE},
    "exports": {"resource": _ANY},
    "import_mappings": {"resource": _MADE},
}  # fmt: skip


def event_types(registry: Registry) -> set[str]:
    """Everything that is told of records, and for each kind whatever is told of it."""
    found = {f"{name}.*" for name in registry.resources}
    for definition in registry.actions.values():
        found |= {event.type for event in definition.emits}
        if definition.resource.emits and definition.name in _WRITES:
            found.add(f"{definition.resource.name}.{_WRITES[definition.name]}")
    return found


def lists(registry: Registry, wanted: set[str]) -> dict[str, list[str]]:
    """The long lists of suggestions, once for a page."""
    known: dict[str, Callable[[], list[str]]] = {
        "collections": lambda: sorted(registry.resources),
        "zones": lambda: sorted(z for z in available_timezones() if "/" in z),
        "locales": lambda: list(LOCALES),
        "actions": lambda: sorted(registry.actions),
        "events": lambda: sorted(event_types(registry)),
    }
    return {name: known[name]() for name in sorted(wanted & set(known))}
