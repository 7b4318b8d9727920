"""What figures are called: measures, what they are divided by, and values that are no record."""

from portals.visits import Visit
from portals.words import CHANNELS, PRIORITIES, noted

BYS = {
    "group": noted("Group"), "agent": noted("Agent"), "case_type": noted("Type"),
    "channel": noted("Channel"), "product_model": noted("Product"), "account": noted("Account"),
    "priority": noted("Priority"),
}  # fmt: skip
MEASURES = {
    "opened": noted("Opened"), "resolved": noted("Resolved"), "backlog": noted("Open now"),
    "reopened": noted("Reopened"), "response_median": noted("First answer, median"),
    "response_p90": noted("First answer, nine of ten within"),
    "resolution_median": noted("Resolution, median"),
    "resolution_p90": noted("Resolution, nine of ten within"),
    "kept_percent": noted("Promises kept"), "broken": noted("Promises broken"),
    "kept": noted("Promises kept, number"), "rated": noted("Ratings"),
    "rating": noted("Mean rating"), "satisfied_percent": noted("Rated four or five"),
    "answered": noted("Answers to surveys"), "score": noted("Mean score of surveys"),
}  # fmt: skip
TILES = (
    "opened", "resolved", "backlog", "reopened", "response_median", "response_p90",
    "resolution_median", "resolution_p90", "kept_percent", "broken", "rating",
    "satisfied_percent", "score",
)  # fmt: skip
COLUMNS = (
    "opened", "resolved", "backlog", "reopened", "response_median", "resolution_median",
    "kept_percent", "rating",
)  # fmt: skip
LESS_IS_BETTER = frozenset(
    {"backlog", "reopened", "broken", "response_median", "response_p90", "resolution_median",
     "resolution_p90"}
)  # fmt: skip
NEUTRAL = frozenset({"opened", "rated", "answered"})


def value_words(visit: Visit, by: str, value: str | None) -> str:
    """A value of a division that is no record."""
    if value in {None, "none"}:
        return visit.say(noted("Without"))
    if by == "priority" and str(value).isdecimal():
        return visit.say(PRIORITIES.get(int(str(value)), str(value)))
    if by == "channel":
        return visit.say(CHANNELS.get(str(value), str(value)))
    return visit.say(noted("Somebody or something that you do not see"))
