"""The advice rooms' floor: embeddings, retrieval, summaries, recommendations."""

from ai import actions
from ai.jobs import catch_up, keep_up
from ai.resources import ai_endpoints
from infra.kernel.registry import Domain

domain = Domain(
    name="ai",
    summary="Embeddings, retrieval, summaries and recommendations; the tenant's own endpoints.",
    resources=(ai_endpoints,),
    actions=(actions.create, actions.update, actions.delete),
    jobs=(catch_up,),
    periodic=(keep_up,),
)
