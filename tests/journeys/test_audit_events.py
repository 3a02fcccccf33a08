"""The audit trail is read by auditors and administrators, narrowed and page by page, and by nobody else."""

from typing import Final

OWN: Final = "{ auditEvents { nodes { kind account { displayName } } } }"
