"""What is refused where cases become articles."""

from infra.kernel.errors import Conflict


class CaseNotAnswered(Conflict):
    type, title = "case-not-answered", "Only an answered case becomes an article"
