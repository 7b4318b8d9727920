"""Who may see what, written once: rows are the viewers, columns whose records these are.

A letter is one kind of record: A account, p contact, u consumer, h household, c case, m words on
the case, f file on it, r what was requested, s sold product, i installed item, a asset, k service
contract, e entitlement, l location, n article for owners. `all` is whatever the customer has, a
dot is nothing. The harbour belongs to the group, the branch to the harbour; ben is maya's colleague
at the harbour, so his column has only what is his own.
"""

from tests.security.visibility.kinds import LETTERS

TABLE = """
viewer                harbour       ben    branch        group         quay          lake          mill          noor          kim
admin                 all           all    all           all           all           all           all           all           all
service_manager       all           all    all           all           all           all           all           all           all
agent_b2b             all           all    all           all           all           all           all           siakeln       siakeln
agent_b2c             Asiakeln      .      Asiakeln      Asiakeln      Asiakeln      Asiakeln      Asiakeln      all           all
case_viewer           Apcmfrsiaken  all    Apcmfrsiaken  Apcmfrsiaken  Apcmfrsiaken  Apcmfrsiaken  Apcmfrsiaken  ucmfrsiaken   ucmfrsiaken
clerk                 .             .      .             .             .             .             .             .             .
account_manager       Apcmfrsiakel  all    .             .             .             .             .             .             .
relationship_manager  .             .      .             .             .             .             .             uhcmfrsiakel  .
branch_agent          n             .      n             n             n             n             all           n             n

maya                  all           .      .             .             .             .             .             .             .
ben                   Asiakeln      all    .             .             .             .             .             .             .
case_manager          all           all    .             .             .             .             .             .             .
boss                  all           all    all           .             .             .             .             .             .
parent_clerk          .             .      .             all           .             .             .             .             .
parent_boss           all           all    all           all           .             .             .             .             .
child_boss            .             .      all           .             .             .             .             .             .
stranger_boss         .             .      .             .             all           .             .             .             .
affiliate             .             .      .             .             .             .             .             .             .

representative        all           all    .             .             .             .             .             .             .
administrator         all           all    all           all           .             .             .             .             .
participant           cmfr          .      .             .             .             .             .             .             .
observer              cmfr          .      .             .             .             .             .             .             .
follower              cmfrsin       .      .             .             .             .             .             .             .
partner               all           all    .             .             .             .             .             .             .
partner_boss          all           all    .             .             .             .             .             .             .
other_partner         .             .      .             .             .             .             .             .             .
dealer                .             .      .             .             .             all           .             .             .

noor                  .             .      .             .             .             .             .             all           .
head                  .             .      .             .             .             .             .             all           .
housemate             .             .      .             .             .             .             .             h             .
deputy                .             .      .             .             .             .             .             ucmfrsiakeln  .
other_home            .             .      .             .             .             .             .             .             all
foreigner             .             .      .             .             .             .             .             .             .
"""  # noqa: E501  a table is read across

NOTES_READ_BY = frozenset(
    {"admin", "service_manager", "agent_b2b", "agent_b2c", "case_viewer", "branch_agent"}
)
"""Whose roles open what staff say among themselves, on the cases whose words they see."""

_BUSINESS, _COLLEAGUE, _PRIVATE = "Apcmfrsiakeln", "pcmfr", "uhcmfrsiakeln"
_ALL = {"ben": _COLLEAGUE, "noor": _PRIVATE, "kim": _PRIVATE}

Seen = frozenset[tuple[str, str]]
"""(circle, collection) of records."""


def _read(table: str) -> dict[str, Seen]:
    lines = [line.split() for line in table.splitlines() if line.strip()]
    circles = lines[0][1:]
    found = {}
    for viewer, *cells in lines[1:]:
        assert len(cells) == len(circles), viewer
        seen = set()
        for circle, cell in zip(circles, cells, strict=True):
            letters = _ALL.get(circle, _BUSINESS) if cell == "all" else cell.strip(".")
            seen |= {(circle, LETTERS[letter]) for letter in letters}
        found[viewer] = frozenset(seen)
    return found


EXPECTED = _read(TABLE)
VIEWERS = tuple(EXPECTED)


def words_of(viewer: str) -> Seen:
    """Every canary that the viewer may come across, those inside of records included."""
    seen = EXPECTED[viewer]
    inside = {(circle, "content") for circle, kind in seen if kind == "attachments"}
    if viewer in NOTES_READ_BY:
        inside |= {(circle, "notes") for circle, kind in seen if kind == "activity_entries"}
    return seen | inside


def of_kinds(viewer: str, kinds: set[str]) -> set[tuple[str, str]]:
    """What the viewer sees of these collections."""
    return {each for each in EXPECTED[viewer] if each[1] in kinds}
