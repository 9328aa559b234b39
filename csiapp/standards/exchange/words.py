"""The words of a file: names of tables, columns and codes in both languages.

A file is written in one language and read in either, so that a manager may pass it on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from csiapp.standards.content import Text

Lists = Mapping[str, Mapping[str, Text]]


@dataclass(frozen=True)
class Words:
    """`tables` by name, `columns` by "table.column", `lists` by name and code. A list that is
    empty or not there leaves its codes unchecked."""

    tables: Mapping[str, Text]
    columns: Mapping[str, Text]
    lists: Lists

    def table(self, title: str) -> str | None:
        """The table that a sheet's title names, in either language."""
        return self._table_of.get(_folded(title))

    def column(self, table: str, title: str) -> str | None:
        return self._column_of.get((table, _folded(title)))

    def code(self, words: str, text: str) -> str | None:
        """The code that a text means: the code itself, or its name in either language."""
        return self._code_of.get((words, _folded(text)))

    @cached_property
    def _table_of(self) -> Mapping[str, str]:
        return {
            _folded(text): name for name, texts in self.tables.items() for text in texts.values()
        }

    @cached_property
    def _column_of(self) -> Mapping[tuple[str, str], str]:
        found: dict[tuple[str, str], str] = {}
        for place, texts in self.columns.items():
            table, _dot, column = place.partition(".")
            found |= {(table, _folded(text)): column for text in texts.values()}
        return found

    @cached_property
    def _code_of(self) -> Mapping[tuple[str, str], str]:
        found: dict[tuple[str, str], str] = {}
        for words, names in self.lists.items():
            for code, texts in names.items():
                for text in texts.values():
                    found.setdefault((words, _folded(text)), code)
        for words, names in self.lists.items():  # a code goes before any name
            found |= {(words, _folded(code)): code for code in names}
        return found


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
