"""Every kind of task in one list."""

from tortoise import fields

from infra.kernel.model import Task


class TaskEntry(Task):
    """A row of the `tasks` view; `kind` names the resource that it is a record of."""

    kind = fields.CharField(max_length=60)

    class Meta:
        table = "tasks"
