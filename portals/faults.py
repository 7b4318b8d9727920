"""Refusals in the reader's words: what to do about each, beside the field it belongs to."""

import re
from collections.abc import Callable
from typing import Any

from infra.kernel.errors import Fault, Forbidden, Problem
from infra.kernel.resource import CUSTOM
from portals.words import noted

Say = Callable[[str], str]
Errors = list[dict[str, str | None]]


class StaleForm(Forbidden):
    """The form was drawn for another session, or very long ago."""

    type, title = "stale-form", "The form is no longer good"


_OF_FIELD = {
    ("subject", "missing"): noted("Say in one line what it is about"),
    ("subject", "too_short"): noted("Say in one line what it is about"),
    ("description", "missing"): noted("Describe what happened"),
    ("body", "missing"): noted("Write a message"),
    ("body", "too_short"): noted("Write a message"),
    ("rating", "missing"): noted("Choose a score from 1 to 5"),
    ("email", "missing"): noted("Write your email address like name@example.com"),
    ("email", "email"): noted("Write your email address like name@example.com"),
    ("password", "missing"): noted("Enter your password"),
    ("password", "too_short"): noted("Choose a longer password"),
    ("password", "too_common"): noted("Choose a password that fewer people use"),
    ("password", "personal"): noted("Choose a password without your name or address"),
    ("token", "spent"): noted("This link was used already or is too old. Ask for a new one."),
    ("asset_id", "not_found"): noted("Choose one of the assets in the list"),
    ("asset_id", "other_product"): noted("This asset is of another product"),
    ("customer", "missing"): noted("Choose for whom this is"),
    ("case_priorities", "too_short"): noted("Choose a priority for all nine, or for none of them"),
    ("to", "not_found"): noted("None of your own people has this address"),
    ("to", "missing"): noted("Write the address of one of your own people"),
    ("to", "too_short"): noted("Write the address of one of your own people"),
    ("to", "wrong_kind"): noted("None of your own people has this address"),
    ("to_id", "wrong_kind"): noted("Choose one of your own people"),
    ("deputy_id", "wrong_kind"): noted("Choose one of your own people"),
    ("to_id", "missing"): noted("Choose one of your own people"),
    ("parent_id", "circle"): noted("A case cannot lie below itself"),
    ("of", "itself"): noted("A case is no duplicate of itself"),
    ("of", "duplicate"): noted("That case is itself a duplicate of another one"),
    ("of", "original"): noted("Other cases are duplicates of this one"),
    ("assigned_to_id", "not_staff"): noted("Choose a colleague who works here"),
    ("profile_id", "not_found"): noted("Choose somebody who is here"),
    ("case_type_id", "inactive"): noted("This type is not used any more"),
    ("sold_product_id", "not_found"): noted("Choose one of the products in the list"),
}
_OF_CODE = {
    "missing": noted("Fill this in"),
    "too_short": noted("Fill this in"),
    "too_long": noted("Write this shorter"),
    "not_found": noted("Choose one from the list"),
    "not_a_choice": noted("Choose one from the list"),
    "several": noted("Several are called that: choose one"),
    "duplicate": noted("This is taken already"),
    "past": noted("This must lie ahead"),
    "after_last_day": noted("This must lie before the last day"),
    "before_publication": noted("This must lie after it goes out"),
    "unreadable": noted("This is not written as it has to be"),
    "other_customer": noted("This belongs to another customer"),
    "hidden": noted("Nobody asks for this here"),
    "asked_already": noted("Is asked already"),
    "own_request": noted("Has asked for it, and does not decide it"),
    "same_person": noted("This is the same person"),
    "int_type": noted("Write a whole number"),
    "int_parsing": noted("Write a whole number"),
    "uuid_parsing": noted("Choose one from the list"),
}
_OF_MESSAGE = tuple(
    (re.compile(re.escape(english).replace("N", r"(?P<n>\S+)")), words)
    for english, words in {
        "takes up to N characters": noted("Write at most %(n)s characters"),
        "takes up to N decimal places": noted("At most %(n)s decimal places"),
        "must be at least N": noted("Must be at least %(n)s"),
        "must be at most N": noted("Must be at most %(n)s"),
        "Input should be greater than or equal to N": noted("Must be at least %(n)s"),
        "Input should be less than or equal to N": noted("Must be at most %(n)s"),
        "must be a whole number": noted("Write a whole number"),
        "must be a decimal number": noted("Write a number"),
        "must be true or false": noted("Say yes or no"),
        "must be a date like 2026-11-24": noted("Write a day like 2026-11-24"),
        "must be an RFC 3339 timestamp with an offset": noted("Write a day and a time"),
        "is too large": noted("This is too large"),
        "does not have the form that is asked for": noted(
            "This does not have the form that is asked for"
        ),
        "must be an address like https://example.com": noted(
            "Write an address like https://example.com"
        ),
        "must not contain blanks": noted("Leave the blanks out"),
        "must be an e-mail address like name@example.com": noted(
            "Write an email address like name@example.com"
        ),
    }.items()
)
"""What says more than its code: a bound that is overstepped, a form that is asked for."""
_OF_TYPE = {
    "stale-form": noted("The form was open for a long time. Send it again."),
    "too-large": noted("A file is too large. Leave it out or make it smaller."),
    "too-many-requests": noted("That was a lot at once. Wait a minute, then send it again."),
    "stale": noted("Someone changed this while you wrote. Look at it again, then send it."),
    "forbidden": noted("Your roles do not include this."),
    "not-found": noted("This is not there any more, or not shared with you."),
    "unavailable": noted("This does not work right now. Send it again in a minute."),
    "duplicate-suspected": noted("There is a record already that looks like this one."),
    "case-not-open": noted("This case is not open any more."),
    "case-over": noted("This case is closed. Open it again to write more."),
    "case-not-draft": noted("This was sent already."),
    "case-merged": noted("This case goes on in another one. Use that one."),
    "case-no-duplicate": noted("This is not marked as a duplicate."),
    "case-stage-not-next": noted("That stage does not follow the present one."),
    "case-task-over": noted("This task is over already."),
    "case-task-blocked": noted("This task waits for another one, which has to be done first."),
    "case-task-has-open-parts": noted("A part of this task is still open."),
    "case-task-circle": noted("A task cannot wait for itself."),
    "escalation-over": noted("This escalation has ended already."),
    "article-not-published": noted("This article is not published."),
    "case-not-resolved": noted("This case is not solved at the moment."),
    "last-day-passed": noted("Its last day has passed. Set another one first."),
    "original-not-published": noted("Its original is not published. Publish that one first."),
    "approval-over": noted("This has been decided already, or was taken back."),
    "approval-decided": noted("You have decided otherwise, and that stands."),
    "approval-not-asked": noted("You are not asked now."),
    "approval-pending": noted(
        "Something else waits for approval here. It can be taken back first."
    ),
    "approval-stale": noted("The record has changed since you were asked. Look at it again."),
    "own-request": noted("Nobody approves what they asked for themselves."),
    "nobody-to-ask": noted("This needs approval, and there is nobody who could give it."),
    "deputy-overlaps": noted("There is a deputy for a part of that time already."),
    "request-under-way": noted("Somebody works on this already. Write on its case instead."),
    "case-already-rated": noted("You rated this already."),
}
_OF_STATUS = {
    409: noted("It is in another state by now. Look at it again."),
    500: noted("Something on our side broke. Send it again in a minute."),
}


