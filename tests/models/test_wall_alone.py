"""The second wall by itself: with the application's own filters off, nothing of another firm comes out."""

import re
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest
import pytest_asyncio
from graphql import GraphQLField, is_required_argument
from sqlalchemy import select, text

from models import Licence, metadata
from resolvers import database as transactions
from resolvers.connecting import SERVER_SETTINGS
from resolvers.database import Database
from tests import databases
from tests.databases import roll_back
from tests.http.asking import behind
from tests.journeys.answers import answer_to
from tests.journeys.id_entries import ARGUMENTS
from tests.journeys.id_places import Place, fields_of, id_places, the_schema
from tests.journeys.id_questions import ROOTS, answer, answer_of, given, mistakes_in, types_in
from tests.journeys.selections import below
from tests.journeys.two_firms import TwoFirms, two_firms, type_of
from tests.models.catalogue import asked
from tests.models.rewriting import rewriting
from tests.statements import counting, unnamed
from tests.world import PASSWORD, World

pytestmark = pytest.mark.at_length

OF_LICENCE: Final = re.compile(r"\b(?:\w+\.licence_id|licence\.id) = (\$\d+::UUID)")
OF_GRANTEE: Final = re.compile(r"\bdocument_grant\w*\.principal_id = (mine\w*\.id)")
OF_ACCOUNT: Final = re.compile(r"\b(?:session|passkey|totp_device|upload)\.account_id = (\$\d+::UUID)")
LEVELS: Final = 2
# Without a word there is no search, and all that there is.
WORDS: Final = ("ours", "theirs", "%%%", None)
# How a list is cut short, and how it is searched.
SEARCHES: Final = {
    "first": "first: 2",
    "search": "search: $word",
    "filter": "filter: {descriptionContains: $word}",
}
# What there is left to spend is less each time; it is a number, and of nobody's rows.
NEVER_THE_SAME: Final = frozenset({"rateLimit"})
# They go on from a challenge, as whoever is signing in; there is another test for them.
OF_SESSIONS: Final = frozenset(
    {"signIn", "signOut", "completeTwoFactor", "completePasswordChange", "confirmPasskeyEnrolment"}
)
# A client does it, who has a sheet of his own.
OF_CLIENTS: Final = "updateContactDetails"
# After them what the others do is not there any more, or is not theirs to do.
LATE: Final = ("blockAccount", "unblockAccount", "regenerateRecoveryCodes", "changePassword")
AT_ANOTHER_DOOR: Final = {
    "username": "bert@callewaert.example",
    "password": PASSWORD,
    "licence": "het-ander",
}
SIGN_IN: Final = (
    "mutation ($input: SignInInput!) { signIn(input: $input) { token userErrors { code path } } }"
)
WALLS: Final = """
    SELECT polrelid::regclass::text AS of, polname AS name, polroles = '{0}' AS of_everybody,
      pg_get_expr(polqual, polrelid) AS seen, pg_get_expr(polwithcheck, polrelid) AS written
    FROM pg_policy WHERE polname NOT IN ('directory', 'due') AND polpermissive
"""
IS_LICENCE: Final = "(NULLIF(current_setting('kluis.licence'::text, true), ''::text))::uuid"
# Views and functions could read with the rights of their owner.
WAYS_ROUND: Final = """
    SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind NOT IN ('r', 'i')
    UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
"""
Rewrite = Callable[[str], str]
over_two_firms = pytest.mark.asyncio(loop_scope="module")


def without_licence(statement: str) -> str:
    """Return a statement for which the rows of every licence are those of the viewer's."""
    # The parameter stays: a statement must go on naming each of them.
    return OF_LICENCE.sub(r"\1 IS NOT NULL", statement)


def without_licence_and_grantee(statement: str) -> str:
    """Return a statement for which, besides, a grant to anybody is one to the viewer."""
    return OF_GRANTEE.sub(r"\1 IS NOT NULL", without_licence(statement))


