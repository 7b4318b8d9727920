"""What choosing an offering refuses."""

from infra.kernel.errors import Conflict


class OfferingNotActive(Conflict):
    type, title = "offering-not-active", "Only an active offering can be chosen"
