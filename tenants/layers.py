"""`GET /api/v1/layers`: what the house is made of, as it was put together, layer by layer."""

from collections.abc import Sequence

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.kernel.access import Caller
from infra.kernel.admission import caller_of
from infra.kernel.database import Connection
from infra.kernel.described import described
from infra.kernel.errors import Forbidden
from infra.kernel.layers import SUMMARIES, Layer, layered
from infra.kernel.registry import Domain
from infra.kernel.representation import to_json
from infra.kernel.services import Services
from tenants.configuration.answers import Pack
from tenants.configuration.packs import Packs
from tenants.signin.requests import services_of

_JSON = "application/json"


class DomainTold(BaseModel):
    """A domain and the collections that it brings to this tenant."""

    name: str
    summary: str
    resources: list[str]


class LayerTold(BaseModel):
    """A layer, what it may build on, and what lies in it."""

    name: Layer
    summary: str
    builds_on: list[Layer]
    domains: list[DomainTold]
    packs: list[Pack]


class LayersTold(BaseModel):
    """The layers from the bottom upwards."""

    data: list[LayerTold]


@described(
    "layers",
    tag="layers",
    answers={200: (_JSON, LayersTold)},
    problems=("400", "401", "403", "429", "503"),
)
async def read(request: Request) -> Response:
    """The layers of the house, their domains and collections, and the packs that come with it."""
    services = services_of(request)

    async def work(_connection: Connection, caller: Caller) -> LayersTold:
        if caller.audience != "staff":
            raise Forbidden("the layers are for staff")
        return told(services, caller)

    layers = await services.transact(await caller_of(request), work, read_only=True)
    return Response(to_json(layers), headers={"Cache-Control": "no-store"}, media_type=_JSON)


def told(services: Services, caller: Caller) -> LayersTold:
    """Every layer as the caller's tenant has it: collections of other business models left out."""
    packs = Packs.of(services).all
    return LayersTold(
        data=[
            LayerTold(
                name=layer,
                summary=SUMMARIES[layer],
                builds_on=list(Layer)[: layer.height],
                domains=_domains(domains, caller),
                packs=[pack for pack in packs if pack.layer is layer],
            )
            for layer, domains in layered(services.registry.domains).items()
        ]
    )


def _domains(domains: Sequence[Domain], caller: Caller) -> list[DomainTold]:
    return [
        DomainTold(
            name=domain.name,
            summary=domain.summary,
            resources=[r.name for r in domain.resources if r.in_use(caller.models)],
        )
        for domain in domains
    ]


routes = (Route("/api/v1/layers", read, methods=["GET"]),)
