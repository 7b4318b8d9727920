"""Endpoints as admins see them: all but the key."""

from ai.models import AiEndpoint
from infra.kernel.configured import Configured
from infra.kernel.resource import Resource, View

ai_endpoints = Resource(
    name="ai_endpoints",
    singular="ai_endpoint",
    model=AiEndpoint,
    summary="The tenant's own OpenAI-compatible endpoints, one for each purpose.",
    label="purpose",
    views={
        "staff": View(
            read=(
                "id", "purpose", "base_url", "model", "active", "created_at", "updated_at",
                "version",
            ),
            create=("purpose", "base_url", "model", "active"),
            update=("base_url", "model", "active"),
        ),
    },
    filters=("purpose", "active"),
    sorts=("created_at",),
    default_sort="created_at",
    generic=(),
    required=("purpose", "base_url", "model"),
    configured=Configured(key=("purpose",), secrets=("api_key",)),
)  # fmt: skip
