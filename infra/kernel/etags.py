"""Entity tags of records, and lists of them as `If-Match` and `If-None-Match` carry them (RFC 9110
§8.8.3, §13.1).

A record's tag is its version. Where more than the record decides what is told, records beside it or
the reader's language, a print of the words follows the version: `"3.5c1f0e9a7b24d680"`. Both name
version 3 in `If-Match`.
"""

from hashlib import blake2b


def tag_of(version: int, told: bytes | None = None) -> str:
    """The tag of a record at this version, or of this telling of it."""
    return (
        f'"{version}"'
        if told is None
        else f'"{version}.{blake2b(told, digest_size=8).hexdigest()}"'
    )


def names_any(field: str, etag: str, *, weak: bool = False) -> bool:
    """Whether the field is `*` or has the tag among its own; a weak one counts only if `weak`."""
    told = _tags(field, weak)
    return "*" in told or etag in told


def names_version(field: str, version: int) -> bool:
    """Whether the field is `*` or has a tag of this version, whatever was told of it."""
    told = _tags(field)
    return "*" in told or any(
        tag == f'"{version}"' or (tag.startswith(f'"{version}.') and tag.endswith('"'))
        for tag in told
    )


def _tags(field: str, weak: bool = False) -> list[str]:
    told = [part.strip() for part in field.split(",")]
    return [part.removeprefix("W/") for part in told] if weak else told
