"""Accounts as points know them: somebody in a licence, without a session."""

from uuid import UUID, uuid4

from core.viewer import Language, Role, Viewer
from tests.conftest import START


def somebody(licence_id: UUID) -> Viewer:
    """Return an account of a licence that nobody has heard of before."""
    account_id = uuid4()
    return Viewer(
        licence_id=licence_id,
        account_id=account_id,
        session_id=uuid4(),
        seen_at=START,
        roles=frozenset({Role.STAFF}),
        language=Language.EN,
        principals=(account_id,),
        relation_id=None,
    )
