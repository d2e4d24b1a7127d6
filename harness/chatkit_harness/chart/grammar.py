"""The verbs of the language, what they stand for, and which one was meant by a misspelt one."""

from __future__ import annotations

from functools import lru_cache

ALIASES = {
    "CHART": "LOAD",
    "STOP": "STOPLOSS",
    "STOP_LOSS": "STOPLOSS",
    "ADD": "INDICATOR",
    "SHOW": "INDICATOR",
    "REMOVE": "INDICATOR",
    "HIDE": "INDICATOR",
}
"""Further verbs that are read, and what each stands for."""

CANONICAL = (
    "LOAD", "TIMEFRAME", "SUPPORT", "RESISTANCE", "ENTRY", "TARGET", "STOPLOSS", "TRENDLINE", "FIBONACCI",
    "INDICATOR", "PATTERN", "DRAW", "ANNOTATE", "CLEAR", "ZOOM", "PAN", "SCROLL", "STYLE", "RESET",
    "CROSSHAIR", "ANALYZE",
)  # fmt: skip
VERBS = frozenset(CANONICAL) | frozenset(ALIASES)

HEADINGS = frozenset({
    "SUPPORT", "RESISTANCE", "ENTRY", "TARGET", "STOP", "STOPLOSS", "STOP_LOSS", "INDICATOR", "PATTERN",
    "CHART", "TIMEFRAME", "FIBONACCI", "TRENDLINE", "STYLE",
})  # fmt: skip
"""Verbs that people also write as the heading of what stands below."""

ORDINARY = frozenset({
    "NOTE", "NOTES", "WARNING", "CAUTION", "IMPORTANT", "TIME", "DATE", "PRICE", "VOLUME", "SYMBOL",
    "TICKER", "NASDAQ", "NYSE", "AMEX", "ARCA", "CRYPTO", "FOREX", "HTTP", "HTTPS", "FILE", "MAILTO",
    "TODO", "FIXME", "INFO", "ERROR", "DEBUG", "SUMMARY", "ANSWER", "QUESTION", "RISK", "REWARD", "TREND",
    "SIGNAL", "STATUS", "SOURCE", "RATIO", "RANGE", "OPEN", "HIGH", "CLOSE", "CHANGE", "NEWS", "BINANCE",
    "COINBASE", "INDEX", "CURRENCY", "SECTOR", "EARNINGS", "DISCLAIMER", "UPDATE", "DATA", "LEVELS",
    "OUTLOOK", "BULLISH", "BEARISH",
})  # fmt: skip
"""Words in capitals before a colon that nobody means as a command."""

KNOWN_INDICATORS = frozenset({
    "RSI", "MACD", "SMA", "EMA", "WMA", "MA", "HMA", "VWMA", "DEMA", "TEMA", "KAMA", "BOLLINGER", "VWAP",
    "ATR", "STOCH", "STOCHRSI", "STOCH_RSI", "ADX", "DMI", "OBV", "VOLUME", "CCI", "ICHIMOKU", "PSAR",
    "SAR", "MFI", "ROC", "MOM", "MOMENTUM", "WILLIAMS", "WILLIAMS_R", "WILLR", "KELTNER", "DONCHIAN",
    "SUPERTREND", "AROON", "CMF", "TRIX", "PIVOT", "PIVOTS", "PIVOT_POINTS", "AO", "UO", "PPO", "DPO",
    "ZIGZAG", "VOLUME_PROFILE", "ADL", "ENVELOPE", "LINREG", "STDDEV", "CHAIKIN", "VORTEX", "TSI", "KST",
    "ALLIGATOR", "FRACTALS",
})  # fmt: skip


def _without_one(word: str) -> set[str]:
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


_NEAR: dict[str, str] = {}
for _verb in (*ALIASES, *CANONICAL):  # the canonical verb wins where both are as near
    for _form in _without_one(_verb):
        if len(_form) >= 3:
            _NEAR[_form] = _verb


@lru_cache(maxsize=1024)
def nearest_verb(word: str) -> str | None:
    """The verb that a misspelt one stands for: one letter wrong, missing, too many or swapped, or cut short.

    A lookup of a bounded number of forms: it is asked for every word in capitals of a text.
    """
    upper = word.upper()[:24]
    if upper in VERBS:
        return upper
    for form in sorted(_without_one(upper), key=len, reverse=True):
        if len(form) >= 3 and form in _NEAR and abs(len(_NEAR[form]) - len(upper)) <= 1:
            return _NEAR[form]
    if len(upper) >= 4:
        for verb in CANONICAL:
            if verb.startswith(upper) or (len(verb) >= 4 and upper.startswith(verb)):
                return verb
    return None


def unknown_verb(word: str) -> str:
    """The reason for a verb that there is not, with the nearest one where one is near."""
    near = nearest_verb(word)
    if near and near != word:
        return f"there is no such verb; did you mean {near}?"
    return f"there is no such verb; valid: {', '.join(CANONICAL)}"
