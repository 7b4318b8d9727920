"""What conversations refuse."""

from infra.kernel.errors import Conflict


class InteractionOver(Conflict):
    type, title = "interaction-over", "The conversation is over"


class InteractionHasCase(Conflict):
    type, title = "interaction-has-case", "The conversation is about a case already"


class ChatGoesOn(Conflict):
    type, title = "chat-goes-on", "There is an open chat already"