def errors_of(problem: Problem, say: Say, renamed: dict[str, str] | None = None) -> Errors:
    """All faults of a problem as the forms list them; `renamed` maps API names to form fields."""
    if problem.faults:
        names = renamed or {}
        return [_of_fault(fault, say, names) for fault in problem.faults]
    words = _OF_TYPE.get(problem.type) or _OF_STATUS.get(problem.status)
    return [{"field": None, "message": say(words) if words else problem.detail}]


def words_of(problem_type: str | None, say: Say) -> str | None:
    """What a kind of refusal means, where its kind says enough."""
    words = _OF_TYPE.get(problem_type or "")
    return say(words) if words else None


def _of_fault(fault: Fault, say: Say, renamed: dict[str, str]) -> dict[str, str | None]:
    name, _, inner = fault.pointer.strip("/").partition("/")
    if name == CUSTOM and inner:  # the tenant's own fields are called so in forms, too
        name = f"{CUSTOM}.{inner}"
    words = _OF_FIELD.get((name, fault.code))
    message = say(words) if words else _of_message(fault, say)
    return {"field": renamed.get(name, name) or None, "message": message}


def _of_message(fault: Fault, say: Say) -> str:
    for pattern, sentence in _OF_MESSAGE:
        if found := pattern.fullmatch(fault.message):
            return say(sentence) % found.groupdict()
    words = _OF_CODE.get(fault.code)
    return say(words) if words else fault.message[:1].upper() + fault.message[1:]


def told(errors: Errors, problem: Problem, request_id: str) -> dict[str, Any]:
    """The same as a problem document, for the scripts of our pages."""
    body = problem.body(instance="", request_id=request_id)
    lines = [{"pointer": f"/{e['field'] or ''}", "message": e["message"]} for e in errors]
    return body | {"detail": " ".join(str(e["message"]) for e in errors), "errors": lines}
