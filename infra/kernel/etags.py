"""Lists of entity tags, as `If-Match` and `If-None-Match` carry them (RFC 9110 §13.1)."""


def names_any(field: str, etag: str, *, weak: bool = False) -> bool:
    """Whether the field is `*` or has the tag among its own; a weak one counts only if `weak`."""
    told = [part.strip() for part in field.split(",")]
    if weak:
        told = [part.removeprefix("W/") for part in told]
    return "*" in told or etag in told
