"""How the story is told in a terminal: scenes, steps with their time, and what to look at."""

import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager

_WIDTH = 96


class Teller:
    """Prints steps as they happen; plain text where the output is no terminal."""

    def __init__(self) -> None:
        self._colours = sys.stdout.isatty()
        self._began = time.perf_counter()

    def scene(self, title: str) -> None:
        """A new part of the story."""
        print(f"\n{self._dress(title, '1')}", flush=True)

    @contextmanager
    def step(self, text: str) -> Iterator[list[str]]:
        """One thing that happens; what is appended to the list is told beneath it."""
        notes: list[str] = []
        began = time.perf_counter()
        if self._colours:
            print(f"  … {text}", end="\r", flush=True)
        try:
            yield notes
        except BaseException:
            print(f"  {self._dress('✗', '31')} {text}", flush=True)
            raise
        took = f"{(time.perf_counter() - began) * 1000:.0f} ms"
        mark = self._dress("✓", "32")
        print(
            f"  {mark} {text}  {self._dress(took, '2')}\x1b[K"
            if self._colours
            else f"  ✓ {text}  ({took})",
            flush=True,
        )
        for note in notes:
            self.note(note)

    def note(self, text: str) -> None:
        """What the reader should notice."""
        for line in textwrap.wrap(text, _WIDTH - 6):
            print(f"      {self._dress(line, '2')}", flush=True)

    def line(self, text: str = "") -> None:
        print(text, flush=True)

    def elapsed(self) -> float:
        """Seconds since the telling began."""
        return time.perf_counter() - self._began

    def _dress(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._colours else text
