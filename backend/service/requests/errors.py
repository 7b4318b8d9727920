"""What requests refuse."""

from infra.kernel.errors import Conflict


class RequestUnderWay(Conflict):
    type, title = "request-under-way", "Somebody works on this request already"


class RequestOver(Conflict):
    type, title = "request-over", "This request is over"


class RequestBegun(Conflict):
    type, title = "request-begun", "The work on this request has begun"
