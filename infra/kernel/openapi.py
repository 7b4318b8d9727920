"""The HTTP contract as OpenAPI 3.1, generated from what serves it.

Bodies and answers are described as staff see them, which holds all that any audience does; what an
audience lacks is left out of its answers and refused in its bodies. No member of an answer is
marked as required, since `fields` may leave any of them out.
"""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import models_json_schema
from starlette.routing import BaseRoute, Route

from infra.kernel.actions import Accepted, ActionDefinition
from infra.kernel.bulk import Bulk, OperationResult
from infra.kernel.columns import columns_of
from infra.kernel.described import Description, description_of
from infra.kernel.explaining import AccessExplanation
from infra.kernel.query import LIMIT_DEFAULT, LIMIT_MOST
from infra.kernel.registry import Registry
from infra.kernel.resource import Resource
from infra.kernel.schema import answer_model

REF = "#/components/schemas/{model}"
_PROBLEMS = {
    "400": "Unreadable input or an unknown query field",
    "401": "No or bad credentials",
    "403": "Not allowed to do this at all",
    "404": "No such record, or none this caller may see",
    "409": "The record's state forbids it, or a duplicate",
    "410": "No longer kept",
    "412": "`If-Match` no longer matches",
    "413": "The body is too large",
    "414": "The address is too long",
    "415": "The media type is not understood",
    "416": "The file is shorter than that",
    "422": "Invalid input; `errors` names every fault",
    "429": "Slow down",
    "503": "A dependency is down",
}
_READ = ("400", "401", "403", "404", "414", "429", "503")
_WRITE = ("400", "401", "403", "404", "409", "412", "413", "414", "415", "422", "429", "503")


