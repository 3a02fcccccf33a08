"""The installation in containers: compose understands it, and every part is as closed as it can be."""

import json
import os
import shutil
from pathlib import Path
from typing import Final

import yaml

from server.probes import READY
from tests.deploy.files import DEPLOY, OURS, ROOT, composed, program, said_by

PARTS: Final = ["bucket", "clamd", "database", "mail", "server", "store", "worker"]
LIMITS: Final = ("StreamMaxLength", "MaxFileSize", "MaxScanSize", "AlertExceedsMax")


def laid(folder: Path) -> Path:
    """Return a folder like deploy/, with secrets of its own."""
    into = folder / "deploy"
    shutil.copytree(DEPLOY, into, ignore=shutil.ignore_patterns("secrets"))
    assert said_by(str(into / "secrets.sh")) == (0, "")
    return into


def test_compose_understands_it_and_finds_all_that_it_names(tmp_path: Path) -> None:
    compose = program("docker-compose")
    clean = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    file = laid(tmp_path) / "compose.yaml"
    status, said = said_by(compose, "-f", str(file), "config", env=clean)
    assert status == 0, said
    understood = yaml.safe_load(said)
    assert sorted(understood["services"]) == PARTS
    assert understood["services"]["server"]["environment"]["KLUIS_PUBLIC_URL"] == "http://localhost:8000"


def test_a_worker_has_the_settings_of_a_server_and_is_looked_at_where_it_answers() -> None:
    server, worker = (composed()["services"][it] for it in ("server", "worker"))
    place = worker["environment"]["KLUIS_METRICS"]
    assert worker["environment"] == server["environment"] | {"KLUIS_METRICS": place}
    assert server["environment"]["KLUIS_LOG"] == "json"
    assert f"'http://{place}{READY}'" in worker["healthcheck"]["test"][-1]


def test_every_part_is_closed_and_looked_after() -> None:
    services = composed()["services"]
    assert sorted(services) == PARTS
    for name, it in services.items():
        assert it["read_only"] is True, name
        assert it["cap_drop"] == ["ALL"], name
        assert it["security_opt"] == ["no-new-privileges:true"], name
        assert not {"privileged", "cap_add", "pid", "network_mode"} & it.keys(), name
        assert it["restart"] in {"unless-stopped", "on-failure"}, name
        # The server's check stands in the image.
        assert "healthcheck" in it or name == "server", name
        assert all(port.startswith("127.0.0.1:") for port in it.get("ports", [])), name
        assert name in OURS or ":" in it["image"].replace(":latest", ""), name


def test_what_holds_the_firms_papers_is_not_reached_from_outside() -> None:
    found = composed()
    assert found["networks"]["inside"] == {"internal": True}
    for name in ("database", "store"):
        assert found["services"][name]["networks"] == ["inside"]
        assert "ports" not in found["services"][name]


def test_no_secret_stands_in_the_file_or_in_an_environment() -> None:
    found = composed()
    for name, it in found["services"].items():
        said = {key: value for key, value in it.get("environment", {}).items() if not key.endswith("_FILE")}
        assert not [key for key in said if "PASSWORD" in key or "SECRET" in key or "KEY" in key], name
        assert set(it.get("secrets", [])) <= found["secrets"].keys(), name
    assert {it["file"] for it in found["secrets"].values()} == {f"./secrets/{it}" for it in found["secrets"]}
    assert "deploy/secrets/" in (ROOT / ".gitignore").read_text().splitlines()


def test_the_secrets_are_drawn_anew_fit_together_and_are_never_written_over(tmp_path: Path) -> None:
    one, other = laid(tmp_path / "one") / "secrets", laid(tmp_path / "other") / "secrets"
    assert {it.name for it in one.iterdir()} == composed()["secrets"].keys()
    assert one.stat().st_mode & 0o777 == 0o700
    password = (one / "database_password").read_text()
    assert (len(password), password.isalnum()) == (48, True)
    assert (one / "KLUIS_DATABASE_URL").read_text() == f"postgresql://kluis:{password}@database/kluis"
    (known,) = json.loads((one / "store.json").read_text())["identities"]
    assert known["credentials"] == [
        {
            "accessKey": (one / "AWS_ACCESS_KEY_ID").read_text(),
            "secretKey": (one / "AWS_SECRET_ACCESS_KEY").read_text(),
        }
    ]
    drawn = [it.read_text() for it in (one / "postgres_password", other / "postgres_password")]
    assert len({*drawn, password}) == 3
    status, said = said_by(str(one.parent / "secrets.sh"))
    assert (status, "nothing was changed" in said) == (1, True)
    assert (one / "database_password").read_text() == password


def test_the_scanner_has_the_limits_that_operations_asks_for() -> None:
    asked = (ROOT / "docs" / "operations.md").read_text().splitlines()
    limits = [it for it in (DEPLOY / "clamd.conf").read_text().splitlines() if it.startswith(LIMITS)]
    assert len(limits) == len(LIMITS)
    assert [it for it in limits if it not in asked] == []
