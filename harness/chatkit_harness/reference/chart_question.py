"""What a question asks of the chart: its symbol, its timeframe, and what is to be drawn. Words only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from .chart_view import read_view

MAX_CHARACTERS = 2000

COMPANIES = {
    "advanced micro devices": "AMD",
    "alphabet": "GOOGL",
    "amazon": "AMZN",
    "apple": "AAPL",
    "facebook": "META",
    "google": "GOOGL",
    "jpmorgan": "JPM",
    "jp morgan": "JPM",
    "meta": "META",
    "microsoft": "MSFT",
    "netflix": "NFLX",
    "nvidia": "NVDA",
    "tesla": "TSLA",
}

TICKERS = frozenset(COMPANIES.values()) | {"QQQ", "SPY"}
"""Tickers that are also understood in small letters; in capitals, any is."""

NO_TICKER = re.compile(
    r"ADD|AI|ALL|AM|AND|ANY|ARE|ASAP|AT|ATR|BB|BE|BUY|CAN|CEO|CHANGE|CHART|CLEAR|CPI|DO|DRAW|EMA|ENTRY|"
    r"EPS|ETF|FED|FIB|FIBONACCI|FOMC|FOR|FROM|FYI|GDP|GIVE|HELP|HI|HIDE|HIGH|HL|HOW|IN|INTO|IPO|IS|IT|"
    r"KEY|LEVEL|LEVELS|LOAD|LOOK|LOW|MA|MACD|MAX|ME|MY|NFP|NO|NOT|NOW|OF|OFF|OHLC|OK|ON|OPEN|OR|PE|"
    r"PLEASE|PRICE|REMOVE|RESET|RSI|SELL|SET|SETUP|SHOW|SMA|STOCK|STOP|SWITCH|TA|TARGET|THAT|THE|THIS|"
    r"TO|TRADE|TURN|UK|UP|US|USA|USD|VOLUME|VWAP|WHAT|WHICH|WITH|YOU|YTD|ZOOM"
)
"""Words that people write in capitals and that name no stock."""

UNITS = {
    "minute": "m",
    "min": "m",
    "hour": "H",
    "hr": "H",
    "day": "D",
    "week": "W",
    "month": "M",
    "year": "Y",
}
ADVERBS = {
    "hourly": "1H",
    "daily": "1D",
    "weekly": "1W",
    "monthly": "1M",
    "ytd": "YTD",
    "year to date": "YTD",
    "all time": "MAX",
    "all-time": "MAX",
}
TIMEFRAMES = frozenset(
    {"1m", "5m", "15m", "30m", "1H", "4H", "1D", "5D", "1W", "2W", "1M", "3M", "6M", "1Y", "2Y", "5Y"}
    | {"YTD", "MAX"}
)
"""What a chart can show: candles of this length, or this much history."""


INDICATORS = {
    "RSI": r"rsi|relative strength(?: index)?",
    "MACD": r"macd",
    "BOLLINGER": r"bollinger(?: bands?)?",
    "VWAP": r"vwap",
    "ATR": r"atr|average true range",
    "VOLUME": r"volume",
}
AVERAGE = re.compile(
    r"(?:\b(?P<before>\d{1,3})(?:[- ]?(?:day|d|period))?[- ])?(?:\b(?P<kind>simple|exponential) )?"
    r"\b(?P<name>sma|ema|moving averages?)s?\b"
    r"(?:[ (]{0,2}(?P<after>\d{1,3}(?:(?:, ?| and | ?& ?)\d{1,3}\b)*)(?![\d.%]))?",
    re.IGNORECASE,
)
"""A moving average as people write it: "50-day moving average", "20 day EMA", "SMA 20 and 50", "EMA(21)"."""

LEVEL_WORDS = {
    "support": r"supp?orts?|unterst(?:ü|ue)tzung(?:en)?",
    "resistance": r"resist[ae]n[cs]es?|widerst(?:a|ä|ae)nde?",
    "levels": r"levels?|key prices?",
}
"""As people write them, in German too."""

TO_DRAW = r"draw|plot|mark|zeichne|einzeichnen"
DEFAULT_PERIOD = "20"
SWITCH = re.compile(
    r"\b(?:(?P<off>remove|hide|delete|erase|clear|without|no|(?:don't|do not)(?: \w+)?"
    r"|(?:turn|switch|take) off)|add|show|draw|with|turn on|enable)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class ChartQuestion:
    """What somebody wants of the chart; `symbol` and `timeframe` are None where the question names none.

    `indicators` and `view` are commands; `current` asks what the chart shows. `unwanted` is whether levels
    are named that are to go, `unread` whether something is to be drawn and nothing says what.
    """

    symbol: str | None = None
    timeframe: str | None = None
    support: bool = False
    resistance: bool = False
    indicators: tuple[str, ...] = ()
    fibonacci: bool = False
    setup: bool = False
    analysis: bool = False
    current: bool = False
    view: tuple[str, ...] = ()
    unwanted: bool = False
    unread: bool = False

    @property
    def draws(self) -> bool:
        """Whether it takes a history to answer."""
        lines = self.support or self.resistance or self.fibonacci
        return lines or bool(self.indicators) or self.setup or self.analysis


def read_question(query: str) -> ChartQuestion:
    """Understand a question; what is not understood is left out. Never raises.

    Nothing is looked for beyond the first two thousand characters.
    """
    query = query[:MAX_CHARACTERS]
    view = read_view(query)
    named = {role: _named(query, words) for role, words in LEVEL_WORDS.items()}
    if "CLEAR:ALL" in view and True not in named.values():
        named = {}
    support, resistance = named.get("support"), named.get("resistance")
    both = named.get("levels") if support is None and resistance is None else None
    question = ChartQuestion(
        symbol=_symbol(query),
        timeframe=_timeframe(AVERAGE.sub(" ", query)),
        support=bool(support or both),
        resistance=bool(resistance or both),
        indicators=tuple(dict.fromkeys(_indicators(query))),
        fibonacci=_asks(query, r"fibs?|fibonacci|retracements?"),
        setup=_asks(query, r"set-?ups?|trade (?:idea|plan)|entry|entries|stop-?loss|(?:i|you|to) trade"),
        analysis=_asks(query, r"technicals?|technically|technische\w*|anal[yi][sz]e|analysis"),
        current=_asks(
            query,
            r"(?:what|which)\b.{0,40}\b(?:chart|symbol|ticker|timeframe)\b.{0,40}"
            r"\b(?:loaded|shown|showing|open|displayed|looking|on|now|currently|see|this)|am i looking at",
        ),
        view=view,
        unwanted=False in (support, resistance, both),
    )
    unread = not question.draws and not view and not question.unwanted and _asks(query, TO_DRAW)
    return replace(question, unread=unread)


def _named(query: str, words: str) -> bool | None:
    """Whether what these words name is wanted, or (False) not; None where nobody names it."""
    places = [found.start() for found in re.finditer(rf"\b(?:{words})\b", query, re.IGNORECASE)]
    return not all(_switched_off(query, place) for place in places) if places else None


def _asks(query: str, words: str) -> bool:
    return re.search(rf"\b(?:{words})\b", query, re.IGNORECASE) is not None


def _symbol(query: str) -> str | None:
    """The first ticker: after a dollar sign or in capitals any, in small letters one that is known."""
    shouted = query == query.upper()
    for found in re.finditer(r"(?<![\w.])(\$?)([A-Za-z][A-Za-z0-9]{0,9}(?:[.-][A-Za-z]{1,2}\b)?)\b", query):
        word, ticker = found[2], found[2].upper()
        if found[1] or ticker in TICKERS:
            return ticker
        in_capitals = word == ticker and not shouted and 2 <= len(ticker) <= 7
        if in_capitals and not NO_TICKER.fullmatch(ticker) and _metatrader(word) is None:
            return ticker
    company = re.search(rf"\b(?:{'|'.join(COMPANIES)})\b", query, re.IGNORECASE)
    if company:
        return COMPANIES[company[0].lower()]
    return _shouted(query) if shouted else None


def _shouted(query: str) -> str | None:
    """Where everything is in capitals, a ticker is what stands in its place: "LOAD ZZZZ"."""
    for found in re.finditer(r"\b(?:FOR|LOAD|ON|OF)\s+([A-Z][A-Z0-9.-]{0,9})\b", query):
        if not NO_TICKER.fullmatch(found[1]):
            return found[1]
    return None


def _timeframe(query: str) -> str | None:
    """The first timeframe that a chart knows: `1h`, `H4`, `15 minute`, `daily`; `1m` and `1M` differ."""
    for found in re.finditer(
        r"(?<![\w.$])(\d{1,2} ?-?[A-Za-z]+|[A-Za-z]+ to date|[Aa]ll[- ][Tt]ime|[A-Za-z]+\d{0,2})\b", query
    ):
        value = read_timeframe(found[1])
        if value is not None:
            return value
    return None


def read_timeframe(word: str) -> str | None:
    """One word (`1h`, `15 minute`, `daily`) as a chart's timeframe; None if it is none."""
    if word == "MAX" or word.lower() in ADVERBS:
        return ADVERBS.get(word.lower(), word)
    counted = re.fullmatch(r"(\d{1,2})[ -]?([A-Za-z]+)", word)
    if not counted:
        return _metatrader(word)
    number, unit = counted[1], counted[2]
    if unit in ("m", "M"):
        letter = unit
    elif unit.lower() in ("mo", "mon"):
        letter = "M"
    else:
        letter = UNITS.get(unit.lower().removesuffix("s"), unit.upper() if len(unit) == 1 else "")
    return number + letter if number + letter in TIMEFRAMES else None


