"""Skills, and who has them."""

from backend.foundation.skills.resources import skills, user_skills
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

_WRITE = ("read", "create", "update", "delete")

domain = Domain(
    name="skills",
    summary="What work may need and people may have.",
    resources=(skills, user_skills),
    grants=(
        Grant("service_manager", "skills", _WRITE),
        Grant("service_manager", "user_skills", _WRITE),
        Grant("agent_b2b", "skills", ("read",)),
        Grant("agent_b2c", "skills", ("read",)),
        Grant("knowledge_manager", "skills", ("read",)),
        Grant("agent_b2b", "user_skills", ("read",), "own"),
        Grant("agent_b2c", "user_skills", ("read",), "own"),
    ),
)
