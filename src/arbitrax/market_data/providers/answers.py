"""What an answer means: whole or cut off, data or a refusal, and the sentence for each."""

import math
from collections.abc import Mapping
from typing import NoReturn, TypeVar

import msgspec

from arbitrax.domain.errors import BadPayload, NotEntitled, RateLimited, Unauthorized, UnknownSymbol, VendorDown
from arbitrax.market_data.providers.limits import Vendor
from arbitrax.market_data.providers.redaction import Redaction

T = TypeVar("T")


class Reply(msgspec.Struct, frozen=True):
    """A whole answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_markup(self) -> bool:
        """Whether it is a page for people."""
        return "html" in self.headers.get("content-type", "") or self.body.lstrip()[:1] == b"<"

    @property
    def text(self) -> str:
        """The body, whatever it is, for an error's sentence."""
        return self.body[:2000].decode("utf-8", "replace")


class AnswerReader:
    """Reads one vendor's answers. ``about`` is what was asked for, a symbol mostly; no sentence holds the key."""

    def __init__(self, vendor: Vendor, redact: Redaction) -> None:
        self._vendor = vendor
        self.redact = redact

    def check(self, reply: Reply, about: str, *, wait: float | None) -> None:
        """Raise what an answer of that kind means with every vendor; ``wait`` is its Retry-After, s."""
        if reply.status >= 500:
            raise self.down(about, f"answered with the error {reply.status}")
        if reply.status == 429:
            raise self.limited(about, wait)
        if 300 <= reply.status < 400:
            raise self.bad(about, f"it redirects elsewhere (status {reply.status})", "check its URL in the settings")
        if reply.status == 200 and reply.is_markup:
            raise self.down(about, "answered with a web page instead of data")

    def limited(self, about: str, seconds: float | None) -> RateLimited:
        """Return the error of too many requests; None: as long as it lasts with this vendor."""
        seconds = self._vendor.limit_lasts if seconds is None else seconds
        wait = f"{math.ceil(seconds)} s" if seconds < 120 else f"{math.ceil(seconds / 60)} minutes"
        advice = (
            f"or buy a larger plan and set {self._vendor.settings}_PLAN to it"
            if len(self._vendor.plans) > 1
            else "or ask another vendor"
        )
        return RateLimited(
            f"{self._vendor.title} refused {about}: too many requests; wait {wait}, {advice}.", retry_after=seconds
        )

    def down(self, about: str, what: str) -> VendorDown:
        """Return the error of a vendor that gives no answer."""
        return VendorDown(
            f"{self._vendor.title} {what} when asked for {about}; nothing was stored of it, try again later."
        )

    def bad(self, about: str, what: str, advice: str = "try again later, and report it if it stays") -> BadPayload:
        """Return the error of an answer that is none."""
        return BadPayload(f"{self._vendor.title}'s answer for {about} was not used: {self.redact(what)}; {advice}.")

    def refuse(self, reply: Reply, about: str, text: str) -> NoReturn:
        """Raise what the status of an answer means; the first sentence of the vendor's text is passed on."""
        title, said = self._vendor.title, self.redact(text).partition(". ")[0].rstrip(".")
        if reply.status == 401:
            raise Unauthorized(
                f"{title} refused {about}: {said or 'it does not know the API key'}; set "
                f"{self._vendor.key_variable} to a valid key."
            )
        if reply.status == 403:
            raise NotEntitled(
                f"{title} refused {about}: {said or 'not part of the plan'}; ask for another range or interval, or "
                "upgrade the plan."
            )
        if reply.status == 404:
            raise UnknownSymbol(f"{title} does not know {about}: {said or 'not found'}; check the symbol's spelling.")
        raise self.bad(about, f"status {reply.status}, {said or 'without a word'}")

    def decode(self, reply: Reply, kind: type[T], about: str) -> T:
        """Return the body as a type.

        Raises:
            VendorDown: it ends too early.
            BadPayload: it is no JSON, or of another shape.
        """
        try:
            return msgspec.json.decode(reply.body, type=kind)
        except msgspec.ValidationError as error:
            what = f"its shape is unknown ({error})"
        except msgspec.DecodeError as error:
            # A number cut in two is malformed at the very end.
            if "truncated" in str(error) or f"(byte {len(reply.body)})" in str(error):
                raise self.down(about, "broke off its answer") from None
            what = "it is no JSON"
        except UnicodeDecodeError:
            what = "it is no JSON"
        raise self.bad(about, what)
