"""How PostgreSQL finds each list of documents is as somebody approved it, and reads no large table whole."""

import os
from pathlib import Path
from typing import Final

from resolvers.database import Database
from tests import databases
from tests.resolvers.planned import (
    LARGE,
    fill,
    lines_of,
    passed_by,
    plan_of,
    planning,
    sequential,
    statements,
)

APPROVED: Final = Path(__file__).with_name("approved_plans.txt")
# Set: the plans of today are approved.
VARIABLE: Final = "APPROVE_PLANS"


async def test_lists_are_found_as_approved_and_no_large_table_is_read_as_a_whole() -> None:
    async with databases.fresh() as url:
        database = Database(url, databases.PATIENT)
        try:
            licence_id = await fill(database, url)
            async with planning(database, licence_id) as driver:
                plans = {name: await plan_of(driver, statement) for name, statement in statements()}
        finally:
            await database.close()
    assert {name: found for name, plan in plans.items() if (found := sequential(plan) & LARGE)} == {}
    assert {name: found for name, plan in plans.items() if (found := passed_by(plan))} == {}
    said = "\n".join(line for name, plan in plans.items() for line in (name, *lines_of(plan))) + "\n"
    if VARIABLE in os.environ:
        APPROVED.write_text(said)
    assert said.splitlines() == APPROVED.read_text().splitlines()
