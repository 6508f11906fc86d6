"""Modules and models that a child has loaded, for the next children.

The framework imports parts of itself, and builds the validators of its
models, when they are first needed: two thirds of the work on a small
database. A child returns what it had to load; the parent loads it too, and
the children that it forks from then on have it already.
"""

import gc
import importlib
import logging
import sys
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, PydanticUserError

FRAMEWORK = "metadata."

log = logging.getLogger(__name__)


class NewlyLoaded(BaseModel):
    """What was loaded.

    Attributes:
        modules: Names of modules.
        models: Models whose validators were built, as ``module:name``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    modules: list[str] = []
    models: list[str] = []


@dataclass(frozen=True)
class Loaded:
    """What a process has loaded at some time.

    Attributes:
        modules: Names of modules.
        models: Models with validators, as ``module:name``.
    """

    modules: frozenset[str] = field(
        default_factory=lambda: frozenset(sys.modules)
    )
    models: frozenset[str] = field(
        default_factory=lambda: frozenset(_complete_models())
    )

    def since(self, before: "Loaded") -> NewlyLoaded:
        """Returns what has been loaded since.

        Args:
            before: What was loaded then.

        Returns:
            The difference.
        """
        return NewlyLoaded(
            modules=sorted(self.modules - before.modules),
            models=sorted(self.models - before.models),
        )


def preload(loaded: NewlyLoaded) -> None:
    """Loads what a child has reported.

    Args:
        loaded: What it has loaded.
    """
    for module in loaded.modules:
        try:
            importlib.import_module(module)
        except ImportError as error:
            log.debug("%s stays for the children to load: %s", module, error)
    for model in loaded.models:
        module, _, name = model.partition(":")
        _complete(getattr(sys.modules.get(module), name, None))
    share_memory()


def share_memory() -> None:
    """Keeps the collectors of children from copying what they share."""
    gc.collect()
    gc.freeze()


def _complete(model: object) -> None:
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return
    try:
        model.model_rebuild()
    except PydanticUserError as error:
        log.debug("%s stays for the children to build: %s", model, error)


def _complete_models() -> set[str]:
    return {
        f"{module}:{name}"
        for module, content in list(sys.modules.items())
        if module.startswith(FRAMEWORK)
        for name, value in list(vars(content).items())
        if isinstance(value, type)
        and issubclass(value, BaseModel)
        and value.__module__ == module
        and value.__pydantic_complete__
    }
