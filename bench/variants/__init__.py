"""The ways to answer that are compared: each an application over the same ports."""

from collections.abc import Callable
from typing import Final

from starlette.applications import Starlette

from bench.variants import by_hand, dataloaders, eager, plain_files
from resolvers.ports import Ports
from server.app import create_app

KLUIS: Final = "kluis"
DATALOADERS: Final = "stock + DataLoaders"
EAGER: Final = "stock + eager"
BY_HAND: Final = "by hand"
PLAIN_FILES: Final = "plain files"

COMPARED: Final = (KLUIS, BY_HAND, EAGER, DATALOADERS)
"""Those that answer operations side by side."""
APPS: Final[dict[str, Callable[[Ports], Starlette]]] = {
    KLUIS: create_app,
    BY_HAND: by_hand.create_app,
    EAGER: eager.create_app,
    DATALOADERS: dataloaders.create_app,
    PLAIN_FILES: plain_files.create_app,
}
