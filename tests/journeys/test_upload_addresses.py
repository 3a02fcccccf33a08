"""Addresses of files, in and out: each is for one thing, one holder and a while, and dead otherwise."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import permutations
from typing import Final

import pytest

from auth.links import Holder, Link, Purpose, read
from auth.sessions import IDLE_FOR
from core.tokens import pack, unpack
from models import Account, Licence, Upload
from resolvers.opening import address
from tests.api import Api
from tests.conftest import START, SetClock
from tests.journeys.filing import (
    WORDS,
    archive_of,
    assert_dead,
    complete,
    holder_of,
    key_of,
    objects,
    paper_of,
    preview_of,
    put,
    ticket_of,
    url_of,
)
from tests.journeys.programs import ENDINGS, HERE, Ending, lets_in, sent
from tests.journeys.rows import block, row, set_values
from tests.storage import real_files


async def sign_out(api: Api, _: SetClock) -> None:
    await api.gets("bert", "mutation { signOut { userErrors { code } } }")


async def block_bert(api: Api, _: SetClock) -> None:
    await block(api, "bert")


async def leave_unused(_: Api, clock: SetClock) -> None:
    clock.advance(IDLE_FOR)


async def make_an_auditor(api: Api, _: SetClock) -> None:
    await set_values(api, Account, api.world.accounts["bert"].id, role="AUDITOR", relation_id=None)


@pytest.mark.parametrize("ending", [sign_out, block_bert, leave_unused, make_an_auditor])
async def test_an_address_dies_with_whatever_it_stands_on(
    api: Api, clock: SetClock, ending: Callable[[Api, SetClock], Awaitable[None]]
) -> None:
    ticket = await ticket_of(api, "bert")
    assert (await put(api, ticket, WORDS)).status_code == 204
    before = await objects(api)
    await ending(api, clock)
    await assert_dead(api, ticket["url"], "PUT", WORDS)
    assert await objects(api) == before


async def forged(api: Api, holder: Holder, upload_id: str, lasts_for: timedelta = timedelta(hours=24)) -> str:
    """Return an address that this server never made, for whoever it is asked for."""
    link = Link(holder, api.ports.clock.now() + lasts_for, key_of(api, upload_id).bytes)
    return address(api.ports, Purpose.UPLOAD, link)


async def test_an_upload_takes_bytes_from_whoever_announced_it_alone(api: Api) -> None:
    upload_id = (await ticket_of(api, "bert"))["id"]
    for who in ("anna", "arthur", "carla", "eva"):
        url = await forged(api, await holder_of(api, who), upload_id)
        await assert_dead(api, url, "PUT", WORDS)
    assert await objects(api) == set()
    his = await forged(api, await holder_of(api, "bert"), upload_id)
    assert (await api.http.put(his, content=WORDS)).status_code == 204


async def test_an_upload_is_taken_through_another_session_of_its_own_account(api: Api) -> None:
    first = await ticket_of(api, "bert", idempotencyKey="once")
    await sign_out(api, SetClock())
    api.tokens.clear()
    await assert_dead(api, first["url"], "PUT", WORDS)
    again = await ticket_of(api, "bert", idempotencyKey="once")
    assert (again["id"], (await put(api, again, WORDS)).status_code) == (first["id"], 204)


@pytest.mark.parametrize(("seconds", "status"), [(-1, 204), (0, 404), (1, 404)])
async def test_an_address_takes_bytes_for_a_day(api: Api, clock: SetClock, seconds: int, status: int) -> None:
    """For a program, whose key does not end in the meantime as sessions do."""
    await lets_in(api, "CRM", "DOCUMENTS_READ", "DOCUMENTS_WRITE")
    ticket = await ticket_of(api, "CRM")
    clock.advance(timedelta(hours=24, seconds=seconds))
    assert (await put(api, ticket, WORDS)).status_code == status
    if status != 204:
        await assert_dead(api, ticket["url"], "PUT", WORDS)


@pytest.mark.parametrize("ending", ENDINGS)
async def test_a_programs_address_dies_with_its_key(api: Api, clock: SetClock, ending: Ending) -> None:
    ends = (START + timedelta(seconds=30)).isoformat()
    await lets_in(api, "CRM", "DOCUMENTS_READ", "DOCUMENTS_WRITE", expiresAt=ends)
    ticket = await ticket_of(api, "CRM")
    assert (await put(api, ticket, WORDS)).status_code == 204
    await ending(api, clock)
    await assert_dead(api, ticket["url"], "PUT", WORDS)


async def test_a_programs_address_takes_bytes_from_the_keys_addresses_alone(api: Api) -> None:
    # The cast asks from here.
    await lets_in(api, "CRM", "DOCUMENTS_READ", "DOCUMENTS_WRITE", addresses=["127.0.0.1"])
    ticket = await ticket_of(api, "CRM")
    assert (await sent(api, "PUT", ticket["url"], HERE, content=WORDS)).status_code == 404
    assert (await sent(api, "PUT", ticket["url"], "127.0.0.1", content=WORDS)).status_code == 204


async def test_a_tampered_address_is_dead_whichever_byte_was_changed(api: Api) -> None:
    head, _, link = (await ticket_of(api, "bert"))["url"].rpartition("/")
    raw = unpack(link) or b""
    for at in (0, 11, 12, 30, 60, len(raw) - 1):
        changed = bytearray(raw)
        changed[at] ^= 1
        await assert_dead(api, f"{head}/{pack(bytes(changed))}", "PUT", WORDS)
    for text in (link[:-1], f"{link}A", f"{link}=", "A", "%00"):
        await assert_dead(api, f"{head}/{text}", "PUT", WORDS)
    assert await objects(api) == set()


METHODS: Final = {
    Purpose.CONTENT: "GET",
    Purpose.PREVIEW: "GET",
    Purpose.ARCHIVE: "GET",
    Purpose.UPLOAD: "PUT",
}


async def every_address(api: Api, who: str = "bert") -> dict[Purpose, str]:
    """Return an address of each kind, all of the same viewer."""
    id_ = await paper_of(api, who, real_files.pdf())
    urls = {
        Purpose.CONTENT: await url_of(api, who, id_),
        Purpose.PREVIEW: await preview_of(api, who, id_),
        Purpose.ARCHIVE: await archive_of(api, who, id_),
        Purpose.UPLOAD: (await ticket_of(api, who))["url"],
    }
    return {purpose: url for purpose, url in urls.items() if url}


async def test_an_address_for_one_thing_does_not_do_for_another(api: Api) -> None:
    urls = await every_address(api)
    assert set(urls) == set(Purpose)
    before = await objects(api)
    for made_for, used_for in permutations(Purpose, 2):
        link = urls[made_for].rpartition("/")[2]
        method = METHODS[used_for]
        content = WORDS if method == "PUT" else None
        await assert_dead(api, f"{api.ports.public_url}/{used_for}/{link}", method, content)
    assert await objects(api) == before
    for purpose, method in METHODS.items():
        answer = await api.http.request(method, urls[purpose], content=WORDS if method == "PUT" else None)
        assert answer.status_code in {200, 204}


async def test_all_dead_answers_are_alike(api: Api) -> None:
    urls = await every_address(api)
    await sign_out(api, SetClock())
    answers = {it: await api.http.request(METHODS[it], urls[it]) for it in urls}
    # What is sent to a dead address is not read, so that the line can not be used for more.
    assert answers[Purpose.UPLOAD].headers.pop("connection") == "close"
    assert len({(it.status_code, it.content, *it.headers.multi_items()) for it in answers.values()}) == 1
    assert answers[Purpose.UPLOAD].status_code == 404


async def test_all_addresses_of_staff_are_dead_until_they_have_the_second_factor_they_need(api: Api) -> None:
    urls = await every_address(api, "anna")
    licence_id = api.world.firm.licence_id
    async with api.ports.database.change(licence_id) as session:
        (await session.get_one(Licence, licence_id)).staff_need_two_factor = True
    for purpose, method in METHODS.items():
        await assert_dead(api, urls[purpose], method, WORDS if method == "PUT" else None)


@pytest.mark.parametrize(("purpose", "lasts_for"), [(it, 60) for it in Purpose if it != "upload"])
async def test_what_is_opened_is_open_for_a_minute(api: Api, purpose: Purpose, lasts_for: int) -> None:
    link = (await every_address(api))[purpose].rpartition("/")[2]
    said = read(api.ports.keys.links, purpose, link, api.ports.clock.now())
    assert said
    assert said.expires_at - api.ports.clock.now() == timedelta(seconds=lasts_for)
    assert said.holder == await holder_of(api, "bert")


async def test_what_was_made_of_an_upload_leaves_its_address_to_itself(api: Api) -> None:
    """It is refused, not dead: the sender may come again before he heard that it was complete."""
    ticket = await ticket_of(api, "bert")
    await put(api, ticket, WORDS)
    await complete(api, "bert", ticket["id"])
    assert (await put(api, ticket, WORDS)).status_code == 409
    await sign_out(api, SetClock())
    await assert_dead(api, ticket["url"], "PUT", WORDS)
    assert (await row(api, Upload)).object_key is None
