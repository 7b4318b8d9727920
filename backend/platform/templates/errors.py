"""What texts refuse."""

from infra.kernel.errors import Conflict


class TemplateKeyTaken(Conflict):
    type, title = "template-key-taken", "There is a text with this key already"


class TemplateNotInUse(Conflict):
    type, title = "template-not-in-use", "This text is switched off"
