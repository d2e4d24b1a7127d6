"""The words by which prose about what is done to a chart is understood."""

from __future__ import annotations

SWITCH_ON = frozenset({
    "add", "adding", "added", "show", "shown", "enable", "enabling", "enabled", "display", "displayed",
    "apply", "applied", "applying", "overlay", "plot", "plotted",
})  # fmt: skip
SWITCH_OFF = frozenset(
    {"remove", "removing", "removed", "hide", "hid", "hidden", "hiding", "disable", "disabled"}
)
PAST = frozenset(
    {"added", "enabled", "displayed", "applied", "plotted", "shown", "removed", "hidden", "disabled"}
)
WEAK = frozenset({"show", "shown", "display", "displayed", "plot", "plotted", "overlay"})
BEFORE_VERB = frozenset({
    "", ".", "!", "?", ",", ":", ";", "-", "\u2013", "\u2014", "•", "(", ")", "i", "i'll", "i\u2019ll",
    "we", "we'll", "will", "to", "and", "then", "also", "now", "please", "let's", "let\u2019s", "i've",
    "i\u2019ve", "have", "has", "been", "just", "already", "you", "me", "successfully", "let", "us",
    "can", "is", "are", "we've", "going", "im", "i'm", "i\u2019m", "am", "or", '"', "ok", "okay", "sure",
})  # fmt: skip
BEFORE_NAME = frozenset({
    "the", "a", "an", "both", "in", "your", "my", "some", "technical", "indicator", "indicators", ":",
    "following", "overlay", "up", "on", "off",
})  # fmt: skip
AFTER_NAMES = frozenset({
    "to", "on", "onto", "for", "with", "indicator", "indicators", "chart", "charts", "overlay",
    "overlays", "too", "as", "please", "from", "line", "lines", "study", "studies", "panel", "now", "and",
    "so", "in", "together", "over", "alongside", "also", "here", "have", "has", "are", "is", "were",
    "was", "below", "then", "off", "added", "settings", "but",
})  # fmt: skip
ANY_CASE = frozenset(
    {"rsi", "macd", "sma", "ema", "wma", "vwap", "bollinger", "ichimoku", "supertrend", "stochrsi"}
)
NAME_JOINS = frozenset({",", "and", "&", "plus", "+", "/", "the", "a", "an"})
LOADING = frozenset({"load", "loaded", "loading", "reload", "reloaded"})
PULLING = frozenset({"pull", "pulled", "pulling", "bring", "brought", "bringing"})
SWITCHING = frozenset({"switch", "switched", "switching", "change", "changed", "changing"})
SETTING = frozenset({"set", "move", "moved", "setting"})
SHOWING = frozenset({"show", "display", "open", "opened", "view"})
BEFORE_SYMBOL = frozenset({
    "the", "up", "chart", "for", "of", "to", "a", "your", "my", ":", "daily", "weekly", "stock", "ticker",
    "symbol", "now", "me", "over", "$", '"', "'", "monthly", "hourly",
})  # fmt: skip
AFTER_SYMBOL = frozenset({
    "chart", "charts", "on", "for", "with", "at", "and", "now", "in", "daily", "weekly", "hourly",
    "stock", "data", "so", "into", "to", "as", "then", "instead", "successfully", "again", "here",
    "please", "if", "using", "or", "from",
})  # fmt: skip
LOADED = frozenset(
    {"chart", "is", "now", "has", "been", "(", ")", "successfully", "stock", "already", "was", "'s", "daily"}
)
BEFORE_FRAME = frozenset({
    "to", "the", "a", "your", "my", "chart", "chart's", "timeframe", "time", "frame", "view", "interval",
    "on", "over", "back", ":", "down", "up", "it", "is",
})  # fmt: skip
FRAMED = frozenset({"chart", "timeframe", "candles", "view", "interval", "bars", "time", "charts"})
FRAME_WORDS = frozenset({"daily", "weekly", "monthly", "hourly"})
FRAME_UNITS = frozenset({
    "minute", "minutes", "hour", "hours", "day", "days", "week", "weeks", "month", "months", "year",
    "years", "min", "hr",
})  # fmt: skip
