"""What the outside knows of skills."""

from typing import Annotated

from annotated_types import Ge, Le

from backend.foundation.skills.models import Skill, UserSkill
from backend.platform.calendars.resources import Name
from infra.kernel.configured import Configured
from infra.kernel.resource import Relation, Resource, View, everything, match

Level = Annotated[int, Ge(1), Le(5)]

skills = Resource(
    name="skills",
    singular="skill",
    model=Skill,
    summary="What work may need and people may have.",
    label="name",
    types={"name": Name},
    views={
        "staff": View(
            read=("id", "name", "description", "active", "created_at", "updated_at", "version"),
            create=("name", "description", "active"),
            update=("name", "description", "active"),
        )
    },
    filters=("name", "active"),
    sorts=("name",),
    default_sort="name",
    required=("name",),
    configured=Configured(),
)

user_skills = Resource(
    name="user_skills",
    singular="user_skill",
    model=UserSkill,
    summary="Who has which skill, and how well.",
    views={
        "staff": View(
            read=("id", "profile_id", "skill_id", "level", "created_at", "updated_at", "version"),
            create=("profile_id", "skill_id", "level"),
            update=("level",),
        )
    },
    filters=("profile_id", "skill_id", "level"),
    sorts=("created_at",),
    default_sort="created_at",
    relations={
        "profile": Relation("profile_id", "profiles"),
        "skill": Relation("skill_id", "skills"),
    },
    paths={"all": everything(), "own": match("profile_id", "profile_id")},
    types={"level": Level},
    required=("profile_id", "skill_id"),
)
