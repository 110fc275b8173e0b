"""What tests of the acts share: a clock and a café with its books on disk."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cafe_graphql.services.cafe import Cafe
from tests.services.books import Clock, opened


@pytest.fixture
def clock() -> Clock:
    """Give the clock on the café's wall."""
    return Clock()


@pytest.fixture(scope="session")
def new_books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a file with the built-in menu and no order, made once: to copy is quicker than to make."""
    file = tmp_path_factory.mktemp("books") / "new.db"
    with opened(file):
        pass
    return file


@pytest.fixture
def file(tmp_path: Path, new_books: Path) -> Path:
    """Give the file that the café's books are in."""
    return Path(shutil.copy(new_books, tmp_path / "cafe.db"))


@pytest.fixture
def cafe(file: Path, clock: Clock) -> Iterator[Cafe]:
    """Give a café that is open, with the built-in menu."""
    with opened(file, clock) as cafe:
        yield cafe
