"""What the assistant does not do: take orders, and advise a person on their own money. Words only, no model.

refuses_order("Buy 100 shares of AAPL")        # True
refuses_order("Should I buy AAPL?")            # False: a question, to which there are answers
gives_advice("You should sell your TSLA now.") # True
"""

from __future__ import annotations

import re

ORDER_ANSWER = (
    "I cannot place orders: I show prices, news and charts, and your broker does the trading. "
    "Would you like to see a quote or a chart instead?"
)
ADVICE_ANSWER = (
    "I cannot tell you what to do with your own money: that depends on your situation, which I do not know. "
    "I can show you prices, levels, news and what analysts say, so that you can judge for yourself."
)

_POLITE = (
    r"(?:(?:please|ok(?:ay)?|now|then|and|so|hey|hi|hello|just|go ahead and|let'?s"
    r"|(?:can|could|would|will) you(?: please)?|i(?: want| would like|'d like| need)(?: you)? to)[,:]?\s+)*"
)
_MUCH = (
    r"(?:me\s+)?(?:\$?\d[\d,.]*\s?[km]?\b|my\b|all\b|half\b|some\b|a few\b|a (?:share|lot|call|put)\b"
    r"|another\b|an? (?:hundred|thousand|dozen)\b|(?:one|two|three|five|ten|twenty|fifty|hundred) \w+"
    r"|(?:shares?|stock) (?:of|in)\b|(?-i:[A-Z]{1,5})(?:\.[A-Z])?\b(?! (?:signals?|ratings?|side|zone))"
    r"|(?:it|them|that|this)(?:\s+(?:all|now|today|at)\b|\s*(?:[.!]|$)))"
)
_MINE = r"my (?:money|savings|cash|capital|portfolio)"
_TRADE = rf"(?:buy|purchase|sell|short|dump|liquidate|unload|cover|get)\s+{_MUCH}"
_PLACE = (
    r"(?:place|submit|execute|enter|send|put in|make|cancel|change)\s+(?:\S+\s+){0,5}?(?:orders?|trades?)\b"
    r"|(?:put|invest)\s+(?:\$\s?\d|\d[\d,.]*\s?(?:k\b|m\b|dollars|usd|percent|%)"
    rf"|(?:(?:all|half|some|most) of )?{_MINE}\b)"
    r"|(?:open|close|exit)\s+(?:\S+\s+){0,3}?positions?\b"
)
_ORDER = re.compile(rf"^{_POLITE}(?:{_TRADE}|{_PLACE})", re.IGNORECASE)
_ASKED_TO = re.compile(
    r"^(?:(?:please|ok|okay|hi|hey|hello)[, ]+)*(?:can|could|would|will) you\b", re.IGNORECASE
)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
_GET_SHARES = re.compile(r"\bget\s+(?:\S+\s+){0,4}?(?:shares?|calls?|puts?|contracts?)\b", re.IGNORECASE)

_DEAL = (
    r"(?:buy|sell|short|hold|invest|purchase|dump|trim|double down|go (?:long|short|all in)|get (?:in|out))"
)
_DEALING = r"(?:buying|selling|shorting|holding|investing|purchasing|trimming|getting (?:in|out))"
_ASKED = r"(?<!whether )(?<!if )(?<!when )(?<!why )(?<!what )"
_ADVICE = re.compile(
    rf"{_ASKED}\byou (?:should|must|ought to|need to|have to|had better)(?: not|n't)?(?: \w+)?? {_DEAL}\b"
    rf"|\byou shouldn'?t {_DEAL}\b"
    r"|\bI(?:'d| would| do| strongly)*(?: recommend| advise| suggest)(?: that)?(?: you)?(?: to)? "
    rf"(?:{_DEALING}|{_DEAL})\b"
    r"|\b(?:my|our) (?:advice|recommendation)(?: to you| for you)? (?:is|would be)(?: to)? "
    rf"(?:{_DEALING}|{_DEAL})\b"
    rf"|\bif I were you,? I(?:'d| would) (?:\w+ )?{_DEAL}\b"
    r"|\bput (?:\d+ ?%|\d+ percent|half|all|most|a third) of your (?:portfolio|savings|money|capital)\b",
    re.IGNORECASE,
)


def refuses_order(question: str) -> bool:
    """Whether a sentence of the question asks for an order to be placed; asking about one is no order."""
    return any(_orders(sentence.strip()) for sentence in _SENTENCE.split(_straight(question)))


def _orders(sentence: str) -> bool:
    if sentence.endswith("?") and _ASKED_TO.match(sentence) is None:
        return False
    found = _ORDER.match(sentence)
    if found is None:
        return False
    # One can get much else than shares.
    return not re.search(r"\bget\b", found.group(), re.IGNORECASE) or _GET_SHARES.search(sentence) is not None


def gives_advice(answer: str) -> bool:
    """Whether an answer tells a person what to do with their money; what others advise is none of ours."""
    return _ADVICE.search(" ".join(_straight(answer).split())) is not None


def _straight(text: str) -> str:
    """The text with the apostrophe of keyboards."""
    return text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
