"""The portal that the demo shows: the built files of the example for front-end developers."""

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent.parent / "examples" / "portal" / "dist"
