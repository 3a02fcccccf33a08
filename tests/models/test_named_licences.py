"""Which statements name the licence beside each table of firms, and which are found not to."""

import pytest

from tests.statements import unnamed


@pytest.mark.parametrize(
    ("statement", "tables"),
    [
        ("SELECT document.id FROM document WHERE document.licence_id = $1", set[str]()),
        ("SELECT document.id FROM document WHERE document.id = $1", {"document"}),
        ("SELECT a.id FROM account AS a WHERE account.licence_id = $1", {"account"}),
        ("SELECT a.id FROM account AS a WHERE a.licence_id = $1", set[str]()),
        (
            "SELECT 1 FROM document JOIN dossier ON dossier.id = $2 WHERE document.licence_id = $1",
            {"dossier"},
        ),
        (
            (
                "SELECT 1 FROM document JOIN dossier ON dossier.licence_id = document.licence_id "
                "WHERE document.licence_id = $1"
            ),
            set[str](),
        ),
        ("SELECT 1 FROM document, dossier WHERE document.licence_id = $1", {"dossier"}),
        ("UPDATE letter SET state = 'SENT' WHERE letter.id = $1", {"letter"}),
        ("DELETE FROM letter USING account WHERE letter.licence_id = $1", {"account"}),
        ("INSERT INTO letter (id, kind) VALUES ($1, $2)", {"letter"}),
        (
            "INSERT INTO letter (licence_id, kind) VALUES ($1, $2) RETURNING letter.id, letter.state",
            set[str](),
        ),
        ("SELECT licence.id FROM licence", set[str]()),
    ],
)
def test_a_table_without_its_licence_is_found(statement: str, tables: set[str]) -> None:
    assert unnamed(statement) == tables