def without_any_filter(statement: str) -> str:
    """Return a statement for which, besides, everybody's sessions and second factors are the viewer's."""
    return OF_ACCOUNT.sub(r"\1 IS NOT NULL", without_licence_and_grantee(statement))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def firms(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[TwoFirms]:
    folder = tmp_path_factory.mktemp("two_firms") / "files"
    async with databases.fresh() as url, two_firms(url, folder) as both:
        yield both


async def answers(firms: TwoFirms) -> dict[str, bytes]:
    """Return all that Eva, of the other firm, is answered, by what she asked."""
    return {**await answers_to_ids(firms), **await answers_to_words(firms)}


async def answers_to_ids(firms: TwoFirms) -> dict[str, bytes]:
    """Return the answers to our ids, each in every place where one of its type is meant."""
    return {
        f"{place}: {name}": await answer(firms, "eva", place, filled(place, firms.id(name, key)), of)
        for place in id_places(the_schema())
        for of in [firms.id(place.owner, firms.ours[place.owner]) if place.owner not in ROOTS else ""]
        for name, key in firms.ours.items()
        if type_of(name) in types_in(place)
    }


def filled(place: Place, id_: str) -> Any:
    return [id_] if place.is_list else id_


async def answers_to_words(firms: TwoFirms) -> dict[str, bytes]:
    """Return the answers of every list, searched for words of ours and for all there is."""
    fields = fields_of(the_schema().query_type)
    return {
        f"{name}: {word!r}": await answer_to(firms.api, "eva", listing(name, field), word=word)
        for name, field in fields.items()
        if name not in NEVER_THE_SAME and not any(map(is_required_argument, field.args.values()))
        for word in WORDS
        # What is refused meanwhile is remembered: of all events there are more each time.
        if (name, word) != ("auditEvents", None)
    }


def listing(name: str, field: GraphQLField) -> str:
    """Return the operation that asks for what matches a word, with all that stands below it."""
    known = SEARCHES | ({"filter": "filter: {kind: $word}"} if name == "auditEvents" else {})
    searches = [said for argument, said in known.items() if argument in field.args]
    arguments = f"({', '.join(searches)})" if searches else ""
    variables = "($word: String)" if "$word" in arguments else ""
    # What changed is of any type, so that below it is all that there is; below categories are many documents.
    levels = LEVELS - (name in {"categories", "changes"})
    return f"query {variables} {{ {name}{arguments} {below(field, levels)} }}"


async def told_of(firms: TwoFirms) -> list[str]:
    """Return all texts that only our firm has: what its rows say, and the ids of its rows."""
    ours, theirs = [await texts_of(firms, it["Licence"]) for it in (firms.ours, firms.theirs)]
    mine = ours - theirs
    keys = [UUID(it) for it in mine if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", it)]
    # The letter before it says the type.
    return sorted(mine) + [it[1:] for it in firms.api.ports.ids.write("Document", keys)]


# Pieces of descriptions, which other words have as well; the descriptions themselves are looked for.
IN_PIECES: Final = {"description_word", "word_suffix"}


async def texts_of(firms: TwoFirms, licence_id: UUID) -> set[str]:
    """Return the texts in all rows of a licence, but for those as short as a code."""
    found: set[str] = set()
    for name, table in metadata.tables.items():
        if name in IN_PIECES:
            continue
        column = "licence_id" if "licence_id" in table.c else "id"
        statement = f"SELECT row_to_json(r)::jsonb FROM {name} r WHERE {column} = :licence"  # noqa: S608
        rows = await firms.owner.scalars(text(statement), {"licence": licence_id})
        found |= {it for row in rows for it in row.values() if isinstance(it, str) and len(it) > 3}
    return found


@over_two_firms
@pytest.mark.parametrize("rewrite", [without_licence, without_licence_and_grantee])
async def test_with_the_filters_off_another_firm_is_told_what_it_is_told_with_them(
    firms: TwoFirms, rewrite: Rewrite
) -> None:
    # given
    used = firms.api.ports.database
    async with counting(used) as asked_for:
        with_filters = await answers(firms)
    # The licence stands beside each table, so that a cluster knows on which node all of it is.
    assert {it for it in asked_for if unnamed(it)} == set()
    # when
    async with firms.unchanged():
        with rewriting(used, rewrite) as changed:
            async with counting(used) as sent:
                without = await answers(firms)
    # then
    assert without == with_filters
    assert holding(without, await told_of(firms)) == []
    # The filters were off: in every statement that was sent, and those were many.
    assert [it for it in sent if rewrite(it) != it] == []
    assert len(changed & set(sent)) > 50


def holding(told: dict[str, bytes], texts: Sequence[str]) -> list[str]:
    """Return which answers hold one of the texts."""
    return [name for name, body in told.items() if any(it.encode() in body for it in texts)]


@over_two_firms
async def test_every_list_is_answered(firms: TwoFirms) -> None:
    """So that none is silent because it was refused."""
    for name, told in (await answers_to_words(firms)).items():
        assert mistakes_in(told) == [], name


@over_two_firms
async def test_without_the_wall_the_same_statements_find_what_is_ours(
    firms: TwoFirms, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that in each place and in each list nothing but the wall was in the way."""
    walled = await answers(firms)
    opened = await answers_without_the_wall(firms, without_any_filter, monkeypatch)
    found = {name for name in walled if opened[name] != walled[name]}
    assert {place_of(it) for it in found} == {place_of(it) for it in walled}
    assert len(holding(opened, await told_of(firms))) > 50


def place_of(name: str) -> str:
    """Return the place or the list that an answer is of."""
    return name.partition(":")[0]


async def answers_without_the_wall(
    firms: TwoFirms, rewrite: Rewrite, monkeypatch: pytest.MonkeyPatch
) -> dict[str, bytes]:
    """Return what Eva is answered by a server whose connections are the owner's, and which keeps nothing."""
    monkeypatch.setitem(SERVER_SETTINGS, "role", "none")
    monkeypatch.setattr(transactions, "commit", roll_back)
    opened = Database(firms.owner.engine.url.render_as_string(hide_password=False))
    async with behind(firms.api, replace(firms.api.ports, database=opened)) as api:
        with rewriting(opened, rewrite):
            found = await answers(replace(firms, api=api))
    await opened.close()
    return found


@pytest.mark.parametrize("rewrite", [without_licence, without_licence_and_grantee])
async def test_with_the_filters_off_what_is_done_in_another_firm_changes_nothing_of_ours(
    tmp_path: Path, rewrite: Rewrite
) -> None:
    async with databases.fresh() as url, two_firms(url, tmp_path / "files") as firms:
        before = await firms.rows()
        used, sent = firms.api.ports.database, set[str]()
        with rewriting(used, noting(rewrite, sent)):
            for name in ("uploadDocument", OF_CLIENTS):
                await do(firms, "gaston", name)
            for name in mutations():
                await do(firms, "eva", name)
            told = await answer_to(firms.api, "nobody", SIGN_IN, input=AT_ANOTHER_DOOR)
        after = await firms.rows()
    assert [code for code, _ in mistakes_in(told)] == ["WRONG_CREDENTIALS"]
    assert {it for it in sent if unnamed(it)} == set()
    assert len(sent) > 100
    ours, theirs = firms.ours["Licence"], firms.theirs["Licence"]
    assert after[ours] == before[ours]
    assert after[theirs] != before[theirs]


def noting(rewrite: Rewrite, sent: set[str]) -> Rewrite:
    """Return the same, which notes each statement as it was before."""

    def noted(statement: str) -> str:
        sent.add(statement)
        return rewrite(statement)

    return noted


def mutations() -> list[str]:
    """Return every mutation but those of sessions; what takes away comes last."""
    names = fields_of(the_schema().mutation_type).keys() - OF_SESSIONS - {OF_CLIENTS}
    return [*sorted(names - {*LATE}, key=lambda it: (it.startswith("delete"), it)), *LATE]


async def do(firms: TwoFirms, who: str, name: str) -> None:
    """Do what a mutation is for, to things of the asker's own."""
    arguments = given(firms, who, ARGUMENTS[f"Mutation.{name}"])
    told = await answer_of(firms.api, who, ("Mutation", name), arguments)
    assert b'"userErrors":[]' in told, told


async def test_every_wall_asks_for_the_licence_and_for_nothing_else(database_url: str) -> None:
    walls = await asked(database_url, WALLS)
    assert len(walls) == len(metadata.tables)
    for wall in walls:
        column = "id" if wall["of"] == "licence" else "licence_id"
        assert wall["seen"] == f"({column} = {IS_LICENCE})", wall
        # What may be seen may be written, by whichever role.
        assert (wall["written"], wall["of_everybody"]) == (None, True), wall


async def test_whoever_is_in_one_licence_does_not_see_that_there_are_others(
    database: Database, world: World
) -> None:
    async with database.snapshot(world.firm.licence_id) as connection:
        slugs = (await connection.execute(select(Licence.slug))).scalars().all()
    assert slugs == ["de-linde"]


async def test_there_is_no_way_round_the_tables(database_url: str) -> None:
    assert await asked(database_url, WAYS_ROUND) == []
