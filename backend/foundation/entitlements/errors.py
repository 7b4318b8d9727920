"""What a promise refuses. Each says what would help."""

from infra.kernel.errors import Conflict


class ChannelNotCovered(Conflict):
    type, title = "channel-not-covered", "Support is not owed by this channel"


class OutsideSupportHours(Conflict):
    type, title = "outside-support-hours", "Support is not owed at this hour"
