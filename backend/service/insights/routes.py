"""`GET /api/v1/insights/figures/export`: the same figures as a file."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from backend.platform.transfers.models import Format
from backend.service.insights.actions.figures import figures
from backend.service.insights.tables import table_of
from infra.kernel.actions import definition_of
from infra.kernel.admission import caller_of
from infra.kernel.described import described
from infra.kernel.errors import BadRequest, Fault
from infra.kernel.performing import perform
from tenants.signin.requests import services_of

MEDIA = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@described(
    "insights.export_figures",
    tag="insights",
    answers={200: (MEDIA[Format.CSV], {"type": "string"})},
    query={name: {"type": "string"} for name in definition_of(figures).body("staff").model_fields}
    | {"format": {"enum": [kind.value for kind in MEDIA], "default": "csv"}},
    problems=("400", "401", "403", "429", "503"),
)
async def export(request: Request) -> Response:
    """The figures of a question as CSV or XLSX: the whole, and a line for each value."""
    caller = await caller_of(request)
    question: dict[str, str | int] = dict(request.query_params)
    wanted = str(question.pop("format", "csv"))
    if wanted not in {kind.value for kind in MEDIA}:
        raise BadRequest([Fault("format", "choice", "must be csv or xlsx")])
    kind = Format(wanted)
    if str(question.get("priority", "")).isdecimal():
        question["priority"] = int(question["priority"])
    outcome = await perform(services_of(request), caller, "insights.figures", body=question)
    figures = outcome.body
    name = f"figures-{figures.first}-{figures.last}.{kind.value}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store",
    }  # fmt: skip
    return Response(table_of(figures, kind), media_type=MEDIA[kind], headers=headers)


routes = (Route("/api/v1/insights/figures/export", export, methods=["GET"]),)
