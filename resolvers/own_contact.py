"""A client's own sheet: he corrects how he is reached, and whoever looks after him is told."""

from collections.abc import Mapping
from typing import Any

from core.errors import Forbidden
from models import Relation
from models.feed import ChangeKind
from resolvers import accounts, editing, relation_fields, relations, routing
from resolvers.change import Change


async def update_contact_details(
    change: Change, said: Mapping[str, Any], if_revision: int | None = None
) -> None:
    """Change the contact tab of the viewer's own relation: only the fields that are given.

    Raise Forbidden for whoever is no client, NotFound, Conflict, Problems.
    """
    own = change.viewer.relation_id
    if not change.viewer.is_client or own is None:
        raise Forbidden
    columns = relation_fields.kept(said, change.now.date())
    relation = await editing.held(
        change, Relation, relations.by_ids, own, path=("input",), if_revision=if_revision
    )
    changed = editing.set_on(relation, columns)
    if not changed:
        return
    editing.count_change(relation, change.now)
    change.record("relation.contact_updated", relation_id=own, changed=sorted(changed))
    await change.note(ChangeKind.CHANGED, "Relation", own)
    await tell_of_contact(change)


async def tell_of_contact(change: Change) -> None:
    """Write to whoever looks after the client: the same as are told of what he sends."""
    (client,) = await accounts.by_ids(change, [change.viewer.account_id])
    name, about = client.display_name if client else "", str(change.viewer.account_id)
    for account in await routing.told_of_upload(change):
        await change.tell_news("contact_changed", account.id, about=about, client_name=name)
