"""What the configuration's verbs take and answer."""

from typing import Annotated, Any, Literal

from annotated_types import Ge, MaxLen
from pydantic import BaseModel, StringConstraints

from infra.kernel.columns import Text
from infra.kernel.layers import Layer
from tenants.configuration.differences import Verb

Path = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,100}$")]
Files = Annotated[dict[Path, Text], MaxLen(300)]
Checksum = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
Comment = Annotated[Text, MaxLen(1000)]
PackName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
Number = Annotated[int, Ge(1)]


class Bundle(BaseModel):
    """The whole configuration as files of text."""

    checksum: str
    files: dict[str, str]


class Difference(BaseModel):
    """A part of an object before and after."""

    before: Any
    after: Any


class ObjectChange(BaseModel):
    """One object that comes, becomes different or goes."""

    change: Verb
    resource: str
    key: Any
    fields: dict[str, Difference]


class Counts(BaseModel):
    """How many objects of each fate."""

    create: int
    update: int
    delete: int
    unchanged: int


class WarningTold(BaseModel):
    """What one should know before it is done."""

    code: Literal["access", "secret", "in_use", "kept"]
    resource: str
    key: Any
    message: str


class FaultTold(BaseModel):
    """What is wrong, and where it is written."""

    path: str
    line: int
    code: str
    message: str


class Plan(BaseModel):
    """What applying would do: it was done and undone to find out.

    `base_checksum` goes into apply, so that nothing is applied to another state than this one.
    `access` is who gains and who loses what, where the installation can tell.
    """

    applicable: bool
    base_checksum: str
    checksum: str
    counts: Counts
    changes: list[ObjectChange]
    warnings: list[WarningTold]
    faults: list[FaultTold]
    access: dict[str, Any] | None


class Application(BaseModel):
    """What was done. `revision` is the state that the configuration is in now."""

    revision: int
    checksum: str
    counts: Counts
    changes: list[ObjectChange]
    warnings: list[WarningTold]


class RevisionBundle(BaseModel):
    """A state that the configuration was in, and how it differed from the one before."""

    number: int
    checksum: str
    files: dict[str, str]
    changes: list[ObjectChange]


class Pack(BaseModel):
    """A bundle that comes with the product."""

    name: str
    title: str
    summary: str
    layer: Layer
    files: list[str]


class PacksTold(BaseModel):
    """The bundles that come with the product."""

    data: list[Pack]
