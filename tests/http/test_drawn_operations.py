"""Operations drawn from the schema by Schemathesis, against the running server: it never breaks.

`make fuzz` draws far more of them.
"""

import asyncio
import os
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from schemathesis import Case, GenerationMode
from schemathesis.graphql import nodes

from server.app import create_app
from tests.api import Api
from tests.conftest import SetClock
from tests.http.asking import JSON
from tests.http.serving import served

pytestmark = pytest.mark.at_length

SCHEMA = Path(__file__).parents[2] / "schema.graphql"
CASES = int(os.environ.get("FUZZ_CASES", "500"))
WHO = ("bert", "anna")
# Every case leaves the account a thousand points.
PAUSE = timedelta(seconds=10)
TEXTS = ("", "\0", "é", "x" * 300, "%", "_", "' OR 1=1 --", "2024-02-29", "0001-01-01", "9999-12-31")


class Drawn:
    """Sends what Schemathesis draws as one of the cast, and counts what came of it."""

    def __init__(self, url: str, api: Api, clock: SetClock, who: str) -> None:
        self.url = url
        self.api = api
        self.clock = clock
        self.who = who
        self.loop = asyncio.get_running_loop()
        self.statuses = Counter[int]()
        self.codes = Counter[str | None]()
        self.carried_out = 0

    def send(self, session: requests.Session, case: Case[Any]) -> None:
        """Send one case; fail unless the answer is JSON and nothing of ours is at fault."""
        self.clock.advance(PAUSE)
        headers = asyncio.run_coroutine_threadsafe(self.signed(case), self.loop).result()
        response = case.call(base_url=self.url, session=session, headers=headers)
        answer = response.json()
        codes = [it.get("extensions", {}).get("code") for it in answer.get("errors", [])]
        assert response.headers["content-type"] == [f"{JSON}; charset=utf-8"]
        # An error that is GraphQL's own has none: a field that is null and may not be, for one.
        assert not {None, "INTERNAL"} & set(codes), (case.body, answer)
        self.statuses[response.status_code] += 1
        self.codes.update(codes)
        self.carried_out += "data" in answer

    async def signed(self, case: Case[Any]) -> dict[str, str]:
        """Return what signs a case; one that signs out, or comes after a day, has a session of its own."""
        if "signOut" in str(case.body) or self.statuses.total() % 500 == 0:
            self.api.tokens.clear()
        headers = await self.api.headers(self.who)
        if "signOut" in str(case.body):
            self.api.tokens.clear()
        return headers


def draw_values(api: Api) -> None:
    """Let scalars be what finds something, now and then."""
    rows = {
        "Document": [api.world.document.id, api.world.foreign_document.id],
        "Dossier": [api.world.dossier.id],
        "Relation": [it.id for it in api.world.relations.values()],
        "Account": [it.id for it in api.world.accounts.values()],
    }
    ids = [api.id(name, key) for name, keys in rows.items() for key in keys]
    texts = st.sampled_from(TEXTS) | st.text(max_size=20)
    schemathesis.graphql.scalar("ID", (st.sampled_from(ids) | texts).map(nodes.String))
    schemathesis.graphql.scalar("Upload", texts.map(nodes.String))


def draw_and_send(drawn: Drawn, number: int) -> None:
    """Draw operations that fit the schema, and others that nearly do, from each field at the root."""
    schema: Any = schemathesis.graphql.from_file(SCHEMA.read_text())
    cases: SearchStrategy[Case[Any]] = st.one_of(
        [schema.as_strategy(generation_mode=it) for it in GenerationMode]
    )

    @settings(
        max_examples=number,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    @given(cases)
    def send(case: Case[Any]) -> None:
        drawn.send(session, case)

    with requests.Session() as session:
        send()


@pytest.mark.parametrize("who", WHO)
async def test_no_operation_that_the_schema_allows_or_nearly_allows_breaks_the_server(
    api: Api, clock: SetClock, who: str
) -> None:
    draw_values(api)
    number = CASES // len(WHO)
    async with served(create_app(api.ports)) as url:
        drawn = Drawn(f"{url}/graphql", api, clock, who)
        await asyncio.to_thread(draw_and_send, drawn, number)
    assert drawn.statuses.total() == number
    assert max(drawn.statuses) < 500, drawn.statuses
    assert drawn.carried_out >= number // 4, drawn.codes
