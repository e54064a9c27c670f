"""What each vendor allows: requests per plan, and how far back and how much at once per interval.

Facts of the vendors' price pages and of their error texts, as data. ``docs/vendors.md`` shows them to users.
"""

from msgspec import Struct

from arbitrax.domain.errors import InputError, did_you_mean

SAFETY = 0.9
"""Share of a vendor's limit that a token bucket refills; the rest is its burst, at least one request.

Any window of the vendor's then sees no more than the limit, whenever it starts to count.
"""


class Plan(Struct, frozen=True):
    """How often a plan may ask: ``requests`` in ``seconds``."""

    requests: int
    seconds: float
    per_day: int | None = None
    """Known, not counted here: the vendor says when it is used up."""
    history_days: int | None = None
    """How many days back the plan sees."""
    end_of_day: bool = False
    """Whether it refuses any range that reaches into the running day."""
    note: str = ""

    @property
    def rate(self) -> float:
        """Tokens a second."""
        return SAFETY * self.requests / self.seconds

    @property
    def burst(self) -> float:
        """Requests at once after a pause."""
        return max(1.0, float(int((1 - SAFETY) * self.requests + 1e-9)))


class Window(Struct, frozen=True):
    """The bars of one interval: days a request may span, and days back that there are any; None: no limit."""

    request_days: int | None = None
    history_days: int | None = None


class Vendor(Struct, frozen=True):
    """One vendor's name, address and limits."""

    name: str
    title: str
    url: str
    settings: str
    """Prefix of its environment variables: ``_KEY``, ``_PLAN`` and ``_URL`` follow."""
    needs_key: bool
    plans: dict[str, Plan]
    windows: dict[str, Window]
    """By interval."""
    limit_lasts: float
    """Seconds that a refusal for too many requests lasts where the answer does not say."""

    @property
    def key_variable(self) -> str:
        """The environment variable of its key."""
        return f"{self.settings}_KEY"

    def plan(self, name: str) -> Plan:
        """Return a plan by its name.

        Raises:
            InputError: the vendor sells no such plan.
        """
        if name not in self.plans:
            hint = did_you_mean(name, self.plans) or f"; use {', '.join(self.plans)}."
            raise InputError(f"{self.title} has no plan '{name}'{hint} Correct {self.settings}_PLAN.")
        return self.plans[name]


_MINUTES = ("1m", "2m", "5m", "15m", "30m", "1h")

YAHOO = Vendor(
    name="yahoo",
    title="Yahoo",
    url="https://query2.finance.yahoo.com",
    settings="ARBITRAX_YAHOO",
    needs_key=False,
    plans={"free": Plan(60, 60.0, note="its limits are by address and not published; this pace is ours")},
    windows={
        "1m": Window(8, 30),
        "2m": Window(60, 60),
        "5m": Window(60, 60),
        "15m": Window(60, 60),
        "30m": Window(60, 60),
        "90m": Window(60, 60),
        "1h": Window(730, 730),
        "1d": Window(),
    },
    limit_lasts=1200.0,
)

ALPHA_VANTAGE = Vendor(
    name="alpha_vantage",
    title="Alpha Vantage",
    url="https://www.alphavantage.co",
    settings="ARBITRAX_ALPHA_VANTAGE",
    needs_key=True,
    plans={
        "free": Plan(1, 1.0, per_day=25, note="the latest 100 daily bars; no daily adjusted series"),
        "premium_75": Plan(75, 60.0),
        "premium_150": Plan(150, 60.0),
        "premium_300": Plan(300, 60.0),
        "premium_600": Plan(600, 60.0),
        "premium_1200": Plan(1200, 60.0),
    },
    # Intraday bars come by calendar month.
    windows={**{each: Window(31) for each in ("1m", "5m", "15m", "30m", "1h")}, "1d": Window()},
    limit_lasts=60.0,
)

POLYGON = Vendor(
    name="polygon",
    title="Polygon",
    url="https://api.massive.com",
    settings="ARBITRAX_POLYGON",
    needs_key=True,
    plans={
        "free": Plan(5, 60.0, history_days=730, end_of_day=True, note="until yesterday"),
        "starter": Plan(100, 1.0, history_days=5 * 365, note="15 minutes late"),
        "developer": Plan(100, 1.0, history_days=10 * 365, note="15 minutes late"),
        "advanced": Plan(100, 1.0),
    },
    # An answer counts at most 50,000 base bars, of minutes for all intraday intervals: a month of a market that never
    # closes fits. Longer ones come in pages.
    windows={**{each: Window(30) for each in (*_MINUTES, "4h")}, "1d": Window(3650)},
    limit_lasts=60.0,
)

VENDORS = {each.name: each for each in (POLYGON, ALPHA_VANTAGE, YAHOO)}
