"""Who is asked, and what an answer must say. Pure."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from backend.service.surveys.models import Withheld
from infra.kernel.errors import Fault

RATING_MAX = 5


def is_sampled(survey_id: UUID, case_id: UUID, round_: int, percent: int) -> bool:
    """Whether this case is one of so many of a hundred; the same answer whenever it is asked."""
    told = hashlib.sha256(f"{survey_id}:{case_id}:{round_}".encode()).digest()
    return int.from_bytes(told[:8], "big") % 100 < percent


def withheld(
    *,
    sampled: bool,
    address: str | None,
    last_sent_at: datetime | None,
    quiet_days: int,
    now: datetime,
) -> Withheld | None:
    """Why somebody is not asked now; None for who is."""
    if not address:
        return Withheld.NO_ADDRESS
    if not sampled:
        return Withheld.SAMPLED_OUT
    if last_sent_at is not None and last_sent_at > now - timedelta(days=quiet_days):
        return Withheld.QUIET
    return None


def question_faults(questions: Sequence[Mapping[str, Any]]) -> list[Fault]:
    """What is wrong with a survey's further questions."""
    faults = []
    seen: set[str] = set()
    for place, question in enumerate(questions):
        at = f"/questions/{place}"
        if question["key"] in seen:
            faults.append(Fault(f"{at}/key", "repeated", "is the key of another question"))
        seen.add(question["key"])
        if (question["kind"] == "choice") != bool(question.get("choices")):
            message = "a question to choose from has choices, and no other has"
            faults.append(Fault(f"{at}/choices", "choices", message))
    return faults


def answer_faults(
    questions: Sequence[Mapping[str, Any]], answers: Mapping[str, Any]
) -> list[Fault]:
    """What is wrong with what somebody answered to the further questions."""
    known = {question["key"]: question for question in questions}
    faults = [
        Fault(f"/answers/{key}", "unknown_field", "is not asked")
        for key in answers
        if key not in known
    ]
    for key, question in known.items():
        value = answers.get(key)
        if value is None or value == "":
            if question.get("required"):
                faults.append(Fault(f"/answers/{key}", "missing", "must be answered"))
        elif not _fits(question, value):
            faults.append(Fault(f"/answers/{key}", "not_an_answer", _wanted(question)))
    return faults


def _fits(question: Mapping[str, Any], value: Any) -> bool:
    kind = question["kind"]
    if kind == "rating":
        return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= RATING_MAX
    if kind == "yes_no":
        return isinstance(value, bool)
    if kind == "choice":
        return isinstance(value, str) and value in question["choices"]
    return isinstance(value, str)


def _wanted(question: Mapping[str, Any]) -> str:
    return {
        "rating": f"must be a whole number from 1 to {RATING_MAX}",
        "yes_no": "must be true or false",
        "choice": "must be one of the choices",
    }.get(question["kind"], "must be text")
