"""The portal in a browser while others work: its list changes by itself."""

from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from demo import portal
from server.app import create_app
from server.house import working
from server.numbering import Registrar
from tests.api import Api
from tests.browser.browsers import seen_in
from tests.browser.lines import line
from tests.http.serving import served
from tests.journeys.people import account
from tests.world import PASSWORD

CONTRACT: Final = "Verkoopovereenkomst"
# What the browser says of requests while nothing is carried.
OF_THE_LINE: Final = "Failed to load resource: net::ERR_"


async def test_what_is_shared_comes_and_goes_while_a_client_looks(api: Api) -> None:
    said = {"description": CONTRACT, "dossierId": api.id("Dossier", api.world.dossier.id)}
    answer = await api.upload("anna", "contract.txt", b"A contract.", **said)
    registrar = Registrar(api.ports.database)
    async with line() as (carrying, url):
        ports = replace(api.ports, public_url=url, origins=(url,))
        app = create_app(ports, lambda: working(registrar), portal=portal.FOLDER)
        async with served(app) as server:
            carrying.to = urlsplit(server).port or 0
            seen = await seen_in(
                url,
                "portal-live.mjs",
                server=server,
                switchPort=carrying.switch,
                username=api.world.accounts["carla"].username,
                password=PASSWORD,
                staff=str(await api.token("anna")),
                client=str(await api.token("carla")),
                documentId=answer["document"]["id"],
                principalId=account(api, "carla"),
                description=CONTRACT,
            )
    assert seen.told == {"dialogs": 0, "isTheSame": True}
    assert [it for it in seen.found if not it.startswith(OF_THE_LINE)] == []
