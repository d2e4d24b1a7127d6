"""What the assistant does not do: take orders, and advise a person on their own money. Words only, no model.

refuses_order("Buy 100 shares of AAPL")        # True
refuses_order("Should I buy AAPL?")            # False: a question, to which there are answers
gives_advice("You should sell your TSLA now.") # True
"""

from __future__ import annotations

import re

from .chart_question import COMPANIES, TICKERS

ORDER_ANSWER = (
    "I cannot place orders: I show prices, news and charts, and your broker does the trading. "
    "Would you like to see a quote or a chart instead?"
)
ADVICE_ANSWER = (
    "I cannot tell you what to do with your own money: that depends on your situation, which I do not know. "
    "I can show you prices, levels, news and what analysts say, so that you can judge for yourself."
)

_NAMES = "|".join(sorted(map(re.escape, COMPANIES), key=len, reverse=True))
_KNOWN = rf"(?:{_NAMES}|{'|'.join(sorted(TICKERS))})\b(?! (?:signals?|ratings?|side|zones?))"
_WANTS = r"i(?: want| would like|'d like| need)(?: you)? to|i wanna|(?:can|could|would|will) you(?: please)?"
_POLITE = (
    r"(?:(?:please|kindly|ok(?:ay)?|now|then|and|so|hey|hi|hello|just|go ahead and|let'?s|let me"
    rf"|help me(?: to)?|{_WANTS})[,:]?\s+)*"
)
_MUCH = (
    r"(?:me\s+)?(?:\$?\d[\d,.]*\s?[km]?\b|my\b|all\b|half\b|some\b|a few\b|a (?:share|lot|call|put)\b"
    r"|another\b|an? (?:hundred|thousand|dozen)\b|(?:one|two|three|five|ten|twenty|fifty|hundred) \w+"
    rf"|(?:shares?|stock) (?:of|in)\b|{_KNOWN}"
    r"|(?-i:[A-Z]{1,5})(?:\.[A-Z])?\b(?! (?:signals?|ratings?|side|zone))"
    r"|(?:it|them|that|this)(?:\s+(?:all|now|today|at)\b|\s*(?:[.!]|$)))"
)
_PIECES = r"(?:shares?|stocks?|calls?|puts?|contracts?|options)\b"
_NO_NAME = (
    r"(?:signals?|ratings?|sides?|zones?|points?|volumes?|pressure|interest|answers?|summary|lists?|walls?"
    r"|recommendations?|opinions?|targets?|ideas?|limits?|setups?|levels?|prices?|orders?|trades?|history"
    r"|strategy|strategies|activity|transactions?|opportunities|reasons?|candidates|side|or|and|vs|versus"
    r"|low|high|off|out|in|on)\b"
)
_END = r"(?:\s*(?:[.!,]|$)|\s+(?:now|today|tomorrow|asap|please|immediately|for me|at|with|here|too)\b)"
_UNKNOWN = (
    rf"(?:me\s+|the\s+|more\s+)?(?!{_NO_NAME})"
    rf"(?:[a-z][a-z&.'-]*{_END}|(?:[\w&.'-]+\s+){{0,3}}?{_PIECES}{_END})"
)
_MINE = r"my (?:money|savings|cash|capital|portfolio)"
_SHORTED = rf"(?:{_KNOWN}|(?-i:[A-Z]{{1,5}})\b)(?:{_END}|\s+(?:{_PIECES}|and\b|&))"
_TRADE = (
    rf"(?:(?:buy|purchase|sell|acquire|dump|liquidate|unload)\s+(?:{_MUCH}|{_UNKNOWN})"
    r"|short\s+(?:me\s+)?(?:\$?\d[\d,.]*\s?[km]?\s+(?!(?:day|week|month|year|minute|line|sentence|word)s?\b)"
    rf"|(?:it|them)\s*(?:[.!]|$|now\b)|(?:some|a few|my|more)\s+(?:\S+\s+)?{_PIECES}|{_SHORTED})"
    r"|cover\s+(?:\d[\d,.]*\s+|(?:(?:all|half)\s+(?:of\s+)?)?(?:my|the)\s+(?:\S+\s+){0,2}?"
    rf"(?:shorts?|positions?|shares)\b|{_SHORTED})"
    rf"|(?:order|trade|add|long)\s+(?:me\s+)?(?:\$?\d[\d,.]*|some|a few|(?:ten|twenty|fifty|a hundred)|my)\s+"
    rf"(?:more\s+)?(?:{_PIECES}|{_KNOWN}|(?-i:(?!SMA|EMA|RSI)[A-Z]{{1,5}})\b)"
    r"|go\s+(?:long|short|all[- ]in)\b"
    r"|(?:load up on|double down on|get (?:me )?(?:out of|into))\s+"
    rf"(?:my\b|it\b|{_KNOWN}|(?-i:[A-Z]{{1,5}})\b)"
    rf"|get\s+{_MUCH})"
)
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
_SHOUTED = re.compile(r"(?:^|(?<=[.!?;]\s))(buy|sell|short|purchase|dump)\s*[!:,.]+\s+(?=\S)", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
_GET = re.compile(r"\bget\s+(?!(?:me\s+)?(?:out of|into)\b)", re.IGNORECASE)
_GET_SHARES = re.compile(r"\bget\s+(?:\S+\s+){0,4}?(?:shares?|calls?|puts?|contracts?)\b", re.IGNORECASE)

_DEAL = (
    r"(?:buy|sell|short|hold|invest|purchase|dump|trim|double down|go (?:long|short|all in)|get (?:in|out))"
)
_DEALING = r"(?:buying|selling|shorting|holding|investing|purchasing|trimming|getting (?:in|out))"
_ASKED = r"(?<!whether )(?<!if )(?<!when )(?<!why )(?<!what )"
_YOURS = r"(?:in your (?:place|shoes|position)|if I were (?:you|in your (?:place|shoes|position)))"
_BEGINS = (
    r"(?:^|[.!?;:]\s+|\s[-\u2013\u2014\u2022]\s+"
    r"|\b(?:so|then|therefore|I think|I believe|in my opinion|perhaps),?\s+)"
)
_WISE = r"(?:wise|best|better|smart|prudent|advisable|sensible|safer|time|a good (?:idea|time|moment))"
_IT_IS = rf"(?:it(?:'s| is| would be|'d be| may be| might be) )?{_WISE} (?:for you )?to {_DEAL}\b"
_SOME_OF = r"(?:(?:all|half|some|most|more|part|\d+ ?%)(?: of)? )?"
_ADVICE = re.compile(
    rf"{_ASKED}\byou (?:should|must|ought to|need to|have to|had better)(?: not|n't)?(?: \w+)?? {_DEAL}\b"
    rf"|\byou shouldn'?t {_DEAL}\b"
    rf"|{_ASKED}\byou (?:(?:may|might) want to|would do well to) {_DEAL}\b"
    rf"|{_ASKED}\byou(?:'d| would) be (?:wise to {_DEAL}|better off {_DEALING})\b"
    r"|\bI(?:'d| would| do| strongly)*(?: recommend| advise| suggest)(?: that)?(?: you)?(?: to)? "
    rf"(?:{_DEALING}|{_DEAL})\b"
    r"|\b(?:my|our) (?:advice|recommendation|suggestion)(?: to you| for you)?"
    rf"(?: is| would be|:| [-\u2013\u2014])(?: to)? (?:{_DEALING}|{_DEAL})\b"
    rf"|\b{_YOURS},? I(?:'d| would) (?:\w+ )?{_DEAL}\b"
    rf"|\bI(?:'d| would) (?:\w+ )?{_DEAL}\b[^.!?;]{{0,200}}\b{_YOURS}"
    r"|\bput (?:\d+ ?%|\d+ percent|half|all|most|a third) of your (?:portfolio|savings|money|capital)\b"
    rf"|{_BEGINS}{_IT_IS}|\bit(?:'s| is| would be|'d be) {_WISE} to {_DEAL}\b[^.!?;]{{0,200}}\byour\b"
    rf"|{_BEGINS}(?:consider {_DEALING}|{_DEAL}(?: on to)?) {_SOME_OF}your\b"
    rf"|{_BEGINS}(?:buy|sell|short|dump) (?:{_KNOWN}|(?-i:[A-Z]{{1,5}})\b|(?:it|them|more|(?:the )?shares)\b)"
    r"(?: (?:now|today|here|immediately|before|while)\b|[.!]|$)",
    re.IGNORECASE | re.MULTILINE,
)
_MARKS = re.compile(r"[*_`#>]+|^[ \t]*(?:[-\u2022]|\d{1,3}\.)[ \t]+", re.MULTILINE)


def refuses_order(question: str) -> bool:
    """Whether a sentence of the question asks for an order to be placed; asking about one is no order."""
    said = _SHOUTED.sub(r"\1 ", _straight(question))
    return any(_orders(sentence.strip()) for sentence in _SENTENCE.split(said))


def _orders(sentence: str) -> bool:
    if sentence.endswith("?") and _ASKED_TO.match(sentence) is None:
        return False
    found = _ORDER.match(sentence)
    if found is None:
        return False
    # One can get much else than shares.
    return not _GET.search(found.group()) or _GET_SHARES.search(sentence) is not None


def gives_advice(answer: str) -> bool:
    """Whether an answer tells a person what to do with their money; what others advise is none of ours."""
    lines = _MARKS.sub("", _straight(answer))
    return any(_ADVICE.search(text) is not None for text in (" ".join(lines.split()), lines))


def _straight(text: str) -> str:
    """The text with the apostrophe of keyboards."""
    return text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
