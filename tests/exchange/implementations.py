"""Every engine that must give the same events and the same state hash. The first one is the reference."""

from arbitrax.exchange.core import MatchingCore
from arbitrax.exchange.reference import MatchingEngine as ReferenceEngine

IMPLEMENTATIONS = {"reference": ReferenceEngine, "compiled": MatchingCore}
