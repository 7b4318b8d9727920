"""Marking messages for the catalogues."""


def noted(text: str) -> str:
    """Marks a message for the catalogue where it is written, not where it is shown."""
    return text
