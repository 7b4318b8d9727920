"""The contract as one plain page: every path with its parameters, bodies and answers. It needs no
script, loads one stylesheet of our own and links from every schema to where it is used."""

from html import escape
from typing import Any

_HEAD = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="color-scheme" content="light dark"><title>Atrium API</title>'
    '<link rel="stylesheet" href="/static/tokens.css">'
    '<link rel="stylesheet" href="/static/docs.css">'
    "</head><body><main>"
)


def render(document: dict[str, Any]) -> str:
    """The whole page."""
    tags: dict[str, list[tuple[str, str, dict[str, Any]]]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            tags.setdefault(operation["tags"][0], []).append((method, path, operation))
    told = {tag["name"]: tag["description"] for tag in document["tags"]}
    nav = "".join(f'<li><a href="#{escape(t)}">{escape(t)}</a></li>' for t in sorted(tags))
    sections = "".join(_section(tag, told.get(tag, ""), tags[tag]) for tag in sorted(tags))
    schemas = "".join(_schema(n, s) for n, s in document["components"]["schemas"].items())
    return (
        f"{_HEAD}<h1>Atrium API</h1><p>OpenAPI {escape(document['openapi'])}, version "
        f'{escape(document["info"]["version"])}. <a href="/api/openapi.json">openapi.json</a></p>'
        f'<nav aria-label="Collections"><ul>{nav}</ul></nav>{sections}'
        f"<section><h2>Schemas</h2>{schemas}</section></main></body></html>"
    )


def _section(tag: str, description: str, operations: list[tuple[str, str, dict[str, Any]]]) -> str:
    inner = "".join(_operation(*one) for one in operations)
    return (
        f'<section id="{escape(tag)}"><h2>{escape(tag)}</h2><p>{escape(description)}</p>'
        f"{inner}</section>"
    )


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    parameters = "".join(
        f"<li><code>{escape(p['name'])}</code> in {escape(p['in'])}"
        f"{', required' if p.get('required') else ''}</li>"
        for p in operation.get("parameters", ())
    )
    body = "".join(
        f"<p>Body {escape(media)}: {_type(content['schema'])}</p>"
        for media, content in operation.get("requestBody", {}).get("content", {}).items()
    )
    answers = "".join(_answer(status, told) for status, told in operation["responses"].items())
    return (
        f'<details id="{escape(operation["operationId"])}"><summary><b>{method.upper()}</b> '
        f"<code>{escape(path)}</code> {escape(operation['summary'])}</summary>"
        f"<p>{escape(operation.get('description', ''))}</p>"
        f"{f'<ul>{parameters}</ul>' if parameters else ''}{body}<dl>{answers}</dl></details>"
    )


def _answer(status: str, told: dict[str, Any]) -> str:
    if "$ref" in told:
        return f"<dt>{status}</dt><dd>{_type({'$ref': '#/components/schemas/Problem'})}</dd>"
    kinds = "".join(_type(c.get("schema", {})) for c in told.get("content", {}).values())
    return f"<dt>{status}</dt><dd>{escape(told.get('description', ''))} {kinds}</dd>"


def _schema(name: str, schema: dict[str, Any]) -> str:
    members = "".join(
        f"<dt><code>{escape(n)}</code></dt><dd>{_type(s)}</dd>"
        for n, s in schema.get("properties", {}).items()
    )
    return (
        f'<details id="schema-{escape(name)}"><summary><code>{escape(name)}</code></summary>'
        f"<p>{escape(schema.get('description', ''))}</p><dl>{members}</dl></details>"
    )


def _type(schema: Any) -> str:
    if not isinstance(schema, dict):
        return ""
    if "$ref" in schema:
        name = escape(schema["$ref"].rsplit("/", 1)[-1])
        return f'<a href="#schema-{name}">{name}</a>'
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return " or ".join(filter(None, map(_type, schema[key])))
    kind = schema.get("type", "any")
    text = " or ".join(kind) if isinstance(kind, list) else str(kind)
    if kind == "array":
        return f"array of {_type(schema.get('items', {}))}"
    if "enum" in schema:
        return "one of " + ", ".join(f"<code>{escape(str(v))}</code>" for v in schema["enum"])
    return escape(text + (f" ({schema['format']})" if "format" in schema else ""))
