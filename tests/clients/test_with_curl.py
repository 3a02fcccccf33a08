"""A shell with curl and jq does what an advisor does."""

import json
import shutil
from pathlib import Path

import pytest

from tests.api import Api
from tests.clients import suites
from tests.clients.live import TOLD, live, prepare
from tests.programs import WANTING


async def test_curl_does_what_an_advisor_does(api: Api, tmp_path: Path) -> None:
    for program in ("curl", "jq"):
        if not shutil.which(program):
            pytest.skip(f"{WANTING}{program}")
    await prepare(api)
    folder = suites.in_folder("curl", tmp_path)
    async with live(api) as told:
        assert json.loads(await suites.run(folder, folder / "journey.sh", told=told)) == TOLD
