"""The log at its lowest level: no secret of a whole journey stands in it, and none that was near a defect."""

import json
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path
from typing import Final

import httpx
import pytest

from models import Letter
from resolvers.database import Database
from server.app import create_app
from server.context import COOKIE, PREFLIGHT_HEADER
from storage.store import Store
from tests import databases
from tests.api import UPLOAD, Api
from tests.conftest import SetClock, ports_over
from tests.http.serving import served
from tests.journeys.burglars import lift_limits
from tests.journeys.every_secret import LINKS, Secrets, every_secret, joins, signs_in
from tests.journeys.passkeys import COMPLETE, Journey
from tests.journeys.rows import rows, set_values
from tests.journeys.spellings import found_in
from tests.models.catalogue import asked
from tests.server.desks import worker_of
from tests.server.listening import SET_BY_US, Heard, listening
from tests.world import PASSWORD, create_world

STRANGER: Final = "vreemdeling@elders.example"
CODE: Final = "837465"
RECOVERY_CODE: Final = "zzzz-yyyy-xxxx-wwww"
FILE_NAME: Final = "loonfiche-van-de-vuurtorenwachter.txt"
CONTENT: Final = "het geheim van de vuurtorenwachter"
TYPED: Final = "tulpen onder een bruggetje"
TOKEN: Final = "kluis_pk_000000000000_AG9ahNcURcKeq3hyOZA1v2cGfY8rdkbPkz9zQhhtVMZr4H9q8O8ovUSKHOqc8PMA"
NAME: Final = "Vuurtorenwachtersdochter"
TYPED_HERE: Final = {
    "the address of a stranger": STRANGER,
    "a wrong code": CODE,
    "a wrong recovery code": RECOVERY_CODE,
    "the name of a file": FILE_NAME,
    "what is in a file": CONTENT,
    "what cannot be read": TYPED,
    "a token that is none": TOKEN,
    "a name": NAME,
    "the password of the cast": PASSWORD,
}
RENAME: Final = "mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { viewer { email } } }"
# Those that tell at this level what goes through them, and how one of them tells a row that was read.
TALKATIVE: Final = {"sqlalchemy.engine.Engine", "uvicorn.error"}
ROW: Final = "sqlalchemy.engine.Engine Row "


class House:
    """The product's own server, over a database that a test may spoil."""

    def __init__(self, api: Api, journey: Journey, database_url: str, patch: pytest.MonkeyPatch) -> None:
        self.api = api
        self.journey = journey
        self.database_url = database_url
        self.patch = patch

    async def refuse(self, table: str) -> None:
        """Let the database refuse every new row of a table, in words that quote all of it."""
        await asked(self.database_url, f"ALTER TABLE {table} ADD CHECK (licence_id IS NULL) NOT VALID")

    async def posts(self, content: str, **headers: str) -> httpx.Response:
        """Send a body as it is."""
        said = {"Content-Type": "application/json", PREFLIGHT_HEADER: "1", **headers}
        return await self.api.http.post("/graphql", content=content.encode(), headers=said)

    async def link(self) -> str:
        """Return the newest link to content of Bert's."""
        (node,) = (await self.api.gets("bert", LINKS))["documents"]["nodes"]
        return node["contentUrl"].rpartition("/")[2]


