"""What the launcher says when it cannot do its work."""


class StackError(RuntimeError):
    """The embedded servers could not be started or stopped; the text says how to mend it."""
