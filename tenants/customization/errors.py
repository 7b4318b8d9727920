"""What is refused about fields and lists."""

from infra.kernel.errors import Conflict


class FieldHasValues(Conflict):
    type, title = "field-has-values", "Records have values of this type"


class FieldActive(Conflict):
    type, title = "field-active", "Only a retired field can be purged"


class FieldRetired(Conflict):
    type, title = "field-retired", "The field is retired"


class ChoiceHasChildren(Conflict):
    type, title = "choice-has-children", "Other choices are below this one"
