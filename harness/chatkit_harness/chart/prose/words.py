"""The words by which prose about charts is understood, each list with what it is for."""

from __future__ import annotations

from chatkit_harness.chart.commands import Role

LEVEL_WORDS: dict[str, Role] = {
    "support": "support", "supports": "support", "resistance": "resistance", "resistances": "resistance",
    "entry": "entry", "entries": "entry", "target": "target", "targets": "target", "stop": "stop",
    "stoploss": "stop",
}  # fmt: skip
SHORT_LEVELS: dict[str, Role] = {
    "tp": "target", "tp1": "target", "tp2": "target", "tp3": "target", "sl": "stop", "s1": "support",
    "s2": "support", "s3": "support", "r1": "resistance", "r2": "resistance", "r3": "resistance",
}  # fmt: skip
"""Abbreviations that mean a level only right before its price, a colon, `=`, `at` or a bracket."""

NEGATIONS = frozenset({
    "no", "not", "without", "never", "cannot", "lacks", "lacking", "neither", "nor", "unable", "failed",
    "hardly", "little",
})  # fmt: skip
OPINIONS = frozenset({"analyst", "analysts", "consensus", "average", "mean", "median", "street", "brokers",
                      "brokerage", "rating", "ratings", "revenue", "sales", "12-month", "one-year",
                      "year-end", "1-year"})  # fmt: skip
"""Before `target`: what others expect, not where a trade is to end."""
HOUSES = frozenset({
    "analyst", "analysts", "goldman", "sachs", "jpmorgan", "wedbush", "barclays", "citi", "citigroup", "ubs",
    "jefferies", "bernstein", "wells", "fargo", "hsbc", "deutsche", "evercore", "piper", "oppenheimer",
    "needham", "rbc", "bofa", "mizuho", "stifel", "keybanc", "baird", "guggenheim", "cowen", "morgan",
    "raised", "raises", "raising", "lifted", "lifts", "hiked", "hikes", "boosted", "boosts", "cut", "cuts",
    "lowered", "lowers", "trimmed", "trims", "reiterated", "reiterates", "initiated", "initiates",
    "upgraded", "downgraded",
})  # fmt: skip
"""Anywhere in its sentence: a target that an analyst has, or has changed."""

BETWEEN = frozenset({  # what may stand between a level's word and its price
    "at", "near", "around", "of", "is", "are", "was", "were", "level", "levels", "zone", "zones", "area",
    "areas", "price", "prices", "point", "points", "line", "lines", "seen", "sits", "sit", "sitting",
    "lies", "lie", "lying", "stands", "stand", "found", "comes", "come", "the", "now", "about", "roughly",
    "approximately", "approx", "circa", "key", "major", "strong", "minor", "immediate", "next", "first",
    "second", "third", "primary", "secondary", "initial", "main", "remains", "remain", "holds", "hold",
    "holding", "located", "identified", "both", "its", "from", "between", "to", "a", "an", "daily",
    "weekly", "monthly", "hourly", "chart", "just", "currently", "here", "there", "today", "moving",
    "average", "sma", "ema", "set", "placed", "psychological", "mark", "pivot", "range", "forms",
    "formed", "forming", "established", "appears", "noted", "marked", "drawn", "drawing", "low", "high",
    "good", "still", "likely", "fibonacci", "fib", "retracement",
    "has", "have", "had", "held", "been",
    "be", "would", "could", "should", "being", "solid", "potential", "recent", "intraday", "then", "loss",
    ":", "(", "=", "~", "≈", "@", "|", "-", "\u2013", "\u2014",
})  # fmt: skip
HEADED = frozenset({"watch", "monitor", "include", "includes", "follow", "follows", "are", "as", "below"})
"""What a heading may say besides: `Support levels to watch:`."""
BEFORE_THE = {"in": ("the", "a"), "on": ("the", "a"), "for": ("the",), "below": ("at",), "above": ("at",)}
"""Words that may stand between only where an article (or, after `for` and `on`, a symbol) follows."""