def _metatrader(word: str) -> str | None:
    """`H4`, `M30` (minutes), `D1`, `W1`, as some trading programs write it."""
    turned = re.fullmatch(r"([MHDW])(\d{1,2})", word)
    value = turned[2] + turned[1].replace("M", "m") if turned else ""
    return value if value in TIMEFRAMES else None


def _indicators(query: str) -> Iterator[str]:
    """The commands for each indicator named, in the order of the question."""
    for start, name, periods in sorted((*_plain(query), *_averages(query))):
        if _switched_off(query, start):
            yield f"INDICATOR:{name}:OFF"
        elif periods:
            yield from (f"INDICATOR:{name}:ON:{period}" for period in periods)
        else:
            yield f"INDICATOR:{name}"


def _plain(query: str) -> Iterator[tuple[int, str, list[str]]]:
    """Where an indicator is named, which, and its period where one is given: "RSI 14"."""
    for name, words in INDICATORS.items():
        for found in re.finditer(
            rf"\b(?:{words})\b(?:[ (]{{0,2}}(\d{{1,3}})\b(?![.%]))?", query, re.IGNORECASE
        ):
            yield found.start(), name, [found[1]] if found[1] else []


def _averages(query: str) -> Iterator[tuple[int, str, list[str]]]:
    for found in AVERAGE.finditer(query):
        exponential = found["name"].lower() == "ema" or (found["kind"] or "").lower() == "exponential"
        periods = re.findall(r"\d+", f"{found['before'] or ''} {found['after'] or ''}")
        yield found.start("name"), "EMA" if exponential else "SMA", periods or [DEFAULT_PERIOD]


def _switched_off(query: str, position: int) -> bool:
    """Whether the last verb before the position takes away rather than adds."""
    verbs = list(SWITCH.finditer(query, 0, position))
    return bool(verbs) and verbs[-1]["off"] is not None
