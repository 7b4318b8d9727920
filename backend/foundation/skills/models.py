"""What people can do."""

from tortoise import fields

from infra.kernel.model import Record


class Skill(Record):
    """Something that work may need and people may have."""

    name = fields.CharField(max_length=100)
    description = fields.TextField(default="")
    active = fields.BooleanField(default=True)

    class Meta:
        table = "skills"


class UserSkill(Record):
    """That a profile has a skill, from 1 (beginner) to 5 (expert)."""

    profile_id = fields.UUIDField()
    skill_id = fields.UUIDField()
    level = fields.IntField(default=3)

    class Meta:
        table = "user_skills"
