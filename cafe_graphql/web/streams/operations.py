"""One operation on a socket: runs it, and says what it gives."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from cafe_graphql.execution import errors
from cafe_graphql.execution.answers import Answer, to_json
from cafe_graphql.execution.subscriptions import SourceFailed, Subscription
from cafe_graphql.web.streams import messages
from cafe_graphql.web.streams.stream import Left

Say = Callable[[str], Awaitable[None]]


class Operation:
    """A query, mutation or subscription under way. Its client may leave it; whoever starts its `task` sets that."""

    __slots__ = ("_is_opening", "_say", "id", "is_left", "task")

    task: asyncio.Task[None]

    def __init__(self, operation_id: str, say: Say) -> None:
        self.id = operation_id
        self.is_left = False
        self._say = say
        self._is_opening = True

    def leave(self) -> None:
        """Say no more. What is being worked out is not cut off, for it may be a mutation."""
        self.is_left = True
        if not self._is_opening:
            self.task.cancel()

    async def excuse(self, overdue: Answer) -> None:
        """Say that it takes too long, and no more after that; it goes on."""
        self.is_left = True
        with contextlib.suppress(Left):
            await self._say(messages.error(self.id, overdue.payload["errors"]))

    async def tell(self, answer: Answer) -> str:
        """Say a single answer, if there is one, and give the last message."""
        self._is_opening = False
        if "data" not in answer.payload:
            return messages.error(self.id, answer.payload["errors"])
        try:
            written = to_json(answer.payload)
        except Exception as error:
            return messages.error(self.id, [errors.of_accident(error)])
        if not self.is_left:
            await self._say(messages.following(self.id, written))
        return messages.complete(self.id)

    async def stream(self, subscription: Subscription) -> str:
        """Say the answers of a subscription as they come, and give the last message."""
        self._is_opening = False
        try:
            while not self.is_left:
                answer = await anext(subscription)
                await self._say(messages.following(self.id, answer))
        except StopAsyncIteration:
            pass
        except SourceFailed as failed:
            return messages.error(self.id, failed.errors)
        finally:
            await subscription.aclose()
        return messages.complete(self.id)
