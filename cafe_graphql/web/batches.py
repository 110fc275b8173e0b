"""Several requests in one body: run one after the other, and answered in one array."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from cafe_graphql.execution import errors
from cafe_graphql.execution.answers import Answer, Outcome, to_json
from cafe_graphql.execution.engine import Request
from cafe_graphql.web.refusals import Refused


async def answered(batch: Sequence[Request], answer: Callable[[Request], Awaitable[Answer]]) -> bytes:
    """Give the answers in the order of the requests, as JSON; what one comes to does not touch the next.

    What refuses the first refuses them all, and is raised: nothing has run then.
    """
    written = [_in_json(await answer(batch[0]))]
    for request in batch[1:]:
        try:
            written.append(_in_json(await answer(request)))
        except Refused as refused:
            told = [errors.plain(refused.message, refused.code)]
            written.append(_in_json(Answer(Outcome.UNSUPPORTED, {"errors": told})))
    return b"[" + b",".join(written) + b"]"


def _in_json(answer: Answer) -> bytes:
    try:
        return to_json(answer.payload)
    except Exception as error:
        return to_json({"errors": [errors.of_accident(error)]})