class Document:
    """Builds the document; `routes` are the hand-written ones that describe themselves."""

    def __init__(self, registry: Registry, routes: Iterable[BaseRoute] = ()) -> None:
        self._registry = registry
        self._routes = list(routes)
        self._references: dict[type[BaseModel], list[dict[str, str]]] = {}
        self._loose: dict[type[BaseModel], dict[str, Any]] = {}
        self._paths: dict[str, dict[str, Any]] = {}

    def build(self, *, version: str) -> dict[str, Any]:
        """The document as plain values."""
        for resource in self._registry.resources.values():
            if resource.views:
                self._resource(resource)
        for route in self._routes:
            self._route(route)
        return {
            "openapi": "3.1.0",
            "info": {
                "title": "Atrium",
                "version": version,
                "summary": "Customer service, sales, contracts, partners and field service.",
                "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            },
            "servers": [{"url": "/"}],
            "security": [{"bearer": []}],
            "tags": [
                {"name": r.name, "description": r.summary or r.title.capitalize()}
                for r in self._registry.resources.values()
            ],
            "paths": dict(sorted(self._paths.items())),
            "components": {
                "schemas": _without_null_defaults(self._schemas()),
                "responses": {f"Problem{s}": _problem_response(t) for s, t in _PROBLEMS.items()},
                "securitySchemes": {
                    "bearer": {"type": "http", "scheme": "bearer"},
                    "operator": {"type": "http", "scheme": "bearer"},
                    "session": {"type": "apiKey", "in": "cookie", "name": "atrium_session"},
                },
            },
        }

    def _schemas(self) -> dict[str, Any]:
        """Every model once; two that share a name are told apart, so references wait till now."""
        wanted = [(model, "validation") for model in self._references]
        places, definitions = models_json_schema(wanted, ref_template=REF)  # type: ignore[arg-type]
        schemas: dict[str, Any] = definitions.get("$defs", {})
        for model, references in self._references.items():
            place = places[model, "validation"]["$ref"]
            for reference in references:
                reference["$ref"] = place
            if model in self._loose:
                schema = schemas[place.rsplit("/", 1)[-1]]
                schema.pop("required", None)
                schema["properties"] |= self._loose[model]
        for name, schema in schemas.items():
            schema["title"] = name
        return dict(sorted((schemas | {"Problem": _PROBLEM}).items()))

    def _ref(self, model: type[BaseModel]) -> dict[str, str]:
        reference: dict[str, str] = {}
        self._references.setdefault(model, []).append(reference)
        return reference

    # ── Resources ────────────────────────────────────────────────────────────────────────────

    def _resource(self, resource: Resource) -> None:
        base = f"/api/v1/{resource.name}"
        answer = self._answer(resource)
        page = {
            "type": "object",
            "properties": {
                "data": {"type": "array", "items": answer},
                "next": {"type": ["string", "null"], "description": "Cursor of the next page"},
                "count": {"type": "integer"},
            },
            "required": ["data", "next"],
        }
        self._add(
            base,
            "get",
            self._operation(
                resource,
                "list",
                f"List {resource.name.replace('_', ' ')}.",
                parameters=_list_parameters(resource),
                responses={"200": _json(page, "A page")} | _problems(_READ),
            ),
        )
        self._add(
            f"{base}/{{id}}",
            "get",
            self._operation(
                resource,
                "read",
                f"Read one {resource.title}.",
                parameters=[_ID, *_representation(resource), _header("If-None-Match")],
                responses={
                    "200": _json(answer, "The record", etag=True),
                    "304": {"description": "Unchanged"},
                }
                | _problems(_READ),
            ),
        )
        self._add(
            f"{base}/{{id}}/access",
            "get",
            self._operation(
                resource,
                "access",
                "Explain who may do what with it, as the chain of grants.",
                parameters=[_ID, _query("profile", {"type": "string", "format": "uuid"})],
                responses={"200": _json(self._ref(AccessExplanation), "The grants")}
                | _problems(_READ),
            ),
        )
        actions = self._registry.actions_of[resource.name]
        for definition in actions:
            self._action(definition, base, answer)
        if any(d.name in {"create", "update", "delete"} for d in actions):
            self._bulk(resource, base)

    def _answer(self, resource: Resource) -> dict[str, Any]:
        audience = "staff" if "staff" in resource.views else next(iter(resource.views))
        model = answer_model(resource, audience)
        self._loose[model] = {
            name: {
                "type": ["object", "null"],
                "description": f"With expand={name}: the record of {relation.resource}",
            }
            for name, relation in resource.relations.items()
        }
        return self._ref(model)

    def _action(self, definition: ActionDefinition, base: str, answer: dict[str, Any]) -> None:
        audience = next(
            (a for a in definition.audiences if a in definition.resource.views), "staff"
        )
        path = base if definition.on == "collection" else f"{base}/{{id}}"
        if definition.name not in {"create", "update", "delete"}:
            path = f"{path}/{definition.segment}"
        parameters = [_ID] if definition.on == "record" else []
        if definition.method == "POST":
            parameters.append(_header("Idempotency-Key"))
        if definition.on == "record" and definition.method != "GET":
            parameters.append(_header("If-Match"))
        operation = self._operation(
            definition.resource,
            definition.name,
            definition.summary,
            parameters=parameters,
            responses=self._results(definition, answer),
            description=definition.description,
        )
        body = definition.body(audience)
        if definition.method in {"POST", "PATCH"}:
            self._body(operation, definition, body)
        elif definition.method == "GET":
            schema = _inlined(body.model_json_schema())
            for name, property_ in schema.get("properties", {}).items():
                parameters.append(
                    _query(name, property_, required=name in schema.get("required", ()))
                )
        self._add(path, definition.method.lower(), operation)

    def _body(
        self, operation: dict[str, Any], definition: ActionDefinition, body: type[BaseModel]
    ) -> None:
        media = ["application/json"]
        if definition.method == "PATCH":
            media.append("application/merge-patch+json")
        needed = any(f.is_required() for f in body.model_fields.values())
        operation["requestBody"] = {
            "required": needed,
            "content": {kind: {"schema": self._ref(body)} for kind in media},
        }

    def _results(self, definition: ActionDefinition, answer: dict[str, Any]) -> dict[str, Any]:
        kind = definition.returns
        if definition.method == "DELETE":
            return {"204": {"description": "Gone"}} | _problems(_WRITE)
        if kind is Accepted:
            return {"202": _json(self._ref(Accepted), "Accepted; the job goes on")} | _problems(
                _WRITE
            )
        codes = _READ if definition.method == "GET" else _WRITE
        if definition.answers_record:
            resource = self._registry.resource_of(kind) if isinstance(kind, type) else None
            if resource is not None and resource is not definition.resource:
                answer = self._answer(resource)
            if definition.on == "collection" and kind in (None, type(None)):
                return {"200": _json({}, "Done")} | _problems(codes)
            status = (
                "201" if definition.name == "create" and definition.on == "collection" else "200"
            )
            return {status: _json(answer, "The record", etag=True)} | _problems(codes)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            created = definition.name == "create" and definition.on == "collection"
            status = "201" if created else "200"
            return {status: _json(self._ref(kind), "The result")} | _problems(codes)
        schema = _inlined(TypeAdapter(kind).json_schema()) if kind is not None else {}
        return {"200": _json(schema, "The result")} | _problems(codes)

    def _bulk(self, resource: Resource, base: str) -> None:
        operation = self._operation(
            resource,
            "bulk",
            "Do up to 1,000 creates, updates and deletes, each with its own result.",
            parameters=[_header("Idempotency-Key")],
            responses={
                "200": _json(
                    {
                        "type": "object",
                        "properties": {
                            "results": {"type": "array", "items": self._ref(OperationResult)}
                        },
                        "required": ["results"],
                    },
                    "The results in the order of the operations",
                )
            }
            | _problems(_WRITE),
        )
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": self._ref(Bulk)}},
        }
        self._add(f"{base}/bulk", "post", operation)

    def _operation(
        self,
        resource: Resource,
        name: str,
        summary: str,
        *,
        parameters: list[dict[str, Any]],
        responses: dict[str, Any],
        description: str = "",
    ) -> dict[str, Any]:
        operation: dict[str, Any] = {
            "operationId": f"{resource.name}.{name}",
            "tags": [resource.name],
            "summary": summary or f"{name.capitalize()} {resource.title}.",
            "parameters": parameters,
            "responses": responses,
        }
        if description:
            operation["description"] = description
        return operation

    # ── Hand-written routes ──────────────────────────────────────────────────────────────────

    def _route(self, route: BaseRoute) -> None:
        if not isinstance(route, Route):
            return
        description = description_of(route.endpoint)
        if description is None:
            return
        for method in sorted((route.methods or {"GET"}) - {"HEAD", "OPTIONS"}):
            operation = self._described(route, description)
            action = self._paths.get(route.path_format, {}).get(method.lower())
            if action is None:
                self._add(route.path_format, method.lower(), operation)
            else:  # the same verb, for another kind of body
                action["requestBody"]["content"] |= operation["requestBody"]["content"]

    def _described(self, route: Route, description: Description) -> dict[str, Any]:
        parameters = (
            [_path(name) for name in route.param_convertors]
            + [_query(n, s) for n, s in description.query.items()]
            + [_header(n) for n in description.headers]
        )
        operation: dict[str, Any] = {
            "operationId": description.name,
            "tags": [description.tag],
            "summary": description.summary,
            "parameters": parameters,
            "responses": _problems(description.problems),
        }
        for status, (media, model) in description.answers.items():
            told: dict[str, Any] = {"description": description.summary}
            if media:
                schema = self._ref(model) if isinstance(model, type) else (model or {})
                told["content"] = {media: {"schema": schema}}
            operation["responses"][str(status)] = told
        if description.body is not None:
            media, model = description.body
            schema = self._ref(model) if isinstance(model, type) else model
            operation["requestBody"] = {
                "required": description.body_required,
                "content": {media: {"schema": schema}},
            }
        if description.security is not None:
            operation["security"] = [{name: []} for name in description.security]
        return operation

    def _add(self, path: str, method: str, operation: dict[str, Any]) -> None:
        self._paths.setdefault(path, {})[method] = operation


