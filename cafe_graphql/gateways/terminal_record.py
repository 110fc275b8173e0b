"""What the local terminal has done, in a file of its own: another machine's memory, which outlives a crash of ours."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cafe_graphql.core.errors import Away
from cafe_graphql.gateways.cards import Answer, Standing

_TABLES = """
CREATE TABLE IF NOT EXISTS charges (
  id TEXT PRIMARY KEY, amount INTEGER, currency TEXT, kind TEXT,
  standing TEXT NOT NULL, reference TEXT, card TEXT, reason TEXT
);
CREATE TABLE IF NOT EXISTS refunds (id TEXT PRIMARY KEY, charge TEXT NOT NULL, amount INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS questions (charge TEXT NOT NULL, question TEXT NOT NULL);
"""
WAIT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Entry:
    """A charge as the terminal has it; `kind` says how its card behaves."""

    answer: Answer
    amount: int
    kind: str


class Record:
    """The terminal's book. Each block of `opened` is one transaction, on disk when it ends."""

    def __init__(self, file: Path) -> None:
        self.file = file

    @contextmanager
    def opened(self) -> Iterator["Pages"]:
        """Open the book, for nobody else to write in meanwhile; `Away` when it cannot be written."""
        try:
            os.close(os.open(self.file, os.O_CREAT | os.O_RDWR, 0o600))  # what people pay is for nobody else to read
            with closing(sqlite3.connect(self.file, timeout=WAIT_SECONDS, isolation_level=None)) as connection:
                connection.execute("BEGIN IMMEDIATE")
                for statement in _TABLES.split(";"):
                    connection.execute(statement)
                yield Pages(connection)
                connection.execute("COMMIT")
        except (OSError, sqlite3.Error) as error:
            raise Away(f"The card terminal cannot write its record: {error}.") from error


class Pages:
    """The open book."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def find(self, charge_id: str) -> Entry | None:
        """Give what is known of a charge."""
        row = self._connection.execute(
            "SELECT standing, reference, card, reason, amount, kind FROM charges WHERE id = ?", (charge_id,)
        ).fetchone()
        return None if row is None else Entry(Answer(Standing(row[0]), *row[1:4]), row[4], row[5])

    def write(self, charge_id: str, amount: int, currency: str, kind: str, answer: Answer) -> Answer:
        """Write a charge down, which must be new, and give the answer to it."""
        said = (answer.standing, answer.reference, answer.card, answer.reason)
        values = (charge_id, amount, currency, kind, *said)
        self._connection.execute("INSERT INTO charges VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
        return answer

    def move(self, charge_id: str, standing: Standing) -> None:
        """Note that a charge stands otherwise now."""
        self._connection.execute("UPDATE charges SET standing = ? WHERE id = ?", (standing, charge_id))

    def refunded(self, charge_id: str) -> int:
        """Add up what was given back of a charge."""
        statement = "SELECT coalesce(sum(amount), 0) FROM refunds WHERE charge = ?"
        amount: int = self._connection.execute(statement, (charge_id,)).fetchone()[0]
        return amount

    def has_refund(self, refund_id: str) -> bool:
        """Tell whether a refund was made."""
        return self._connection.execute("SELECT 1 FROM refunds WHERE id = ?", (refund_id,)).fetchone() is not None

    def write_refund(self, refund_id: str, charge_id: str, amount: int) -> None:
        """Write a refund down, which must be new."""
        self._connection.execute("INSERT INTO refunds VALUES (?, ?, ?)", (refund_id, charge_id, amount))

    def count(self, charge_id: str, question: str) -> int:
        """Note that something was asked about a charge, and tell how often it has been now."""
        asked = (charge_id, question)
        self._connection.execute("INSERT INTO questions VALUES (?, ?)", asked)
        statement = "SELECT count(*) FROM questions WHERE charge = ? AND question = ?"
        count: int = self._connection.execute(statement, asked).fetchone()[0]
        return count
