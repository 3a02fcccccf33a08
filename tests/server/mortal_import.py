"""An import in a process of its own, that can be killed."""

from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

import uvloop

from resolvers import batches, import_documents, import_relations, matching_documents, operating
from resolvers.database import Database
from resolvers.ports import Ports
from server import import_tables
from server.import_commands import with_file
from storage.store import Store
from tests.conftest import START, SetClock, ports_over
from tests.databases import PATIENT
from tests.server.processes import PROCESSES

FEW = 10
"""Documents of a batch, so that some dozens of them are several."""


@dataclass(frozen=True)
class Task:
    """A table that somebody imports, with the folder of its files where it has some."""

    slug: str
    username: str
    table: Path
    folder: Path | None = None

    async def bring(self, ports: Ports) -> None:
        """Import it to its end."""
        viewer = await operating.acting_as(ports, self.slug, self.username, "import relations")
        if self.folder is None:
            read, _ = import_tables.RELATIONS.rows(self.table)
            rows, _ = import_relations.kept(read, START.date())
            await batches.written(ports, viewer, rows, import_relations.import_relations, went_on)
        else:
            read, _ = import_tables.DOCUMENTS.rows(self.table)
            rows, _ = matching_documents.kept([with_file(it, self.folder) for it in read])
            await import_documents.import_documents(ports, viewer, rows, went_on)

    def begin(self, database_url: str, home: Path) -> BaseProcess:
        """Start to import it, at an installation whose keys and files are in a folder."""
        process = PROCESSES.Process(target=work, args=(self, database_url, home), daemon=True)
        process.start()
        return process


def went_on(_: int) -> None:
    """Show nobody how far it is."""


def work(task: Task, database_url: str, home: Path) -> None:
    """Import a table to its end."""
    import_documents.__dict__["BATCH"] = FEW
    uvloop.run(alone(task, database_url, home))


async def alone(task: Task, database_url: str, home: Path) -> None:
    database = Database(database_url, PATIENT)
    await task.bring(ports_over(database, Store.open(home / "files"), SetClock(), keys_in=home))
    await database.close()
