"""How a kind of record is shown on the desk: declared once, drawn by the same few pages.

Columns are named as the collection names them; a relation's name shows the record it leads to, as
a link where that has a page. What of it may not be read or done by somebody is not shown to them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from portals.words import noted


@dataclass(frozen=True)
class Panel:
    """A list on a record's page: the rows of `collection` whose `key` is the record's `column`.

    `add` is the action that the form below it performs, `asks` its fields; where `own`, it is a
    verb of the record itself. `verbs` act on a row, with nothing to fill in.
    """

    id: str
    title: str
    collection: str
    key: str
    columns: tuple[str, ...]
    none: str
    add: str = ""
    asks: tuple[str, ...] = ()
    own: bool = False
    verbs: tuple[str, ...] = ()
    own_verbs: tuple[str, ...] = ()
    """Verbs of the record that take what the row names in `names`."""
    names: str = ""
    where: Mapping[str, str] = field(default_factory=dict)
    narrow: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What a field of `asks` may be chosen from, as filters of the collection it names."""
    sort: str = ""
    column: str = "id"
    enters: bool = False
    """Whether a new row is entered on a page of its own."""
    edits: bool = False
    """Whether a row leads to the form that changes it."""


@dataclass(frozen=True)
class Preview:
    """A tab that shows what a verb of the record answers, without anything being changed.

    `asks` are fields of its body, `given` what the body has besides. One that `waits` is asked by
    its button alone: it takes time, or tries out what it then undoes.
    """

    id: str
    title: str
    verb: str
    about: str
    button: str
    asks: tuple[str, ...] = ()
    given: Mapping[str, Any] = field(default_factory=dict)
    collection: str = ""
    waits: bool = False
    applies: str = ""
    """What the button says that does in earnest what is shown."""


@dataclass(frozen=True)
class Tab:
    """Panels that are looked at together."""

    name: str
    title: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True)
class Kind:
    """A collection with pages of its own below `base`."""

    collection: str
    base: str
    here: str
    one: str
    many: str
    icon: str
    columns: tuple[str, ...]
    facts: tuple[str, ...]
    asks: tuple[str, ...] = ()
    """What the form of a new or changed record asks for, in this order."""
    tabs: tuple[Tab, ...] = ()
    filters: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()
    """Verbs of one record that are offered in its header."""
    states: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """In which states such a verb is offered; where it is not named, in all."""
    told: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What such a verb asks for."""
    kept: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Fields of such a verb that show what the record says: left empty they would take it away."""
    tried: tuple[str, ...] = ()
    """Which of them tell by a dry run what they would do."""
    first: Mapping[str, str] = field(default_factory=dict)
    """What the form of a new one says at first."""
    may_wait: bool = False
    """Whether a new one may be kept as a draft."""
    title: str = "name"
    parents: tuple[str, ...] = ()
    """Relations that lead up, for the way back above the title."""
    sort: str = ""
    shapes_access: bool = False
    """Whether a change of it can be tried before it is saved."""
    sample: str = ""
    """The verb that says what people would see of the form as it stands, before it is saved."""
    sections: tuple[tuple[str, str], ...] = ()
    """The parts of its overview, each with its title."""
    has_overview: bool = False
    """Whether the first tab is a page of its own kind."""
    previews: tuple[Preview, ...] = ()
    tables: tuple[str, ...] = ()
    """Columns that hold rows, drawn as tables on its first tab."""
    section: str = ""
    """Under which heading of its place it stands."""
    is_watched: bool = False
    """Whether its lists follow what happens while somebody looks."""
    is_faced: bool = False
    """Whether it is somebody, shown by their initials."""

    @property
    def path(self) -> str:
        return f"{self.base}/{self.collection}"

    @property
    def is_laid_out(self) -> bool:
        """Whether roles may be shown parts of its pages; what admins set up is shown whole."""
        return self.here != "admin"

    @property
    def parts(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What of its pages a role may not be shown, each with the titles that lead to it: parts of
        the overview, tabs, lists on them, previews."""
        found: dict[str, tuple[str, ...]] = {
            name: (noted("Overview"), title) for name, title in self.sections
        }
        for tab in self.tabs:
            found |= {tab.name: (tab.title,)}
            found |= {each.id: (tab.title, each.title) for each in tab.panels}
        found |= {each.id: (each.title,) for each in self.previews}
        return tuple(found.items())

    def tab(self, name: str) -> Tab | None:
        """The tab of that name."""
        return next((tab for tab in self.tabs if tab.name == name), None)

    def preview(self, name: str) -> Preview | None:
        """The preview of that id."""
        return next((each for each in self.previews if each.id == name), None)

    def panel(self, name: str) -> Panel | None:
        """The panel of that id, on whichever tab."""
        panels = (panel for tab in self.tabs for panel in tab.panels)
        return next((panel for panel in panels if panel.id == name), None)
