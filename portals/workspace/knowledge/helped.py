"""What readers said of articles."""

from typing import Any

from portals.workspace.reader import IDS_MOST, Reader


async def helped_of(reader: Reader, article_ids: list[Any]) -> dict[str, tuple[int, int]]:
    """How often each helped, and how often not, among the latest opinions."""
    if not article_ids:
        return {}
    query = {
        "article_id[in]": ",".join(str(each) for each in article_ids),
        "fields": "article_id,helpful", "limit": str(IDS_MOST),
    }  # fmt: skip
    told: dict[str, tuple[int, int]] = {}
    for row in await reader.rows("article_feedback", query):
        yes, no = told.get(str(row["article_id"]), (0, 0))
        told[str(row["article_id"])] = (yes + 1, no) if row["helpful"] else (yes, no + 1)
    return told
