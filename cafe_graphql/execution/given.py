"""What came in the variables of a request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar


@dataclass(slots=True)  # not frozen: that would cost half a microsecond for each
class Given:
    """The variables of one request as they came; `counts` tells of some how many single values there are in them."""

    is_for_compiled: ClassVar[bool] = False

    variables: Mapping[str, Any]
    counts: Mapping[str, int] = field(default_factory=dict)
