"""What responsibilities refuse."""

from infra.kernel.errors import Conflict, Duplicate


class KeyTaken(Duplicate):
    title = "There is one with this key already"


class KindInUse(Conflict):
    type, title = "kind-in-use", "Somebody holds this responsibility; its kind cannot change"
