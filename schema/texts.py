"""Texts that no database can keep: found before anything runs, wherever they stand in an operation."""

import re
from typing import Any, Final, cast

from graphql import StringValueNode, Visitor, visit

from execution import Admitted

# U+0000, or one half of a pair of surrogates without the other.
UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")


def holds_unstorable(value: Any) -> bool:
    """Return whether a text somewhere in a value can not be kept."""
    if isinstance(value, str):
        return UNSTORABLE.search(value) is not None
    if isinstance(value, dict):
        held = cast("dict[Any, Any]", value)
        return holds_unstorable([*held.keys(), *held.values()])
    return isinstance(value, list) and any(map(holds_unstorable, cast("list[Any]", value)))


class Finder(Visitor):
    """Looks at every text in a document."""

    found = False

    def enter_string_value(self, node: StringValueNode, *_: object) -> None:
        self.found = self.found or holds_unstorable(node.value)


def document_holds_unstorable(admitted: Admitted) -> bool:
    """Return whether a text in the document can not be kept; only an escape can spell one."""
    if "\\u" not in admitted.text:
        return False
    finder = Finder()
    visit(admitted.document, finder)
    return finder.found
