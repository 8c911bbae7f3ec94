"""Entries by name: built in, from an installed package, or at `module:attribute`.

Another package adds an entry without a change here: it declares an entry point in the registry's group, or whoever
names the entry writes `package.module:attribute`.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class UnknownEntryError(ValueError):
    """A registry has no entry of this name; the message lists the names there are."""


class Registry(Generic[T]):
    """Maps names to entries, those of other packages included."""

    def __init__(self, noun: str, group: str, entries: Mapping[str, T]) -> None:
        """Build from the built-in `entries`; `group` is the entry points' group, such as `valence.datasets`."""
        self._noun = noun
        self._group = group
        self._entries = dict(entries)

    def __iter__(self) -> Iterator[str]:
        """Iterate over the built-in names."""
        return iter(self._entries)

    def __getitem__(self, name: str) -> T:
        """Return the entry of a name; UnknownEntryError if there is none, or it can't be imported."""
        if name in self._entries:
            return self._entries[name]
        entry: T = self._imported(name) if ":" in name else self._installed(name)
        return entry

    def _imported(self, name: str) -> Any:
        module, _, attribute = name.partition(":")
        try:
            return getattr(import_module(module), attribute)
        except (ImportError, AttributeError, ValueError) as error:
            raise UnknownEntryError(f"The {self._noun} {name!r} can't be imported: {error}.") from error

    def _installed(self, name: str) -> Any:
        for entry in entry_points(group=self._group, name=name):
            return entry.load()
        known = ", ".join(self._entries)
        raise UnknownEntryError(
            f"There is no {self._noun} {name!r}; choose from {known}, or name your own as `module:attribute`."
        )
