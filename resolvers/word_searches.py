"""Statements that find things by their words: a page in the order of the words, and how many there are."""

from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import ARRAY, ColumnElement, Text, all_, bindparam, func, select, true

from models.tables import LICENCE, AnySelect
from models.words import Word
from resolvers.paging import COUNTED_UP_TO, Cut, Sorting
from resolvers.sought import Sought


@dataclass(frozen=True, eq=False, slots=True)
class WordIndex:
    """The words that things of a kind are found by, and for whom."""

    table: type[Word]
    exists: ColumnElement[bool]
    """Which things exist for the viewer, said of their words: counts look at nothing else."""
    are_few: bool = False
    """Whether so few exist that all their words are looked at, and no range of the index."""

    def found(self) -> list[ColumnElement[bool]]:
        """Say: this is the first word of a thing that begins with the longest piece, and the others match."""
        word = self.table
        others = bindparam("sought_others", type_=ARRAY(Text()))
        found = [
            word.licence_id == LICENCE,
            self.exists,
            func.strpos(word.words, bindparam("sought_first", type_=Text())) == word.position,
            word.words.bool_op("LIKE")(all_(others)),
        ]
        return found if self.are_few else [*found, *self.in_range()]

    def in_range(self) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        """Say: the word may begin with the longest piece. It takes nothing away, but an index knows it."""
        return (
            self.table.sort_key >= bindparam("sought_from", type_=Text()),
            self.table.sort_key <= bindparam("sought_until", type_=Text()),
        )


def sorting(sought: Sought) -> Sorting:
    """Return the order of what a search finds: what begins with the longest piece, the shortest first."""
    return Sorting("MATCH", sought.key)


def page_statement(statement: AnySelect, id_: ColumnElement[object], words: WordIndex, cut: Cut) -> AnySelect:
    """Return the statement of one page of the things that `statement` finds."""
    word = words.table
    # One look by its key for each word that is found, in their order: LIMIT keeps it so.
    thing = statement.where(id_ == word.id).limit(1).correlate(word).lateral("thing")
    page = select(*thing.c, word.sort_key).select_from(word).join(thing, true()).where(*words.found())
    return cut.apply(page, word.sort_key.expression, word.id.expression)


@lru_cache(maxsize=8)
def count_statement(words: WordIndex) -> AnySelect:
    """Return the statement that counts what is found, no further than needed."""
    found = select(words.table.id).where(*words.found())
    return select(func.count().label("total")).select_from(found.limit(COUNTED_UP_TO + 1).subquery())