def _inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with what it refers to in its place."""
    definitions = schema.pop("$defs", {})

    def resolve(part: Any) -> Any:
        if isinstance(part, dict):
            if "$ref" in part:
                return resolve(definitions[part["$ref"].rsplit("/", 1)[-1]])
            return {key: resolve(value) for key, value in part.items()}
        return [resolve(value) for value in part] if isinstance(part, list) else part

    resolved: dict[str, Any] = resolve(schema)
    return resolved


def _without_null_defaults(schema: Any) -> Any:
    """A default of None says "left out", which is no value of the type."""
    if isinstance(schema, dict):
        return {
            key: _without_null_defaults(value)
            for key, value in schema.items()
            if not (key == "default" and value is None)
        }
    return [_without_null_defaults(v) for v in schema] if isinstance(schema, list) else schema


_PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "pointer": {"type": "string"},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
                "required": ["pointer", "code", "message"],
            },
        },
    },
    "required": ["type", "title", "status", "detail", "instance", "request_id"],
}

_ID: dict[str, Any] = {
    "name": "id",
    "in": "path",
    "required": True,
    "description": "The id, or the number where the record has one",
    "schema": {"type": "string"},
}


def _path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _query(name: str, schema: dict[str, Any], *, required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": required, "schema": schema}


def _header(name: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": False, "schema": {"type": "string"}}


def _json(schema: dict[str, Any], description: str, *, etag: bool = False) -> dict[str, Any]:
    told: dict[str, Any] = {
        "description": description,
        "content": {"application/json": {"schema": schema}},
    }
    if etag:
        told["headers"] = {"ETag": {"schema": {"type": "string"}}}
    return told


def _problems(statuses: Iterable[str]) -> dict[str, Any]:
    return {status: {"$ref": f"#/components/responses/Problem{status}"} for status in statuses}


def _problem_response(text: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": text, "content": {"application/problem+json": {"schema": schema}}}


def _representation(resource: Resource) -> list[dict[str, Any]]:
    parameters = [_query("fields", {"type": "string", "description": "Comma list of fields"})]
    if resource.relations:
        names = ", ".join(resource.relations)
        parameters.append(
            _query("expand", {"type": "string", "description": f"Comma list: {names}"})
        )
    return parameters


def _list_parameters(resource: Resource) -> list[dict[str, Any]]:
    columns = columns_of(resource)
    parameters = [
        _query(
            "limit",
            {"type": "integer", "minimum": 1, "maximum": LIMIT_MOST, "default": LIMIT_DEFAULT},
        ),
        _query("after", {"type": "string", "description": "A cursor"}),
        _query("sort", {"type": "string", "default": resource.default_sort}),
        _query("count", {"type": "boolean"}),
        *_representation(resource),
    ]
    if resource.search:
        parameters.append(_query("q", {"type": "string", "description": "Words to find"}))
    for name in sorted(resource.filterable("staff")):
        schema: dict[str, Any] = {"type": "string"}
        if columns[name].enum is not None:
            schema["enum"] = [member.value for member in columns[name].enum or ()]
        parameters.append(_query(name, schema))
        parameters.append(_query(f"{name}[in]", {"type": "string", "description": "Comma list"}))
    return parameters
