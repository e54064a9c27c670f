"""The two faces of one implementation: everything is written once, as coroutines.

A class of the client is generic over its face. A coroutine method marked `offered`, or an asynchronous generator marked
`listing`, is as it is on the asynchronous face; on the synchronous one it runs on a loop in a thread, and the caller
waits. So there is a loop in a notebook or not: it does not matter.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import CancelledError
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, overload

T = TypeVar("T")
P = ParamSpec("P")


class Async:
    """Callers await."""


class Sync:
    """Callers wait."""


F = TypeVar("F", Async, Sync)


class Portal:
    """A loop in a thread, where the coroutines of a synchronous client run."""

    def __init__(self) -> None:
        """Start it."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="arbitrax-client", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Return what a coroutine returns; whoever is interrupted waiting ends it."""
        task = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return task.result()
        except (KeyboardInterrupt, CancelledError):
            task.cancel()
            raise

    def iterate(self, work: AsyncIterator[T]) -> Iterator[T]:
        """Yield what an asynchronous iterator yields."""
        while True:
            try:
                found = self.run(_next(work))
            except StopAsyncIteration:
                return
            yield found

    def close(self) -> None:
        """End the loop and its thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _next(work: AsyncIterator[T]) -> T:
    return await anext(work)


class Faced(Generic[F]):
    """What has a face: a synchronous one has a portal."""

    def __init__(self, portal: Portal | None) -> None:
        """Take where its coroutines run; None: on the caller's loop."""
        self.portal = portal


class offered(Generic[P, T]):  # noqa: N801 - a decorator
    """A coroutine method, of both faces."""

    def __init__(self, method: Callable[Concatenate[Any, P], Coroutine[Any, Any, T]]) -> None:
        """Take the method."""
        self._method = method
        self.__doc__ = method.__doc__
        self.__wrapped__ = method

    @overload
    def __get__(self, instance: None, owner: type) -> offered[P, T]: ...
    @overload
    def __get__(self, instance: Faced[Async], owner: type) -> Callable[P, Coroutine[Any, Any, T]]: ...
    @overload
    def __get__(self, instance: Faced[Sync], owner: type) -> Callable[P, T]: ...
    def __get__(self, instance: Any, owner: type) -> Any:
        """Return the method as its face has it."""
        if instance is None:
            return self
        method, portal = self._method.__get__(instance, owner), instance.portal
        if portal is None:
            return method

        def run(*args: P.args, **kwargs: P.kwargs) -> T:
            return portal.run(method(*args, **kwargs))

        run.__doc__ = self.__doc__
        run.__name__ = self._method.__name__
        return run


class listing(Generic[P, T]):  # noqa: N801 - a decorator
    """An asynchronous generator method, of both faces."""

    def __init__(self, method: Callable[Concatenate[Any, P], AsyncIterator[T]]) -> None:
        """Take the method."""
        self._method = method
        self.__doc__ = method.__doc__
        self.__wrapped__ = method

    @overload
    def __get__(self, instance: None, owner: type) -> listing[P, T]: ...
    @overload
    def __get__(self, instance: Faced[Async], owner: type) -> Callable[P, AsyncIterator[T]]: ...
    @overload
    def __get__(self, instance: Faced[Sync], owner: type) -> Callable[P, Iterator[T]]: ...
    def __get__(self, instance: Any, owner: type) -> Any:
        """Return the method as its face has it."""
        if instance is None:
            return self
        method, portal = self._method.__get__(instance, owner), instance.portal
        if portal is None:
            return method

        def iterate(*args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
            return portal.iterate(method(*args, **kwargs))

        iterate.__doc__ = self.__doc__
        iterate.__name__ = self._method.__name__
        return iterate
