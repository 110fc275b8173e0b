"""The scanner graphql-cop has nothing to report about the café in production."""

from collections.abc import Iterator

import httpx2
import pytest

from tests.clients.serving import serve
from tests.security import cop, gullible
from tests.security.production import caller


@pytest.fixture(scope="module")
def victim() -> Iterator[httpx2.Client]:
    with serve(gullible.server()) as (host, port), caller(f"http://{host}:{port}") as scanner:
        yield scanner


def test_it_takes_the_cafe_for_a_graphql_server_and_so_scans_it(stranger: httpx2.Client) -> None:
    assert cop.is_graphql(stranger)


@pytest.mark.parametrize("title", cop.CHECKS)
def test_it_reports_nothing(stranger: httpx2.Client, title: str) -> None:
    assert not cop.CHECKS[title](stranger)


@pytest.mark.parametrize("title", cop.CHECKS)
def test_it_would_report_a_server_that_believes_everybody(victim: httpx2.Client, title: str) -> None:
    assert cop.CHECKS[title](victim)
