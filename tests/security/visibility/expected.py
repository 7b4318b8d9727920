"""Who may see what, written once: rows are the viewers, columns whose records these are.

A letter is one kind of record: A account, p contact, u consumer, h household, c case, m words on
the case, f file on it, r what was requested, s sold product, i installed item, a asset, k service
contract, e entitlement, l location, n article for owners; and of a case what staff alone have: t
task, d promise, b article that was of use. `all` is whatever the customer has, `full` that and what
staff have on the case, a dot is nothing. The harbour belongs to the group, the branch to the
harbour; ben is maya's colleague at the harbour, so his column has only what is his own.
"""

from tests.security.visibility.kinds import LETTERS

TABLE = """
viewer                harbour         ben      branch          group           quay            lake            mill            noor           kim
admin                 full            full     full            full            full            full            full            full           full
service_manager       full            full     full            full            full            full            full            full           full
agent_b2b             full            full     full            full            full            full            full            n              n
agent_b2c             An              .        An              An              An              An              An              full           full
case_viewer           Apcmfrsiakendb  pcmfrdb  Apcmfrsiakendb  Apcmfrsiakendb  Apcmfrsiakendb  Apcmfrsiakendb  Apcmfrsiakendb  ucmfrsiakendb  ucmfrsiakendb
account_clerk         Apsian          p        Apsian          Apsian          Apsian          Apsian          Apsian          n              n
consumer_clerk        n               .        n               n               n               n               n               uhsian         uhsian
clerk                 .               .        .               .               .               .               .               .              .
account_manager       Apcmfrsiakel    all      .               .               .               .               .               .              .
relationship_manager  .               .        .               .               .               .               .               uhcmfrsiakel   .
branch_agent          n               .        n               n               n               n               full            n              n

maya                  all             .        .               .               .               .               .               .              .
ben                   Asiakeln        all      .               .               .               .               .               .              .
case_manager          all             all      .               .               .               .               .               .              .
boss                  all             all      all             .               .               .               .               .              .
parent_clerk          .               .        .               all             .               .               .               .              .
parent_boss           all             all      all             all             .               .               .               .              .
child_boss            .               .        all             .               .               .               .               .              .
stranger_boss         .               .        .               .               all             .               .               .              .
affiliate             .               .        .               .               .               .               .               .              .

representative        all             all      .               .               .               .               .               .              .
administrator         all             all      all             all             .               .               .               .              .
participant           cmfr            .        .               .               .               .               .               .              .
observer              cmfr            .        .               .               .               .               .               .              .
follower              cmfrsin         .        .               .               .               .               .               .              .
partner               all             all      .               .               .               .               .               .              .
partner_boss          all             all      .               .               .               .               .               .              .
other_partner         .               .        .               .               .               .               .               .              .
dealer                .               .        .               .               .               all             .               .              .

noor                  .               .        .               .               .               .               .               all            .
head                  .               .        .               .               .               .               .               all            .
housemate             .               .        .               .               .               .               .               h              .
deputy                .               .        .               .               .               .               .               ucmfrsiakeln   .
other_home            .               .        .               .               .               .               .               .              all
foreigner             .               .        .               .               .               .               .               .              .
"""  # noqa: E501  a table is read across

NOTES_READ_BY = frozenset(
    {"admin", "service_manager", "agent_b2b", "agent_b2c", "case_viewer", "branch_agent"}
)
"""Whose roles open what staff say among themselves, on the cases whose words they see."""

_BUSINESS, _COLLEAGUE, _PRIVATE = "Apcmfrsiakeln", "pcmfr", "uhcmfrsiakeln"
_INSIDE = "tdb"
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
            letters = _letters(circle, cell)
            seen |= {(circle, LETTERS[letter]) for letter in letters}
        found[viewer] = frozenset(seen)
    return found


def _letters(circle: str, cell: str) -> str:
    """The kinds that a cell of the table names."""
    everything = _ALL.get(circle, _BUSINESS)
    return {"all": everything, "full": everything + _INSIDE}.get(cell, cell.strip("."))


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
