"""What routing refuses."""

from infra.kernel.errors import Conflict


class NotOffered(Conflict):
    type, title = "work-item-not-offered", "This work is not on offer"


class OfferedToAnother(Conflict):
    type, title = "work-item-offered-to-another", "This work is offered to somebody else"


class OfferExpired(Conflict):
    type, title = "work-item-offer-expired", "The time to answer this offer is over"


class AlreadyAccepted(Conflict):
    type, title = "work-item-already-accepted", "Somebody works on this already"


class NotAccepted(Conflict):
    type, title = "work-item-not-accepted", "Nobody works on this"
