"""The public audit suite of GraphQL over HTTP, run against the real server by its own program."""

from typing import Any

from tests.clients import node


def test_every_audit_passes_whether_must_should_or_may(cafe_server: str) -> None:
    audits: list[dict[str, Any]] = node.run("audits.mjs", f"{cafe_server}/graphql")

    assert [audit for audit in audits if audit["status"] != "ok"] == []
    assert len(audits) > 60
    assert {audit["name"].split()[0] for audit in audits} == {"MUST", "SHOULD", "MAY"}
