"""What is known of a company: when it reports, its insiders, its analysts, and the options on its shares."""

from __future__ import annotations

from collections.abc import Sequence

from ..market.data import (
    AnalystRating,
    EarningsReport,
    InsiderTrade,
    OptionTrade,
    Rating,
    Session,
)
from .parts import (
    Widget,
    badge,
    colour_of,
    dollars,
    figure,
    listed,
    long_day,
    round_dollars,
    row,
    short_day,
    two_lines,
)

SESSION_COLOURS: dict[Session, str] = {"before the open": "info", "after the close": "discovery"}
RATING_COLOURS: dict[Rating, str] = {"Buy": "success", "Hold": "secondary", "Sell": "danger"}


def earnings_list(title: str, reports: Sequence[EarningsReport]) -> Widget:
    """A row for each report: when, what is expected, and how far that is from the year before."""
    rows = [_report_row(report) for report in reports]
    return listed(title, "calendar", rows, "No earnings reports in this period")


def _report_row(report: EarningsReport) -> Widget:
    details = (
        f"{long_day(report.day)} • estimate {dollars(report.estimate)} "
        f"• a year ago {dollars(report.year_ago)}"
    )
    growth = report.growth_percent
    grown = [] if growth is None else [figure(f"{growth:+.1f}%", colour_of(growth))]
    return row(
        f"{report.symbol.lower()}-{report.day.isoformat()}",
        badge(report.session, SESSION_COLOURS[report.session]),
        two_lines(f"{report.symbol} • {report.name}", details, grows=True),
        *grown,
    )


def insider_list(symbol: str, trades: Sequence[InsiderTrade]) -> Widget:
    """A row for each trade: who, how many shares at which price, and the sum, signed and coloured."""
    rows = [_trade_row(trade) for trade in trades]
    return listed(f"Insider activity at {symbol}", "profile", rows, "No recent insider activity")


def _trade_row(trade: InsiderTrade) -> Widget:
    details = f"{trade.role} • {trade.shares:,} shares at {dollars(trade.price)} • {short_day(trade.day)}"
    return row(
        trade.id,
        badge(trade.side, "success" if trade.side == "buy" else "danger"),
        two_lines(trade.insider, details, grows=True),
        figure(round_dollars(trade.value, signed=True), colour_of(trade.value)),
    )


def ratings_list(symbol: str, ratings: Sequence[AnalystRating]) -> Widget:
    """A row for each rating: the firm, what it says, and how it moved its target."""
    rows = [_rating_row(rating) for rating in ratings]
    return listed(f"Analyst ratings for {symbol}", "analytics", rows, "No recent analyst ratings")


def _rating_row(rating: AnalystRating) -> Widget:
    before = rating.previous_target
    was = f" (was {dollars(before)})" if before is not None and before != rating.target else ""
    details = f"{_moved(rating)} • target {dollars(rating.target)}{was} • {short_day(rating.day)}"
    change = 0.0 if before is None else rating.target - before
    moved = [figure(f"{change:+.2f}", colour_of(change))] if change else []
    return row(
        rating.id,
        badge(rating.rating, RATING_COLOURS[rating.rating]),
        two_lines(rating.firm, details, grows=True),
        *moved,
    )


def _moved(rating: AnalystRating) -> str:
    if rating.previous_rating is None or rating.previous_rating == rating.rating:
        return rating.action
    return f"{rating.action} from {rating.previous_rating}"


def options_list(symbol: str, trades: Sequence[OptionTrade]) -> Widget:
    """A row for each large trade: the contract, how it traded, and the premium in the colour of its bet."""
    rows = [_option_row(trade) for trade in trades]
    return listed(f"Options flow in {symbol}", "bolt", rows, "No unusual options activity")


def _option_row(trade: OptionTrade) -> Widget:
    opening = " • opening" if trade.opening else ""
    details = (
        f"{trade.volume:,} contracts {'bought' if trade.bought else 'sold'} at {trade.at.strftime('%H:%M')}"
        f"{opening} • {'bullish' if trade.bullish else 'bearish'}"
    )
    return row(
        trade.id,
        badge(trade.kind, "success" if trade.kind == "call" else "danger"),
        two_lines(f"${trade.strike:g} {trade.kind}, {long_day(trade.expires)}", details, grows=True),
        figure(round_dollars(trade.premium), "success" if trade.bullish else "danger"),
    )
