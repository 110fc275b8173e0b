"""Instants as the tables keep them: whole microseconds since 1970, UTC."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(instant: datetime) -> int:
    """Give an aware instant as microseconds since 1970."""
    return (instant - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """Give the UTC instant of a column; exact, as no float is involved."""
    return _EPOCH + timedelta(microseconds=micros)
