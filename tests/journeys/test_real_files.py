"""Files as other programs make them: each is taken for what it is, and comes back as it was."""

import pytest

from storage.media_types import named
from tests.api import Api
from tests.journeys.filing import complete, gives, put, ticket_of, url_of
from tests.storage import real_files


@pytest.mark.parametrize("name", sorted(real_files.FILES))
async def test_a_file_of_another_program_comes_in_and_goes_out(api: Api, name: str) -> None:
    content, media_type = real_files.FILES[name](), named(name)
    ticket = await ticket_of(api, "bert", content, name, mediaType=media_type)
    assert (await put(api, ticket, content)).status_code == 204
    document = (await complete(api, "bert", ticket["id"]))["document"]
    assert (document["fileName"], document["mediaType"]) == (name, media_type)
    answer = await gives(api, await url_of(api, "bert", document["id"]))
    assert (answer.content, answer.headers["content-type"].partition(";")[0]) == (content, media_type)
