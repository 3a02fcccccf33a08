"""The words of descriptions, in which a text that few documents have is found.

Each document has a row for each of its words; each word that the licence's descriptions have, a row for each
of its ends. What stands anywhere in a word begins one of its ends, so that a range of an index finds it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CursorResult,
    Executable,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    column,
    delete,
    exists,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from models import DescriptionWord, WordSuffix
from models.tables import LICENCE

# The longest piece of a text that is looked for in the words: a longer one begins with it.
LONGEST_PIECE: Final = 32
# Longer words are kept in parts, so that each piece stands in one of them as a whole.
LONGEST_WORD: Final = 2 * LONGEST_PIECE
LAST_LETTER: Final = "\U0010ffff"
SURROGATES: Final = range(0xD800, 0xE000)
WORDS: Final = bindparam("words", type_=ARRAY(Text()))
IDS: Final = any_(bindparam("ids", type_=ARRAY(Uuid())))
ASKED: Final = func.unnest(WORDS).table_valued(column("word", Text())).render_derived(name="asked")
# The ends of words, each beside its word, in the order in which they are given.
ENDS: Final = (
    func.unnest(bindparam("suffixes", type_=ARRAY(Text())), bindparam("of_words", type_=ARRAY(Text())))
    .table_valued(column("suffix", Text()), column("word", Text()))
    .render_derived(name="ends")
)
# The row that is a whole word stands for it: whoever uses the word holds it, so that nobody forgets it. Both
# columns are compared with what is asked: many words end in a short one.
WHOLE: Final = (
    select(WordSuffix.word)
    .select_from(ASKED)
    .join(
        WordSuffix,
        and_(
            WordSuffix.licence_id == LICENCE,
            WordSuffix.suffix == ASKED.c.word,
            WordSuffix.word == ASKED.c.word,
        ),
    )
)
KNOWN: Final = WHOLE.with_for_update(read=True, key_share=True, of=WordSuffix)
LEARN: Final = (
    insert(WordSuffix)
    .from_select(["licence_id", "suffix", "word"], select(LICENCE, ENDS.c.suffix, ENDS.c.word))
    .on_conflict_do_nothing()
)
PAIRS: Final = (
    func.unnest(bindparam("documents", type_=ARRAY(Uuid())), WORDS)
    .table_valued(column("document_id", Uuid()), column("word", Text()))
    .render_derived(name="pairs")
)
WRITE: Final = insert(DescriptionWord).from_select(
    ["licence_id", "document_id", "word"], select(LICENCE, PAIRS.c.document_id, PAIRS.c.word)
)
OF_DOCUMENTS: Final = (DescriptionWord.licence_id == LICENCE, DescriptionWord.document_id == IDS)
WORDS_OF: Final = select(DescriptionWord.word).where(*OF_DOCUMENTS)
REMOVE: Final = delete(DescriptionWord).where(*OF_DOCUMENTS, DescriptionWord.word == any_(WORDS))
# Whoever holds a word is about to use it. PostgreSQL looks at uses again once the word is ours.
HELD: Final = WHOLE.with_for_update(skip_locked=True, of=WordSuffix)
IS_USED: Final = exists().where(DescriptionWord.licence_id == LICENCE, DescriptionWord.word == ASKED.c.word)
UNUSED: Final = select(ASKED.c.word).where(~IS_USED)
FORGET: Final = delete(WordSuffix).where(
    WordSuffix.licence_id == LICENCE, WordSuffix.suffix == ENDS.c.suffix, WordSuffix.word == ENDS.c.word
)


def words_of(folded: str) -> set[str]:
    """Return the words of a folded text; of a long one its parts, each of which overlaps the next."""
    return {
        whole[at : at + LONGEST_WORD]
        for whole in folded.split()
        for at in range(0, max(1, len(whole) - LONGEST_PIECE), LONGEST_PIECE)
    }


def ends_of(words: set[str]) -> dict[str, list[str]]:
    """Return all ends of words, in an order in which everybody writes them: so nobody waits in a circle."""
    ends = sorted((word, word[at:]) for word in words for at in range(len(word)))
    return {"suffixes": [end for _, end in ends], "of_words": [word for word, _ in ends]}


def longest_piece(folded: str) -> str:
    """Return what a document's words must hold where its description holds a text; empty for a blank one."""
    return max(folded.split(), key=len, default="")[:LONGEST_PIECE]


