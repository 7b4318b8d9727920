"""What articles refuse; each says which states allow the verb."""

from infra.kernel.errors import Conflict


class ArticleIsPublished(Conflict):
    type, title = "article-is-published", "Readers see this text: revise it and publish again"


class ArticleNotPublished(Conflict):
    type, title = "article-not-published", "Only a published article allows this"


class NothingToPublish(Conflict):
    type, title = "nothing-to-publish", "The published text has no revision waiting"


class LastDayPassed(Conflict):
    type, title = "last-day-passed", "Its last day has passed: set another one first"


class OriginalNotPublished(Conflict):
    type, title = "original-not-published", "A translation is published with or after its original"


class ReviewNeeded(Conflict):
    type, title = "review-needed", "Somebody other than the author must approve this text first"


class ReviewIsOpen(Conflict):
    type, title = "review-is-open", "Somebody has been asked to look over this text already"


class ReviewNotOpen(Conflict):
    type, title = "review-not-open", "Nobody has been asked to look over this text"


class OwnText(Conflict):
    type, title = "own-text", "Whoever wrote a text does not approve it"


class LanguageTaken(Conflict):
    type, title = "language-taken", "There is this article in that language already"


class NotATranslation(Conflict):
    type, title = "not-a-translation", "This article is an original"


class IsATranslation(Conflict):
    type, title = "is-a-translation", "Translate the original: translations have none of their own"


class CategoryCycle(Conflict):
    type, title = "category-cycle", "A category cannot lie below itself"
