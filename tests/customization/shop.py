"""Fields as the tests add them."""

from typing import Any

from tests.world import Actor

COLORS = [
    {"value": "red", "label": {"en": "Red", "de": "Rot"}},
    {"value": "blue", "label": {"en": "Blue", "de": "Blau"}},
    {"value": "brown", "label": {"en": "Brown"}, "active": False},
]


async def a_field(admin: Actor, key: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    """A field of cases, unless another resource is named."""
    given = {"resource": "cases", "key": key, "label": {"en": key.capitalize()}, "type": kind}
    made: dict[str, Any] = await admin.do("custom_fields.create", **(given | more))
    return made


async def a_color(admin: Actor, **more: Any) -> dict[str, Any]:
    return await a_field(admin, "color", "choice", choices=COLORS, **more)