UNITS = frozenset({
    "million", "billion", "trillion", "thousand", "hundred", "percent", "pct", "bps", "points", "pts",
    "pips", "per", "shares", "share", "contracts", "contract", "lots", "units", "coins", "day", "days",
    "week", "weeks", "month", "months", "year", "years", "hour", "hours", "minute", "minutes", "seconds",
    "candles", "bars", "sessions", "times", "touches", "touch", "tests", "people", "users", "analysts",
    "am", "pm", "x", "k", "m", "bn", "o'clock", "ohm", "ohms", "volts", "mg", "st", "nd", "rd", "th",
})  # fmt: skip
"""What a number counts where it is no price, sign or not."""

AFTER = frozenset({  # what may follow a price that is a bare whole number
    "and", "or", "with", "which", "then", "for", "as", "is", "are", "while", "but", "at", "on", "in",
    "low", "high", "looks", "seems", "stays", "gives", "also",
    "to", "by", "before", "if", "where", "near", "after", "level", "levels", "area", "zone", "region",
    "range", "mark", "usd", "dollars", "the", "a", "an", "handle", "today", "now", "again", "because",
    "since", "so", "should", "could", "would", "may", "might", "will", "can", "that", "this", "we", "you",
    "i", "it", "from", "until", "above", "below", "first", "next", "has", "have", "holds", "hold", "held",
    "holding", "fails", "breaks", "followed", "currently", "around", "price", "respectively",
    "plus", "both", "through", "was", "were", "remains", "remain", "acts", "when", "once", "like",
    "initially", "tp", "sl", "take", "sits", "sit", "yesterday", "tomorrow", "overnight", "recently",
})  # fmt: skip

NAMING = frozenset({  # what may stand between a price and the level's word behind it
    "as", "is", "are", "acts", "acting", "act", "serves", "serve", "serving", "the", "a", "an", "key",
    "major", "strong", "immediate", "next", "first", "second", "level", "area", "zone", "mark", "price",
    "now", "our", "your", "has", "have", "acted", "served", "been", "(", "-", "\u2013", "\u2014", "=",
})  # fmt: skip
SAYING = frozenset(
    {"as", "is", "are", "acts", "acting", "act", "acted", "serves", "serve", "serving", "served", "("}
)
"""Of these, the ones that leave no doubt that the price before belongs to the level's word behind."""

OFFERS = (
    "would you like", "do you want", "shall i", "should i", "should we", "want me", "like me", "i can",
    "we can", "you can", "you could", "happy to", "let me know", "feel free", "able to", "if you",
    "if we", "if i", "you may", "you might", "how to", "recommend", "suggest", "consider", "i could",
    "we could", "could also", "might", "it helps to", "people", "traders", "you'd like", "when you",
    "once you", "before you", "trying to",
)  # fmt: skip
"""Words by which a sentence offers or explains what could be done, and does nothing."""

ASKING = (
    "would you like", "like me", "want me", "let me know", "happy to", "shall i", "should i", "do you want",
    "i can draw", "i can add", "i can mark", "i can plot", "i could draw", "i could add",
)  # fmt: skip
"""Words by which a sentence offers to draw a level, so that there is none yet."""

NO_SYMBOLS = frozenset({
    "I", "A", "AN", "THE", "AI", "US", "USA", "UK", "EU", "USD", "EUR", "CEO", "CFO", "CTO", "ETF",
    "ETFS", "GDP", "CPI", "PPI", "FED", "FOMC", "SEC", "IPO", "EPS", "PE", "YTD", "MAX", "ALL", "OK",
    "NEWS", "IT", "NOW", "TV", "UI", "API", "JSON", "NYSE", "FAQ", "FYI", "NOTE", "TODO",
    "AND", "OR", "TO", "YOU", "MY", "ME", "ATH", "EOD", "PM", "AM", "EST", "UTC", "ET", "Q", "H", "D",
    "W", "M", "Y", "S", "R", "PDF", "CSV", "HTML", "SL", "TP", "NFP", "IV", "DCF",
})  # fmt: skip
"""Words in capitals that are no symbols in a sentence."""
