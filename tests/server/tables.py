"""Tables as other programs write them, and what is in the firm's files."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from typer.testing import Result

from tests.api import Api
from tests.server.commands import Types

ANNA = "anna@de-linde.example"
PEOPLE = """
query ($after: String) {
  relations(first: 100, after: $after) {
    nodes {
      externalReference kind displayName givenName familyName companyName title email language revision
      businessUnit { name } internalManager { username }
      contact { street postalCode municipality phone secondPhone mobile fax deliveryMethod }
      details {
        birthDate birthPlace nationalRegisterNumber professionalCategory naceCode profession retirementAge
        retirementYear activityEndAge activityEndYear lifeExpectancyYear isDeceased isDisabled
        identityCardNumber identityCardValidUntil accountant { displayName }
      }
    }
    pageInfo { endCursor hasNextPage }
  }
}
"""


def table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]], separator: str = ",") -> Path:
    """Write a table, and return its path."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=separator)
        writer.writerow(columns)
        writer.writerows(rows)
    return path


def lines_of(result: Result) -> list[str]:
    """Return what a command says."""
    return result.stdout.splitlines()


async def imports(types: Types, kind: str, *more: str | Path, status: int = 0) -> list[str]:
    """Return what an import in Anna's name says."""
    result = await types("import", kind, "de-linde", *map(str, more), "--as", ANNA)
    assert result.exit_code == status, result.output
    return lines_of(result)


async def exports(types: Types, kind: str, *more: Path, status: int = 0) -> list[str]:
    """Return what an export in Anna's name says."""
    result = await types("export", kind, "de-linde", *map(str, more), "--as", ANNA)
    assert result.exit_code == status, result.output
    return lines_of(result)


async def people(api: Api) -> dict[str, Mapping[str, Any]]:
    """Return the firm's relations by what other programs call them, or by name."""
    found: dict[str, Mapping[str, Any]] = {}
    after: str | None = None
    while True:
        page = (await api.gets("anna", PEOPLE, after=after))["relations"]
        found |= {it["externalReference"] or it["displayName"]: it for it in page["nodes"]}
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]
