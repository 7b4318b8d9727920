"""What articles refuse; each says which states allow the verb."""

from infra.kernel.errors import Conflict


class ArticleIsPublished(Conflict):
    type, title = "article-is-published", "Readers see this text: revise it and publish again"


class ArticleNotPublished(Conflict):
    type, title = "article-not-published", "Only a published article allows this"


class NothingToPublish(Conflict):
    type, title = "nothing-to-publish", "The published text has no revision waiting"
