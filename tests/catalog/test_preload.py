"""What one child had to load is there for the next one."""

import sys
from types import ModuleType

import pytest
from pydantic import BaseModel, ConfigDict

from steps.catalog.preload import Loaded, NewlyLoaded, preload

FRAMEWORK_MODULE = "metadata.toy"
MODEL = f"{FRAMEWORK_MODULE}:Deferred"


class Deferred(BaseModel):
    """A model whose validators are built when it is first used."""

    model_config = ConfigDict(defer_build=True)

    number: int = 0


@pytest.fixture
def deferred(monkeypatch: pytest.MonkeyPatch) -> type[BaseModel]:
    """A model of the framework that has not been used yet."""

    class Fresh(Deferred):
        """Not used by any other test."""

    Fresh.__module__ = FRAMEWORK_MODULE
    module = ModuleType(FRAMEWORK_MODULE)
    monkeypatch.setattr(module, "Deferred", Fresh, raising=False)
    monkeypatch.setitem(sys.modules, FRAMEWORK_MODULE, module)
    return Fresh


def test_a_model_that_was_used_is_learned(deferred: type[BaseModel]) -> None:
    before = Loaded()
    deferred()
    assert Loaded().since(before).models == [MODEL]


def test_a_module_that_was_imported_is_learned() -> None:
    before = Loaded(modules=frozenset(sys.modules) - {"json"})
    assert "json" in Loaded().since(before).modules


def test_what_was_learned_is_done(deferred: type[BaseModel]) -> None:
    preload(NewlyLoaded(models=[MODEL]))
    assert deferred.__pydantic_complete__


def test_nothing_is_learned_twice(deferred: type[BaseModel]) -> None:
    preload(NewlyLoaded(models=[MODEL]))
    before = Loaded()
    deferred()
    assert Loaded().since(before).models == []


def test_what_cannot_be_loaded_is_left_to_the_children() -> None:
    preload(
        NewlyLoaded(
            modules=["no.such.module"], models=["no:Model", "json:loads"]
        )
    )
