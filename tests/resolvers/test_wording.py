"""The words of descriptions: what stands anywhere in one is found, and what none has is forgotten."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.folding import fold
from models import DescriptionWord, Document, Entity, WordSuffix
from resolvers.wording import (
    LAST_LETTER,
    LONGEST_PIECE,
    LONGEST_WORD,
    end_of_range,
    ends_of,
    longest_piece,
    remove_words,
    words_of,
    write_words,
)
from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.filing import key_of, paper_of
from tests.journeys.rows import rows
from tests.journeys.waiting import somebody_waits
from tests.resolvers.test_purging import OVER, delete, pass_by, purged

LIST = """query ($text: String!) {
  documents(filter: {descriptionContains: $text}) { nodes { description } } }"""
UPDATE = """mutation ($input: UpdateDocumentInput!) {
  it: updateDocument(input: $input) { userErrors { code } } }"""
texts = st.text(st.sampled_from("abc é"), max_size=150).map(fold)


@given(whole=texts, data=st.data())
def test_a_piece_of_what_stands_in_a_text_begins_an_end_of_a_word(whole: str, data: st.DataObject) -> None:
    first, last = sorted(data.draw(st.tuples(*[st.integers(0, len(whole))] * 2)))
    piece = longest_piece(whole[first:last])
    ends = ends_of(words_of(whole))["suffixes"]
    assert not piece or any(end.startswith(piece) for end in ends)


@given(words=st.lists(st.text(st.characters(exclude_categories=["Z", "Cs"]), min_size=1, max_size=300)))
def test_words_are_short_enough_for_an_index(words: list[str]) -> None:
    found = words_of(" ".join(words))
    assert all(0 < len(it) <= 2 * LONGEST_PIECE for it in found)
    assert {it for it in " ".join(words).split() if len(it) <= LONGEST_PIECE} <= found


letters = st.characters(exclude_categories=["Cs"])


@given(
    piece=st.text(letters, min_size=1, max_size=LONGEST_PIECE), rest=st.text(letters), other=st.text(letters)
)
def test_a_range_holds_what_begins_with_a_piece_and_nothing_else(piece: str, rest: str, other: str) -> None:
    end = end_of_range(piece)
    assert piece <= (piece + rest)[:LONGEST_WORD] < end
    assert (piece <= other < end) is other.startswith(piece) or set(piece) == {LAST_LETTER}


@pytest.mark.parametrize(
    ("piece", "end"),
    [("a", "b"), ("a\U0010ffff", "b"), ("\ud7ff", "\ue000"), ("\U0010ffff", "\U0010ffff" * 65)],
)
def test_a_range_ends_with_the_next_letter(piece: str, end: str) -> None:
    assert end_of_range(piece) == end


@pytest.mark.parametrize(
    "text", ["huwelijk", "ELIJKSCON", "contract", "t", "", "  ", "huwelijkscontract", "wélijks"]
)
async def test_a_text_is_found_anywhere_in_a_description(api: Api, text: str) -> None:
    found = await api.gets("bert", LIST, text=text)
    assert found == {"documents": {"nodes": [{"description": "Huwelijkscontract"}]}}


@pytest.mark.parametrize("text", ["huwelijksc0ntract", "contract huwelijk", "%", "_", "contracten"])
async def test_what_stands_in_no_description_is_not_found(api: Api, text: str) -> None:
    assert await api.gets("bert", LIST, text=text) == {"documents": {"nodes": []}}


async def words_in(api: Api, entity: type[Entity], column: str, **of: Any) -> set[str]:
    """Return what words are kept."""
    return {getattr(it, column) for it in await rows(api, entity, **of)}


async def described(api: Api, id_: str, text: str) -> None:
    """Give a document another description."""
    found = await api.gets("anna", UPDATE, input={"documentId": id_, "description": text})
    assert found == {"it": {"userErrors": []}}


async def test_another_description_has_its_own_words_and_what_no_other_has_is_forgotten(api: Api) -> None:
    id_ = await paper_of(api, "anna")
    await described(api, id_, "Testament en huwelijkscontract")
    assert await words_in(api, DescriptionWord, "word", document_id=key_of(api, id_)) == {
        "testament",
        "en",
        "huwelijkscontract",
    }
    assert "ament" in await words_in(api, WordSuffix, "suffix")
    await described(api, id_, "Een contract")
    assert await words_in(api, DescriptionWord, "word", document_id=key_of(api, id_)) == {"een", "contract"}
    known = await words_in(api, WordSuffix, "word")
    assert "testament" not in known
    assert {"huwelijkscontract", "een", "contract"} <= known


async def test_what_is_purged_leaves_no_word(api: Api, clock: SetClock) -> None:
    before = await words_in(api, WordSuffix, "suffix")
    id_ = await paper_of(api, "anna")
    await described(api, id_, "Zeldzaam huwelijkscontract")
    assert await words_in(api, WordSuffix, "suffix") > before
    await delete(api, id_)
    pass_by(api, clock, OVER)
    assert await purged(api) == 1
    assert await words_in(api, DescriptionWord, "word", document_id=key_of(api, id_)) == set()
    assert await words_in(api, WordSuffix, "suffix") == before


async def bare(api: Api, *texts: str) -> list[UUID]:
    """Add documents that have no words yet, with these descriptions; return their keys."""
    licence_id = api.world.firm.licence_id
    async with api.ports.database.change(licence_id) as session:
        moment = api.ports.clock.now()
        of_time = {"created_at": moment, "updated_at": moment, "content_updated_at": moment}
        found = [
            Document(licence_id=licence_id, description=it, description_folded=it, **of_time) for it in texts
        ]
        session.add_all(found)
        await session.flush()
        return [it.id for it in found]


async def test_two_who_learn_the_same_words_at_once_both_have_them(api: Api, database_url: str) -> None:
    first, second = await bare(api, "nieuw woord", "woord nieuw")
    licence_id = api.world.firm.licence_id
    async with api.ports.database.change(licence_id) as one:
        await write_words(one, licence_id, {first: "nieuw woord"})
        waiting = asyncio.create_task(written(api, second, "woord nieuw"))
        await somebody_waits(database_url)
    await waiting
    assert await words_in(api, DescriptionWord, "document_id", word="nieuw") == {first, second}
    assert await words_in(api, WordSuffix, "suffix", word="nieuw") == {"nieuw", "ieuw", "euw", "uw", "w"}


async def written(api: Api, key: UUID, text: str) -> None:
    """Write the words of a document, in a transaction of its own."""
    licence_id = api.world.firm.licence_id
    async with api.ports.database.change(licence_id) as session:
        await write_words(session, licence_id, {key: text})


async def test_a_word_that_somebody_is_about_to_use_is_not_forgotten(api: Api) -> None:
    first, second = await bare(api, "geheim", "geheim")
    licence_id = api.world.firm.licence_id
    await written(api, first, "geheim")
    async with api.ports.database.change(licence_id) as one:
        await write_words(one, licence_id, {second: "geheim"})
        async with api.ports.database.change(licence_id) as other:
            await remove_words(other, licence_id, [first])
    assert await words_in(api, DescriptionWord, "document_id", word="geheim") == {second}
    assert "heim" in await words_in(api, WordSuffix, "suffix")


async def test_a_word_that_was_forgotten_meanwhile_is_learnt_anew(api: Api, database_url: str) -> None:
    first, second = await bare(api, "geheim", "geheim")
    licence_id = api.world.firm.licence_id
    await written(api, first, "geheim")
    async with api.ports.database.change(licence_id) as one:
        await remove_words(one, licence_id, [first])
        waiting = asyncio.create_task(written(api, second, "geheim"))
        await somebody_waits(database_url)
    await waiting
    assert await words_in(api, DescriptionWord, "document_id", word="geheim") == {second}
    assert "heim" in await words_in(api, WordSuffix, "suffix")
