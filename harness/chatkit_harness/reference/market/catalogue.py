"""What the fixtures say. Invented, dated and plausible; the sources and the headlines do not exist."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from .data import EconomicEvent, Impact

NEW_YORK = timezone(timedelta(hours=-5), "ET")
AS_OF = datetime(2026, 11, 20, 16, 0, tzinfo=NEW_YORK)  # a Friday, at the close


@dataclass(frozen=True)
class Listing:
    """A listed symbol: two closes in US dollars, daily volatility as a share, usual daily volume."""

    name: str
    price: float
    previous_close: float
    volatility: float
    volume: int


LISTINGS: dict[str, Listing] = {
    "AAPL": Listing("Apple Inc.", 271.84, 269.12, 0.014, 52_000_000),
    "AMD": Listing("Advanced Micro Devices, Inc.", 203.46, 209.71, 0.029, 41_000_000),
    "AMZN": Listing("Amazon.com, Inc.", 238.02, 236.55, 0.018, 39_000_000),
    "GOOGL": Listing("Alphabet Inc. Class A", 318.67, 315.90, 0.017, 28_000_000),
    "JPM": Listing("JPMorgan Chase & Co.", 309.15, 309.15, 0.012, 9_000_000),
    "META": Listing("Meta Platforms, Inc.", 642.30, 650.88, 0.020, 14_000_000),
    "MSFT": Listing("Microsoft Corporation", 508.44, 505.20, 0.013, 21_000_000),
    "NFLX": Listing("Netflix, Inc.", 111.05, 109.36, 0.021, 33_000_000),
    "NVDA": Listing("NVIDIA Corporation", 189.27, 184.96, 0.026, 190_000_000),
    "QQQ": Listing("Invesco QQQ Trust", 612.70, 609.48, 0.012, 46_000_000),
    "SPY": Listing("SPDR S&P 500 ETF Trust", 678.91, 676.30, 0.009, 70_000_000),
    "TSLA": Listing("Tesla, Inc.", 418.36, 426.72, 0.034, 88_000_000),
}

# (hours before AS_OF, source, title). QQQ and SPY have none: the empty list is a case of its own.
NEWS: dict[str, tuple[tuple[int, str, str], ...]] = {
    "AAPL": (
        (2, "Markets Today", "Apple suppliers point to a stronger holiday quarter"),
        (9, "Ticker Daily", "Services growth keeps Apple's margin near its high"),
        (31, "Closing Bell Notes", "Apple sets a date for its spring developer event"),
    ),
    "AMD": (
        (3, "Chip Ledger", "AMD slips as a cloud customer delays its accelerator order"),
        (28, "Markets Today", "AMD's server share rises for a ninth quarter"),
    ),
    "AMZN": (
        (4, "Ticker Daily", "Amazon widens same-day delivery ahead of the holidays"),
        (26, "Markets Today", "Cloud bookings lift Amazon's outlook"),
    ),
    "GOOGL": (
        (5, "Markets Today", "Alphabet's cloud unit signs a ten-year energy contract"),
        (33, "Ticker Daily", "Search advertising holds up, Alphabet says"),
    ),
    "JPM": ((7, "Bank Street Letter", "JPMorgan keeps its forecast for net interest income"),),
    "META": (
        (3, "Ticker Daily", "Meta falls after raising its spending plan for data centres"),
        (22, "Markets Today", "Meta tests paid features in its messaging apps"),
    ),
    "MSFT": (
        (6, "Markets Today", "Microsoft raises prices of its office suite for companies"),
        (29, "Chip Ledger", "Microsoft shows the second generation of its own chips"),
    ),
    "NFLX": ((8, "Ticker Daily", "Netflix adds live sports to its cheapest plan"),),
    "NVDA": (
        (1, "Chip Ledger", "Nvidia climbs as lead times for its newest boards shorten"),
        (12, "Markets Today", "Nvidia's results beat expectations, guidance in line"),
        (30, "Ticker Daily", "Three utilities name Nvidia a partner for grid planning"),
    ),
    "TSLA": (
        (1, "Ticker Daily", "Tesla slips after a recall of 41,000 vehicles"),
        (4, "Markets Today", "Tesla cuts prices in two European countries"),
        (11, "Grid and Battery", "Tesla's storage business books a record quarter"),
        (27, "Closing Bell Notes", "Regulator closes its inquiry into Tesla's door handles"),
        (50, "Ticker Daily", "Tesla names a date for its annual meeting"),
    ),
}


def _event(
    day: str,
    time: str,
    impact: Impact,
    name: str,
    *figures: str | None,
) -> EconomicEvent:
    at = datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=NEW_YORK)
    forecast, previous = figures
    slug = "-".join("".join(c if c.isalnum() else " " for c in name.lower()).split())
    return EconomicEvent(f"{slug}-{day}", name, at, impact, forecast, previous)


EVENTS: tuple[EconomicEvent, ...] = (
    _event("2026-11-20", "09:45", "medium", "Flash PMI, Composite", "54.1", "53.9"),
    _event("2026-11-20", "13:00", "low", "Baker Hughes Rig Count", None, "549"),
    _event("2026-11-24", "10:00", "medium", "Consumer Confidence", "96.0", "94.6"),
    _event("2026-11-25", "08:30", "high", "GDP, Second Estimate", "2.6%", "2.5%"),
    _event("2026-11-25", "08:30", "low", "Initial Jobless Claims", "226K", "223K"),
    _event("2026-11-25", "10:00", "high", "PCE Price Index", "0.2%", "0.3%"),
    _event("2026-11-30", "09:45", "low", "Chicago PMI", "44.8", "43.8"),
    _event("2026-12-01", "10:00", "high", "ISM Manufacturing PMI", "49.3", "48.7"),
    _event("2026-12-02", "08:15", "medium", "ADP Employment Change", "60K", "42K"),
    _event("2026-12-03", "08:30", "low", "Initial Jobless Claims", "225K", "226K"),
    _event("2026-12-04", "08:30", "high", "Nonfarm Payrolls (NFP)", "95K", "119K"),
    _event("2026-12-04", "08:30", "high", "Unemployment Rate", "4.4%", "4.4%"),
    _event("2026-12-10", "08:30", "high", "CPI", "0.2%", "0.3%"),
    _event("2026-12-11", "10:00", "medium", "Consumer Sentiment", "54.0", "53.6"),
    _event("2026-12-16", "14:00", "high", "FOMC Rate Decision", "3.50%", "3.75%"),
)
