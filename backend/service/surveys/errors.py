"""What a survey refuses."""

from infra.kernel.errors import Conflict


class SurveyAnswered(Conflict):
    type, title = "survey-answered", "This survey has been answered"


class SurveyOver(Conflict):
    type, title = "survey-over", "This survey is no longer open"
