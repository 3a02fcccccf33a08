"""A copy of the database: no secret stands in it, and nothing that stands in it opens anything."""

from base64 import b64encode
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest

from demo.firm import Firm
from models import Event, RecoveryCode
from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.burglars import Burglar, lift_limits
from tests.journeys.every_secret import BERT, DIRK, Secrets, every_secret
from tests.journeys.passkeys import Journey
from tests.journeys.rows import writing
from tests.journeys.spellings import bytes_of, found_in
from tests.journeys.stolen import Loot, dump, stored

pytestmark = pytest.mark.at_length

# Each of them as its owner uses it, and what it is for.
OPENS: Final = [
    ("session by a code", "a token"),
    ("session by a passkey", "a token"),
    ("session by a recovery code", "a token"),
    ("API key", "a token"),
    ("session of a browser", "a cookie"),
    ("the password of the cast", "a password"),
    ("first password", "a password"),
    ("challenge for a password", "a challenge for a password"),
    ("mailed link", "a challenge for a password"),
    ("link in a letter that waits", "a challenge for a password"),
    ("challenge for a factor", "a challenge for a factor"),
    ("challenge for a proof", "a challenge for a factor"),
    ("code", "a code"),
    ("link to content", "a link"),
]
TOKEN: Final = "AG9ahNcURcKeq3hyOZA1v2hvk2OrVqQBrzDnV7sWmxrxNdic6ZUa3vBBAceKwXEe"
PLANTED: Final = {
    "a password": "lantaarn pinguin wolkbreuk",
    "a first password": "r5su-x8p3-q8tu-kanj2",
    "a recovery code": "g74n-o32j-xv7f-qjgy",
    "the secret of an app": "PMDX6HXN7BQAW2VWTGHV2GLO3AJIWFQA",
    "a token": TOKEN,
    "an API key": f"kluis_pk_c0906df8883d_{TOKEN}",
    "a code": "289112",
}


@pytest.fixture
def journey(api: Api, clock: SetClock, monkeypatch: pytest.MonkeyPatch) -> Journey:
    lift_limits(api, monkeypatch)
    return Journey(api, clock)


def burglar(journey: Journey, secrets: Secrets, challenge: str = "challenge for a factor") -> Burglar:
    return Burglar(journey.api, [BERT, DIRK], secrets[challenge])


async def test_no_secret_stands_in_a_dump(journey: Journey, database_url: str, tmp_path: Path) -> None:
    secrets = await every_secret(journey, tmp_path)
    text = await dump(database_url)
    assert str(journey.api.world.accounts["bert"].id) in text
    found = {what: found_in(text, secret) for what, secret in secrets.items()}
    assert {what: it for what, it in found.items() if it} == {}


async def test_nothing_that_stands_in_a_dump_opens_anything(
    journey: Journey, database_url: str, tmp_path: Path
) -> None:
    secrets = await every_secret(journey, tmp_path)
    licence_id, now = journey.api.world.firm.licence_id, journey.clock.now()
    loot, it = Loot.of(await stored(database_url), licence_id, now), burglar(journey, secrets)
    assert min(len(loot.texts), len(loot.tokens), len(loot.codes)) > len(OPENS)
    assert await it.opened(loot.texts, it.ways) == []
    assert await it.opened(loot.tokens, it.with_tokens) == []
    assert await it.opened(loot.codes, it.with_codes) == []
    # What was tried used nothing up.
    for what, name in OPENS:
        assert await it.ways[name](secrets[what]), what
    as_recovery_code = burglar(journey, secrets, "challenge for a proof").as_recovery_code
    assert await as_recovery_code(secrets["recovery code 0"])


async def plant_text(firm: Firm, text: str) -> None:
    """Let a text stand within what is remembered of something."""
    licence_id = firm.founded.licence_id
    await firm.keep(Event(licence_id=licence_id, kind="x", occurred_at=firm.now, details={"it": [text]}))


async def plant_bytes(firm: Firm, account_id: UUID, raw: bytes) -> None:
    """Let bytes stand among others."""
    digest = b"!" + raw + b"?"
    await firm.keep(RecoveryCode(licence_id=firm.founded.licence_id, account_id=account_id, digest=digest))


@pytest.mark.parametrize("secret", PLANTED.values(), ids=PLANTED.keys())
async def test_a_secret_that_stood_there_would_be_found(api: Api, database_url: str, secret: str) -> None:
    before = (await dump(database_url)).splitlines()
    assert found_in("\n".join(before), secret) == []
    bare = secret.replace("-", "").replace(" ", "")
    texts = {secret, secret.upper(), bare.lower(), f"of {secret} and more", secret.encode().hex()}
    texts |= {b64encode(b"x" * number + secret.encode() + b"y").decode() for number in range(3)}
    raws = bytes_of(secret, bare)
    async with writing(api) as firm:
        for text in texts:
            await plant_text(firm, text)
        for raw in raws:
            await plant_bytes(firm, api.world.accounts["bert"].id, raw)
    planted = set((await dump(database_url)).splitlines()) - set(before)
    assert len(planted) == len(texts) + len(raws)
    assert [it for it in planted if not found_in(it, secret)] == []
