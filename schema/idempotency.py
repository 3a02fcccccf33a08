"""The argument `idempotencyKey`, by which a mutation that is sent again makes nothing a second time."""

from typing import Any

import strawberry


def idempotency_key(more: str = "") -> Any:
    """Return the field `idempotencyKey` of an input."""
    return strawberry.field(
        default=None,
        description="One's own name for this call, 1 to 200 characters: sent again with the same input "
        "within 24 hours, it makes nothing new and answers with what it made; with another input it is "
        f"CONFLICT.{more}",
    )
