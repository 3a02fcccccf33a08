"""Addresses of content that a program was given: they work by themselves, and die with its key."""

from datetime import timedelta
from typing import Any, Final

import pytest

from models import Account, Document, Event
from tests.api import Api
from tests.conftest import START, SetClock
from tests.journeys.programs import ENDINGS, HERE, Ending, ask, lets_in, sent, shares
from tests.journeys.rows import row, rows

URL: Final = "query ($id: ID!) { document(id: $id) { contentUrl } }"


async def sets_rights(api: Api, *rights: str) -> None:
    """Set what the program may do with the paper."""
    program = await row(api, Account, role="SERVICE")
    document = await row(api, Document, description="A paper")
    await shares(api, document.id, api.id("Account", program.id), *rights)


async def url_for(api: Api, **said: Any) -> str:
    """Return an address of a paper that was shared with a program; the program asks for it from here."""
    await lets_in(api, "CRM", "DOCUMENTS_READ", **said)
    paper = (await api.upload("anna", "a.txt", b"words"))["document"]["id"]
    await sets_rights(api, "READ")
    answer = await ask(api, str(api.tokens["CRM"]), URL, id=paper)
    return answer["data"]["document"]["contentUrl"]


async def test_an_address_that_a_program_was_given_works_by_itself(api: Api) -> None:
    url = await url_for(api)
    for address in (HERE, "198.51.100.9", None):
        answer = await sent(api, "GET", url, address)
        assert (answer.status_code, answer.content) == (200, b"words")
    program = await row(api, Account, role="SERVICE")
    events = await rows(api, Event, account_id=program.id)
    assert [it.kind for it in events] == ["document.downloaded"] * 3


@pytest.mark.parametrize("ending", ENDINGS)
async def test_an_address_dies_with_the_key(api: Api, clock: SetClock, ending: Ending) -> None:
    url = await url_for(api, expiresAt=(START + timedelta(seconds=30)).isoformat())
    assert (await sent(api, "GET", url)).status_code == 200
    await ending(api, clock)
    assert (await sent(api, "GET", url)).status_code == 404


async def test_an_address_is_followed_from_the_keys_addresses_alone(api: Api) -> None:
    url = await url_for(api, addresses=[HERE])
    assert (await sent(api, "GET", url)).status_code == 200
    assert (await sent(api, "GET", url, f"::ffff:{HERE}")).status_code == 200
    for address in ("192.0.2.2", "2001:db8::1", None):
        assert (await sent(api, "GET", url, address)).status_code == 404


async def test_an_address_dies_with_the_programs_right(api: Api) -> None:
    url = await url_for(api)
    await sets_rights(api)
    assert (await sent(api, "GET", url)).status_code == 404
