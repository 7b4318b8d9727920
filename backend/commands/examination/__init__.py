"""What the doctor looks at."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """One thing looked at; `mend` says what to do where it is not good."""

    subject: str
    state: Literal["good", "poor", "broken"]
    found: str
    mend: str = ""
