"""Errors of the local run, each one sentence for a person."""


class LocalRunError(Exception):
    """An expected failure; its text is shown without a stack trace."""


class ManifestError(LocalRunError):
    """A manifest holds something that the local run does not support."""


class ArgumentError(LocalRunError):
    """The submitted arguments do not fit the workflow."""


class ExpressionError(LocalRunError):
    """An expression cannot be parsed or evaluated."""


class SubstitutionError(LocalRunError):
    """A tag cannot be replaced; the node that holds it ends in an error."""


class MissingVariableError(SubstitutionError):
    """A tag names a variable that does not exist yet; Argo asks again."""
