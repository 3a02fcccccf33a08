"""Mutations that make something: sent again with the same key they make nothing new, for a day."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from strawberry.types.base import StrawberryObjectDefinition

import schema
from models import Account, Document, Event, IdempotencyKey, Letter, Session, Throttle
from resolvers.idempotency import KEPT_FOR
from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.answers import mistakes, send_file
from tests.journeys.rows import row, rows, set_values
from tests.schema.belongings import rows_of
from tests.schema.words import definitions, fields_of, name_of

SCHEMA: Final = vars(schema.build())["_schema"]
SECOND: Final = timedelta(seconds=1)
PLACE: Final = ["input", "idempotencyKey"]
# What is written whether something is made or not.
NOT_MADE: Final = (IdempotencyKey, Session, Throttle)


@dataclass(frozen=True)
class Creating:
    """A mutation that makes something: who sends it, what it makes, and with what."""

    who: str
    thing: str
    said: dict[str, Any]
    other: dict[str, Any]
    """What is said once more, but for this."""


CREATING: Final = {
    "createAccount": Creating(
        "arthur",
        "account",
        {"username": "nele@de-linde.example", "givenName": "Nele", "familyName": "Maes"},
        {"familyName": "Claes"},
    ),
    "createApiKey": Creating(
        "arthur", "apiKey", {"name": "CRM", "scopes": ["DOCUMENTS_READ"]}, {"scopes": ["DOCUMENTS_WRITE"]}
    ),
    "createBusinessUnit": Creating("arthur", "businessUnit", {"name": "Kust"}, {"name": "Binnenland"}),
    "createCategory": Creating(
        "anna", "category", {"name": {"nl": "Huurcontract"}}, {"name": {"nl": "Huurcontract", "fr": "Bail"}}
    ),
    "createDossier": Creating("anna", "dossier", {"name": "Peeters", "members": "bert"}, {"members": "dirk"}),
    "createGroup": Creating("arthur", "group", {"name": "Juristen"}, {"name": "Notarissen"}),
    "createHolding": Creating("anna", "holding", {"kind": "POLICY", "name": "Polis"}, {"kind": "ASSET"}),
    "createRelation": Creating(
        "anna", "relation", {"familyName": "Peeters"}, {"contact": {"street": "Laan"}}
    ),
    "createUpload": Creating(
        "bert",
        "upload",
        {"fileName": "a.txt", "mediaType": "text/plain", "byteSize": 5},
        {"byteSize": 6},
    ),
    "grantPortalAccess": Creating("anna", "account", {"relationId": "femke"}, {"relationId": "noor"}),
    "uploadDocument": Creating("bert", "document", {"description": "Akte"}, {"description": "Brief"}),
}


async def sends(api: Api, name: str, who: str = "", /, **more: Any) -> dict[str, Any]:
    """Return the payload of a creating mutation of the table."""
    it = CREATING[name]
    said = it.said | more
    if name == "uploadDocument":
        return await api.upload(who or it.who, "a.txt", b"words", **said)
    if "relationId" in said:
        said["relationId"] = api.id("Relation", api.world.relations[said["relationId"]].id)
    if "members" in said:
        main_person = api.id("Relation", api.world.relations[said["members"]].id)
        said["members"] = [{"relationId": main_person, "role": "MAIN_PERSON"}]
    query = f"""mutation ($input: {name[0].upper()}{name[1:]}Input!) {{
      {name}(input: $input) {{ {it.thing} {{ id }} userErrors {{ code path }} }}
    }}"""
    return (await api.gets(who or it.who, query, input=said))[name]


async def made(api: Api) -> Counter[str]:
    """Return how many rows of each table the firm has, but for what is written each time."""
    found = [it for it in await rows_of(api, api.world.firm.licence_id) if not isinstance(it, NOT_MADE)]
    # That something was refused is remembered, and nothing else of it.
    return Counter(type(it).__name__ for it in found if not getattr(it, "kind", "").endswith(".refused"))


def files(tmp_path: Path) -> list[Path]:
    return [it for it in (tmp_path / "files").rglob("*") if it.is_file()]


def test_the_table_names_every_mutation_that_makes_something() -> None:
    inputs = {fields_of_input(it) for it in definitions() if it.is_input}
    mutations: Iterable[str] = SCHEMA.mutation_type.fields
    assert {*CREATING} == {it for it in mutations if it.startswith(("create", "grant", "upload"))}
    assert {*CREATING} == {name for name, fields in inputs if "idempotencyKey" in fields}


def fields_of_input(definition: StrawberryObjectDefinition) -> tuple[str, frozenset[str]]:
    """Return the mutation that an input belongs to, and the names of its fields."""
    name = name_of(definition).removesuffix("Input")
    return name[0].lower() + name[1:], frozenset(fields_of(definition))


@pytest.mark.parametrize("name", CREATING)
async def test_what_is_sent_again_makes_nothing_new(api: Api, tmp_path: Path, name: str) -> None:
    first = await sends(api, name, idempotencyKey="one")
    assert first["userErrors"] == []
    before, kept = await made(api), files(tmp_path)
    again = await sends(api, name, idempotencyKey="one")
    assert again == first
    assert again[CREATING[name].thing]["id"]
    assert await made(api) == before
    assert files(tmp_path) == kept


@pytest.mark.parametrize("name", CREATING)
async def test_a_key_that_came_with_another_input_is_refused(api: Api, tmp_path: Path, name: str) -> None:
    await sends(api, name, idempotencyKey="one")
    before, kept = await made(api), files(tmp_path)
    payload = await sends(api, name, idempotencyKey="one", **CREATING[name].other)
    assert mistakes(payload) == [("CONFLICT", PLACE)]
    assert payload[CREATING[name].thing] is None
    assert await made(api) == before
    assert files(tmp_path) == kept


async def test_a_key_belongs_to_the_mutation_that_it_came_with(api: Api) -> None:
    await sends(api, "createGroup", idempotencyKey="one")
    for name in ("createAccount", "createApiKey"):
        assert mistakes(await sends(api, name, idempotencyKey="one")) == [("CONFLICT", PLACE)]


async def test_a_key_is_ones_own(api: Api) -> None:
    sent = [await sends(api, "uploadDocument", who, idempotencyKey="one") for who in ("bert", "carla")]
    assert len({it["document"]["id"] for it in sent}) == 2


async def test_without_a_key_it_is_made_each_time(api: Api, tmp_path: Path) -> None:
    sent = [await sends(api, "uploadDocument") for _ in range(2)]
    assert len({it["document"]["id"] for it in sent}) == 2
    assert len(files(tmp_path)) == 2
    assert await rows(api, IdempotencyKey) == []


async def test_two_keys_make_two_things(api: Api) -> None:
    sent = [await sends(api, "uploadDocument", idempotencyKey=key) for key in ("one", "One")]
    assert len({it["document"]["id"] for it in sent}) == 2


async def test_the_bytes_and_the_name_of_a_file_are_part_of_the_input(api: Api, tmp_path: Path) -> None:
    first = await api.upload("bert", "a.txt", b"words", idempotencyKey="one")
    assert first["userErrors"] == []
    for name, content in (("a.txt", b"sword"), ("b.txt", b"words"), ("a.txt", b"words ")):
        assert mistakes(await api.upload("bert", name, content, idempotencyKey="one")) == [
            ("CONFLICT", PLACE)
        ]
    assert await api.upload("bert", "a.txt", b"words", idempotencyKey="one") == first
    assert len(files(tmp_path)) == 1
    assert [it.kind for it in await rows(api, Event)] == ["document.uploaded"]
    assert len(await rows(api, Letter)) == 1


async def test_what_was_made_is_answered_as_it_is_now(api: Api) -> None:
    sent = await sends(api, "uploadDocument", idempotencyKey="one")
    document = next(it for it in await rows(api, Document) if it.description == "Akte")
    await set_values(api, Document, document.id, description="Testament")
    again = await sends(api, "uploadDocument", idempotencyKey="one")
    assert again["document"] == sent["document"] | {"description": "Testament"}
    await set_values(api, Document, document.id, deleted_at=api.ports.clock.now())
    assert await sends(api, "uploadDocument", idempotencyKey="one") == {"document": None, "userErrors": []}


async def test_a_try_that_failed_leaves_nothing(api: Api, tmp_path: Path) -> None:
    before = await made(api)
    failed = {
        "createAccount": await sends(api, "createAccount", idempotencyKey="1", givenName=" "),
        "createApiKey": await sends(api, "createApiKey", idempotencyKey="2", scopes=[]),
        "createGroup": await sends(api, "createGroup", idempotencyKey="3", name="Users"),
        "grantPortalAccess": await sends(api, "grantPortalAccess", idempotencyKey="4", relationId="noor"),
        "uploadDocument": await sends(api, "uploadDocument", idempotencyKey="5", relationIds=[]),
    }
    assert {name: [code for code, _ in mistakes(it)] for name, it in failed.items()} == {
        "createAccount": ["REQUIRED"],
        "createApiKey": ["REQUIRED"],
        "createGroup": ["ALREADY_EXISTS"],
        "grantPortalAccess": ["NO_EMAIL"],
        "uploadDocument": ["FORBIDDEN"],
    }
    assert await rows(api, IdempotencyKey) == []
    assert await made(api) == before
    assert files(tmp_path) == []
    for key, name in enumerate(failed, start=1):
        assert (await sends(api, name, idempotencyKey=str(key)))["userErrors"] == []


async def test_a_key_counts_for_a_day_to_the_second(api: Api, clock: SetClock) -> None:
    assert timedelta(hours=24) == KEPT_FOR
    sent = [await sends(api, "uploadDocument", idempotencyKey="one")]
    for later in (KEPT_FOR - SECOND, SECOND, KEPT_FOR - SECOND):
        clock.advance(later)
        api.tokens.clear()
        sent.append(await sends(api, "uploadDocument", idempotencyKey="one"))
    first, same, new, newer = (it["document"]["id"] for it in sent)
    assert first == same != new == newer


async def test_a_key_that_is_too_old_may_come_with_another_input(api: Api, clock: SetClock) -> None:
    await sends(api, "uploadDocument", idempotencyKey="one")
    clock.advance(KEPT_FOR)
    api.tokens.clear()
    payload = await sends(api, "uploadDocument", idempotencyKey="one", description="Brief")
    assert payload["document"]["description"] == "Brief"
    assert mistakes(await sends(api, "uploadDocument", idempotencyKey="one")) == [("CONFLICT", PLACE)]


@pytest.mark.parametrize(("length", "is_fine"), [(0, False), (1, True), (200, True), (201, False)])
async def test_a_key_has_one_to_two_hundred_characters(api: Api, length: int, *, is_fine: bool) -> None:
    payload = await sends(api, "createGroup", idempotencyKey="é" * length)
    assert mistakes(payload) == ([] if is_fine else [("INVALID", PLACE)])


async def test_a_key_is_not_kept_beside_what_was_said(api: Api) -> None:
    await sends(api, "createGroup", idempotencyKey="one")
    kept = await row(api, IdempotencyKey)
    assert len(kept.input_digest) == 32
    assert "Juristen" not in str(vars(kept))


async def test_another_firms_keys_are_its_own(api: Api) -> None:
    await sends(api, "createGroup", idempotencyKey="one")
    sent = await sends(api, "createGroup", "eva", idempotencyKey="one")
    assert sent["userErrors"] == []
    assert len(await rows(api, IdempotencyKey)) == 1


@pytest.mark.parametrize("name", ["createApiKey", "createGroup", "grantPortalAccess"])
async def test_of_thirty_at_once_one_makes_it(api: Api, name: str) -> None:
    before = await made(api)
    await api.token(CREATING[name].who)
    alone = asyncio.Semaphore(10)  # more operations of one account at once are turned away

    async def one() -> str:
        async with alone:
            payload = await sends(api, name, idempotencyKey="one")
        assert payload["userErrors"] == []
        return payload[CREATING[name].thing]["id"]

    assert len(set(await asyncio.gather(*(one() for _ in range(30))))) == 1
    after = await made(api) - before
    assert after["Event"] == after["Principal"] == 1
    assert after["Letter"] == (1 if name == "grantPortalAccess" else 0)


async def test_of_thirty_uploads_at_once_one_is_kept(api: Api, tmp_path: Path) -> None:
    said = {"description": "Akte", "idempotencyKey": "one"}
    await api.token("bert")
    answers = await asyncio.gather(*(send_file(api, "bert", b"words", said) for _ in range(30)))
    bodies = [it.json() for it in answers]
    done = [it["data"]["uploadDocument"] for it in bodies if "data" in it]
    # Who asks for too much at once is turned away, and tries again.
    turned_away = {it["errors"][0]["extensions"]["code"] for it in bodies if "data" not in it}
    assert turned_away <= {"BUSY"}
    assert len({it["document"]["id"] for it in done}) == 1
    assert len(done) >= 10
    assert [it.description for it in await rows(api, Document) if it.description == "Akte"] == ["Akte"]
    assert len(files(tmp_path)) == 1
    assert len(await rows(api, Letter)) == len(await rows(api, Event)) == 1


async def test_an_account_is_made_once_with_one_letter(api: Api) -> None:
    for _ in range(3):
        await sends(api, "createAccount", idempotencyKey="one")
    assert len(await rows(api, Account, username="nele@de-linde.example")) == 1
    assert [it.recipient for it in await rows(api, Letter)] == ["nele@de-linde.example"]
