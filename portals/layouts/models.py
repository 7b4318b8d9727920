"""How pages of records are laid out for roles."""

from tortoise import fields

from infra.kernel.model import Record, TextArrayField


class PageLayout(Record):
    """What a role is shown of the pages of one kind of record."""

    resource = fields.CharField(max_length=80)
    role = fields.CharField(max_length=80)
    hidden_parts = TextArrayField(default=list)
    facts = TextArrayField(default=list)

    class Meta:
        table = "page_layouts"
