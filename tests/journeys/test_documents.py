"""The list of documents, as each of the cast sees it."""

from tests.api import Api

LIST = "{ documents { totalCount nodes { description } } }"


async def test_a_client_sees_what_was_shared_with_him(api: Api) -> None:
    seen = await api.data("bert", LIST)
    assert seen == {"documents": {"totalCount": 1, "nodes": [{"description": "Huwelijkscontract"}]}}