@pytest.fixture
async def house(clock: SetClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[House]:
    async with databases.fresh() as database_url:
        database = Database(database_url, databases.PATIENT)
        ports = ports_over(database, Store.open(tmp_path / "files"), clock, keys_in=tmp_path)
        world = await create_world(ports)
        async with served(create_app(ports)) as url, httpx.AsyncClient(base_url=url) as http:
            api = Api(ports, world, http)
            lift_limits(api, monkeypatch)
            yield House(api, Journey(api, clock), database_url, monkeypatch)
        await database.close()


def leaks(heard: Heard, secrets: Secrets) -> dict[str, list[str]]:
    """Return what was told of secrets, by what they are."""
    found = {what: found_in(heard.text, secret) for what, secret in secrets.items()}
    return {what: it for what, it in found.items() if it}


async def send_what_is_wrong(house: House, challenge: str) -> None:
    """Show, type and send what nobody takes."""
    await signs_in(house.journey, STRANGER, TYPED)
    for shown in ({"code": CODE}, {"recoveryCode": RECOVERY_CODE}):
        told = await house.journey.does("nobody", COMPLETE, challenge=challenge, **shown)
        assert told["userErrors"][0]["code"] == "WRONG_CODE"
    query = f'mutation {{ signIn(input: {{password: "{TYPED}" ('
    for body in (json.dumps({"query": query}), f'{{"query": "{TYPED}'):
        assert "errors" in (await house.posts(body)).json()
    who = json.dumps({"query": "{ viewer { email } }"})
    for headers in ({"Authorization": f"Bearer {TOKEN}"}, {"Cookie": f"{COOKIE}={TOKEN}"}):
        assert (await house.posts(who, **headers)).json() == {"data": {"viewer": None}}


async def send_a_file(house: House) -> httpx.Response:
    """Send a document in as Bert."""
    said = {"query": UPLOAD, "variables": {"input": {"description": NAME, "file": None}}}
    parts = {"operations": json.dumps(said), "map": json.dumps({"0": ["variables.input.file"]})}
    files = {"0": (FILE_NAME, CONTENT.encode())}
    headers = await house.api.headers("bert")
    return await house.api.http.post("/graphql", data=parts, files=files, headers=headers)


async def test_no_secret_of_a_journey_is_logged(house: House, tmp_path: Path) -> None:
    with listening() as heard:
        secrets = await every_secret(house.journey, tmp_path)
        await send_what_is_wrong(house, secrets["challenge for a factor"])
        assert (await send_a_file(house)).json()["data"]["uploadDocument"]["userErrors"] == []
        link = await house.link()
        assert (await house.api.http.get(f"/content/{link}")).text == CONTENT
        secrets |= TYPED_HERE | {"a link that was followed": link}
        assert leaks(heard, secrets) == {}
        assert heard.names >= TALKATIVE
        for name in heard.names:
            logging.getLogger(name).debug("%r", secrets)
            assert leaks(heard, secrets).keys() == secrets.keys()
            del heard.lines[-1]


async def compare_passwords(house: House) -> None:
    async def verify(_encoded: str | None, password: str) -> bool:
        raise RuntimeError(password)

    house.patch.setattr(house.api.ports.passwords, "verify", verify)
    said = {"username": STRANGER, "password": TYPED, "licence": "de-linde"}
    query = "mutation ($input: SignInInput!) { signIn(input: $input) { step } }"
    assert await house.api.codes("nobody", query, input=said) == ["INTERNAL"]


async def keep_a_file(house: House) -> None:
    await house.refuse("document_version")
    assert (await send_a_file(house)).json()["errors"][0]["extensions"]["code"] == "INTERNAL"


async def keep_a_name(house: House) -> None:
    await house.refuse("account")
    assert await house.api.codes("bert", RENAME, input={"givenName": NAME}) == ["INTERNAL"]


async def keep_a_letter(house: House) -> None:
    await house.refuse("letter")
    said = {"username": STRANGER, "givenName": NAME, "familyName": NAME}
    query = "mutation ($input: CreateAccountInput!) { createAccount(input: $input) { account { id } } }"
    assert await house.api.codes("arthur", query, input=said) == ["INTERNAL"]


async def open_what_is_not_there(house: House) -> None:
    # The papers of the cast have no bytes, and the place where theirs would be is none.
    link = await house.link()
    house.patch.setitem(TYPED_HERE, "a link that was followed", link)
    assert (await house.api.http.get(f"/content/{link}")).status_code == 500


async def send_letters(house: House) -> None:
    for name in ("greet", "hilde"):
        await joins(house.journey, f"{name}@de-linde.example")
    first, _ = await rows(house.api, Letter)
    await set_values(house.api, Letter, first.id, sealed=b"spoilt")
    await worker_of(house.api.ports, "smtp://127.0.0.1:9?starttls=off").deliver_due()


@pytest.mark.parametrize(
    ("source", "defect"),
    [
        ("kluis.errors", compare_passwords),
        ("kluis.errors", keep_a_file),
        ("kluis.errors", keep_a_name),
        ("kluis.errors", keep_a_letter),
        ("kluis.files", open_what_is_not_there),
        ("kluis.worker", send_letters),
    ],
)
async def test_a_defect_is_told_without_what_was_at_hand(
    house: House, source: str, defect: Callable[[House], Awaitable[None]]
) -> None:
    for who in ("bert", "arthur"):
        await house.api.token(who)
    with listening() as heard:
        await defect(house)
    assert [it for it in heard.lines if it.startswith(source)]
    # Names and addresses stand in what is read of accounts; no secret does, as the journey shows.
    heard.lines = [it for it in heard.lines if not it.startswith(ROW)]
    assert leaks(heard, TYPED_HERE) == {}


@pytest.mark.usefixtures("house")
def test_whoever_writes_what_others_say_is_quiet_in_every_server() -> None:
    assert {it: logging.getLogger(it).level for it in SET_BY_US} == SET_BY_US
