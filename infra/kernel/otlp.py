"""Sends spans to an OpenTelemetry collector: OTLP over HTTP, JSON encoding (OTLP 1.x).

Called from the exporter's own thread, so it may block for its time limit; what cannot be sent is
dropped, never kept.
"""

import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import orjson
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

SECONDS_MAX = 5.0


class OtlpExporter(SpanExporter):
    """Posts spans to `<endpoint>/v1/traces`; raises ValueError for what is no http address."""

    def __init__(self, endpoint: str) -> None:
        if urlsplit(endpoint).scheme not in {"http", "https"}:
            raise ValueError("the OTLP endpoint is an http or https address")
        self._url = endpoint.rstrip("/").removesuffix("/v1/traces") + "/v1/traces"

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        request = urllib.request.Request(  # noqa: S310 - the scheme was checked
            self._url, data=document(spans), headers={"content-type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=SECONDS_MAX):  # noqa: S310
                return SpanExportResult.SUCCESS
        except (urllib.error.URLError, OSError, ValueError):
            return SpanExportResult.FAILURE

    def shutdown(self) -> None:
        """Nothing is held open."""


def document(spans: Sequence[ReadableSpan]) -> bytes:
    """The spans as an ExportTraceServiceRequest."""
    resource = spans[0].resource.attributes if spans else {}
    return orjson.dumps(
        {
            "resourceSpans": [
                {
                    "resource": {"attributes": _attributes(resource)},
                    "scopeSpans": [
                        {"scope": {"name": "atrium"}, "spans": [_span(each) for each in spans]}
                    ],
                }
            ]
        }
    )


def _span(span: ReadableSpan) -> dict[str, Any]:
    context = span.get_span_context()
    return {
        "traceId": f"{context.trace_id:032x}" if context else "",
        "spanId": f"{context.span_id:016x}" if context else "",
        "parentSpanId": f"{span.parent.span_id:016x}" if span.parent else "",
        "name": span.name,
        "kind": span.kind.value + 1,
        "startTimeUnixNano": str(span.start_time or 0),
        "endTimeUnixNano": str(span.end_time or 0),
        "attributes": _attributes(span.attributes or {}),
        "status": {"code": span.status.status_code.value},
    }


def _attributes(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": _value(value)} for key, value in values.items()]


def _value(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    return {"stringValue": str(value)}
