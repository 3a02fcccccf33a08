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

    def found(self) -> tuple[ColumnElement[bool], ...]:
        """Say: this is the first word of a thing that begins with the longest piece, and the others match."""
        word = self.table
        others = bindparam("sought_others", type_=ARRAY(Text()))
        return (
            word.licence_id == LICENCE,
            self.exists,
            func.strpos(word.words, bindparam("sought_first", type_=Text())) == word.position,
            word.words.bool_op("LIKE")(all_(others)),
        )

    def above(self) -> ColumnElement[bool]:
        """Say: the word does not come before all that begin with the longest piece."""
        return self.table.sort_key >= bindparam("sought_from", type_=Text())

    def below(self) -> ColumnElement[bool]:
        """Say: it does not come after them."""
        return self.table.sort_key < bindparam("sought_until", type_=Text())


def sorting(sought: Sought) -> Sorting:
    """Return the order of what a search finds: what begins with the longest piece, the shortest first."""
    return Sorting("MATCH", sought.key)


def page_statement(statement: AnySelect, id_: ColumnElement[object], words: WordIndex, cut: Cut) -> AnySelect:
    """Return the statement of one page of the things that `statement` finds."""
    word = words.table
    # One look by its key for each word that is found, in their order: LIMIT keeps it so.
    thing = statement.where(id_ == word.id).limit(1).correlate(word).lateral("thing")
    page = select(*thing.c, word.sort_key).select_from(word).join(thing, true()).where(*words.found())
    # An edge is a bound of the range: PostgreSQL begins to read at one of two, and not at the closer one.
    if not cut.has_after:
        page = page.where(words.above())
    if not cut.has_before:
        page = page.where(words.below())
    return cut.apply(page, word.sort_key.expression, word.id.expression)


@lru_cache(maxsize=8)
def count_statement(words: WordIndex) -> AnySelect:
    """Return the statement that counts what is found, no further than needed."""
    found = select(words.table.id).where(*words.found(), words.above(), words.below())
    return select(func.count().label("total")).select_from(found.limit(COUNTED_UP_TO + 1).subquery())
