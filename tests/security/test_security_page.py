"""The page on security names only what is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text()


def test_every_file_that_it_names_is_there() -> None:
    named = set(re.findall(r"`([\w/]+\.py)`", PAGE))

    assert len(named) > 30
    assert [name for name in sorted(named) if not _places(name)] == []


def test_the_readme_leads_to_it() -> None:
    assert "](docs/security.md)" in (ROOT / "README.md").read_text()


def _places(name: str) -> list[Path]:
    rooms = (ROOT, ROOT / "tests", ROOT / "cafe_graphql", ROOT / "cafe_graphql" / "services")
    return [room / name for room in rooms if (room / name).is_file()]
