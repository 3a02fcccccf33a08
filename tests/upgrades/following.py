"""A version that comes after this one, with a migration more."""

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from unittest.mock import patch

from server import migrations

NEXT: Final = "9999"
MIGRATION: Final = '''"""Something more."""

from alembic import op

revision = "9999"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    {upgrade}
'''


@contextmanager
def following(upgrade: str, *, release: str | None = None) -> Generator[None]:
    """Be the next version meanwhile, which migrates like that and followed a release of these tables."""
    head = migrations.known().head
    with TemporaryDirectory(prefix="kluis-next-") as folder:
        root = Path(folder)
        shutil.copytree(migrations.ROOT / "alembic", root / "alembic")
        shutil.copy(migrations.ROOT / "alembic.ini", root)
        (root / "alembic/versions/9999_more.py").write_text(MIGRATION.format(head=head, upgrade=upgrade))
        (root / "alembic/released.toml").write_text(f'revision = "{release or head}"\n')
        with patch.object(migrations, "ROOT", root):
            yield
