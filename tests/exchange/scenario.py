"""Scenarios of the exchange's rules: each runs on every implementation and is printed in docs/concepts."""

from dataclasses import dataclass
from typing import Any

from tests.exchange.venue import Venue


@dataclass(frozen=True)
class Scenario:
    """A rule's number, a title, a function of a venue, and how the venue is made."""

    rule: int
    title: str
    play: Any
    options: dict

    def run(self, engine):
        """Play it; return the log of (kind, text)."""
        venue = Venue(engine, **self.options)
        self.play(venue)
        return venue.log


SCENARIOS: list[Scenario] = []


def scenario(rule, title, **options):
    """Register a scenario."""

    def register(play):
        SCENARIOS.append(Scenario(rule, title, play, options))
        return play

    return register