def end_of_range(piece: str) -> str:
    """Return the first text after all that begin with a piece, as PostgreSQL sorts them in collation C."""
    bare = piece.rstrip(LAST_LETTER)
    if not bare:
        return LAST_LETTER * (LONGEST_WORD + 1)
    following = ord(bare[-1]) + 1
    # Halves of letters, which no text has.
    return bare[:-1] + chr(SURROGATES.stop if following in SURROGATES else following)


async def write_words(session: AsyncSession, licence_id: UUID, descriptions: Mapping[UUID, str]) -> None:
    """Write the words of documents that have none yet, by their keys and folded descriptions."""
    await add(session, licence_id, {key: words_of(folded) for key, folded in descriptions.items()})


async def change_words(
    session: AsyncSession, licence_id: UUID, document_id: UUID, before: str, after: str
) -> None:
    """Write the words of a document whose description was another one."""
    old, new = words_of(before), words_of(after)
    await add(session, licence_id, {document_id: new - old})
    await remove(session, licence_id, [document_id], old - new)


async def remove_words(session: AsyncSession, licence_id: UUID, document_ids: Sequence[UUID]) -> None:
    """Remove all words of documents that are gone."""
    found = await carry_out(session, WORDS_OF, {"licence": licence_id, "ids": document_ids})
    await remove(session, licence_id, document_ids, set(found.scalars()))


async def add(session: AsyncSession, licence_id: UUID, new: Mapping[UUID, set[str]]) -> None:
    """Add words to documents, and let the licence learn those that it does not know."""
    words = {word for some in new.values() for word in some}
    values: dict[str, Any] = {"licence": licence_id, "words": sorted(words)}
    unknown = words - await known(session, values)
    while unknown and await learn(session, licence_id, unknown):
        unknown -= await known(session, values)
    pairs = [(key, word) for key, some in new.items() for word in sorted(some)]
    of_each = {"documents": [key for key, _ in pairs], "words": [word for _, word in pairs]}
    await carry_out(session, WRITE, {"licence": licence_id, **of_each})


async def learn(session: AsyncSession, licence_id: UUID, words: set[str]) -> bool:
    """Write the ends of words; return whether somebody else has written some of them meanwhile."""
    ends = ends_of(words)
    written = await carry_out(session, LEARN, {"licence": licence_id, **ends})
    return written.rowcount < len(ends["suffixes"])


async def known(session: AsyncSession, values: dict[str, Any]) -> set[str]:
    """Return the words that the licence knows already, which nobody forgets before this transaction ends."""
    return set((await carry_out(session, KNOWN, values)).scalars())


async def remove(
    session: AsyncSession, licence_id: UUID, document_ids: Sequence[UUID], words: set[str]
) -> None:
    """Remove words from documents, and forget those that no document has any more."""
    values: dict[str, Any] = {"licence": licence_id, "ids": document_ids, "words": sorted(words)}
    await carry_out(session, REMOVE, values)
    held = sorted((await carry_out(session, HELD, values)).scalars())
    unused = set((await carry_out(session, UNUSED, values | {"words": held})).scalars())
    if unused:
        await carry_out(session, FORGET, {"licence": licence_id, **ends_of(unused)})


async def carry_out(session: AsyncSession, statement: Executable, values: Any) -> CursorResult[Any]:
    """Carry a statement out, after what was changed before it."""
    await session.flush()
    return await (await session.connection()).execute(statement, values)
