"""From what a user reads to facts: figures, names, links and titles in their normal form.

Facts are what can be right or wrong whatever the layout. How a sentence is put is no fact, so that of prose
only its figures, names in capitals and links count; of a widget the titles of its rows as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

Role = Literal["status", "heading", "row", "body", "prose"]

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_DAY = r"[0-3]?\d(?:st|nd|rd|th)?\b"
_COUNTS = {
    "minute": "minutes?|Minuten?",
    "hour": "hours?|Stunden?",
    "day": "days?|Tag(?:en?)?",
    "week": "weeks?|Wochen?",
    "month": "months?|Monat(?:en?)?",
    "year": "years?|Jahr(?:en?)?",
    "€": "euros?|EUR",
    "$": "dollars?|USD",
    "£": "pounds?|GBP",
}
"""What a number may count, in words; a price in words is the price with its sign."""
_COUNTED = "|".join(_COUNTS.values())
_FIGURE = re.compile(
    rf"""(?<![\w.])
    (?: (?P<date>\d{{4}}-\d{{2}}-\d{{2}})
      | (?P<written>{_MONTH}\ {_DAY}(?!,\d|\.\d|%)(?:,?\ \d{{4}})?
          |{_DAY}\.?\ {_MONTH}(?:,?\ \d{{4}})?)
      | (?P<time>\d{{1,2}}:\d{{2}})(?!\d)
      | (?P<sign>[-+\u2212]?) (?P<currency>[$€£]?)
        (?P<number>(?:\d{{1,3}}(?:\.\d{{3}})+|\d{{1,18}}),\d{{1,2}}(?![\d,])
          |\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d{{1,18}}(?:\.\d{{1,12}})?)
        (?: \s?(?P<unit>%|percent\b|trillion\b|billion\b|million\b|bn\b)
          | (?P<scale>[KMBT])\b | \s?(?P<after>[$€£])(?!\d)
          | [\s-](?:(?:working|business|calendar|trading)\ )?(?P<counted>{_COUNTED})\b )?
    ) (?![A-Za-z_\d])""",
    re.VERBOSE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SCALES = {
    "k": 10**3,
    "m": 10**6,
    "million": 10**6,
    "b": 10**9,
    "bn": 10**9,
    "billion": 10**9,
    "t": 10**12,
    "trillion": 10**12,
}
_DOWN = re.compile(r"\b(?:down|fell|falls|lost|loses|lower|dropped|off)(?: by)? $", re.IGNORECASE)
_UP = re.compile(r"\b(?:up|rose|rises|gained|gains|higher|climbed)(?: by)? $", re.IGNORECASE)
_NAME = re.compile(r"(?<![\w./])\$?([A-Z]{2,5}(?:\.[A-Z])?)(?![\w])")
_ABBREVIATIONS = """
    AI AM API ATH CEO CFO EPS EST ET ETF EU FAQ GMT HTTP IPO JSON NA NASDAQ NO NOT NYSE OK PM PT SEC TV UK
    US USA USD UTC VS YES YTD
"""
_ORDINARY = frozenset(_ABBREVIATIONS.split())
"""Abbreviations that stand in any sentence on markets without naming anything in particular."""
_LINK = re.compile(r"https?://[^\s<>\"')\]}]+", re.IGNORECASE)
_AGE = re.compile(
    r"\b(?:\d+|an?|one)\s*(?:m|min|mins|minutes?|h|hrs?|hours?|d|days?|weeks?|months?)\s+ago\b", re.IGNORECASE
)
"""How long ago something was: it says when the question was asked."""
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_SMALL_WORDS = """
    a about ago an and are as at be been but by for from has have here in into is it its latest more no of
    on or our over so than that the their there these this to was were will with would you your
"""
_STOP = frozenset(_SMALL_WORDS.split())
_PARTS = re.compile(r"\s*(?:[•|·\n]|\s[\u2013\u2014]\s)\s*")
_LONGEST_TITLE = 14
_FEWEST_WORDS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A figure: its value, what it counts (`$`, `%`, `day`, `date`, `time` or nothing), its direction.

    `step` is the last digit's worth: 272 and 271.84 may be one price, told with less care.
    """

    value: Decimal
    unit: str
    sign: str
    step: Decimal
    digits: int
    shown: str

    @property
    def telling(self) -> bool:
        """Whether it is more than a small count, such as `3 articles`."""
        return bool(self.unit or self.sign) or self.step < 1 or self.value >= 100


def amounts(text: str) -> Iterator[Amount]:
    """The figures of a text, in order."""
    for found in _FIGURE.finditer(_AGE.sub(" ", _LINK.sub(" ", text))):
        written = found["date"] or found["time"]
        if found["written"]:
            yield _moment(_day(found["written"]), "date", found["written"])
        elif written:
            digits = Decimal(re.sub(r"\D", "", written))
            yield _moment(digits, "date" if found["date"] else "time", written)
        else:
            amount = _amount(found)
            if amount is not None:
                yield amount


def _moment(value: Decimal, unit: str, shown: str) -> Amount:
    return Amount(value=value, unit=unit, sign="", step=Decimal(1), digits=9, shown=shown)


def _day(written: str) -> Decimal:
    """`November 25, 2026` as 20261125; without a year, as 1125."""
    numbers = [int(each) for each in re.findall(r"\d+", written)]
    word = re.search(r"[A-Za-z]{3}", re.sub(r"\d+(?:st|nd|rd|th)", " ", written))
    month = _MONTHS.index(word[0].lower()) + 1 if word else 0
    year = next((each for each in numbers if each > 31), 0)
    day = next((each for each in numbers if each <= 31), 0)
    return Decimal(year * 10_000 + month * 100 + day)


def _amount(found: re.Match[str]) -> Amount | None:
    number = _plain(found["number"])
    unit = (found["unit"] or found["scale"] or "").lower()
    counts = next((sign for sign, word in _COUNTS.items() if re.fullmatch(word, found["counted"] or "")), "")
    scale = _SCALES.get(unit, 1)
    try:
        value = Decimal(number) * scale
    except InvalidOperation:
        return None
    decimals = len(number.partition(".")[2])
    before = found.string[max(0, found.start() - 14) : found.start()]
    told = "-" if _DOWN.search(before) else "+" if _UP.search(before) else ""
    sign = "-" if found["sign"] == "\u2212" else found["sign"] or told
    return Amount(
        value=value,
        unit="%" if unit in ("%", "percent") else found["currency"] or found["after"] or counts,
        sign=sign,
        step=Decimal(scale).scaleb(-decimals),
        digits=len(number.replace(".", "").lstrip("0")),
        shown=f"{'' if found['sign'] else told}{found[0].strip()}",
    )


def _plain(number: str) -> str:
    """Digits and a point: `1,200.5`, and `1.200,5` as it is written elsewhere."""
    if re.search(r",\d{1,2}$", number):
        return number.replace(".", "").replace(",", ".")
    return number.replace(",", "")


def same_amount(one: Amount, other: Amount) -> bool:
    """Whether two figures say the same, the one with fewer digits taken as rounded."""
    if one.sign and other.sign and one.sign != other.sign:
        return False
    if one.unit == other.unit == "date" and min(one.value, other.value) < 10_000:
        return one.value % 10_000 == other.value % 10_000  # one of them names no year
    if one.unit != other.unit and ((one.unit and other.unit) or "%" in (one.unit, other.unit)):
        return False
    coarse, fine = (one, other) if one.step >= other.step else (other, one)
    if coarse.value == fine.value:
        return True
    # Of `3` and `2.6` nobody can say that they mean the same thing.
    careful = coarse.digits >= 3 or coarse.step < 1
    return careful and abs(coarse.value - fine.value) * 2 <= coarse.step and coarse.step != fine.step


def names(text: str) -> Iterator[str]:
    """Tickers and other names in capitals."""
    for found in _NAME.finditer(_LINK.sub(" ", text)):
        if found[1] not in _ORDINARY:
            yield found[1]


def links(text: str) -> Iterator[tuple[str, str]]:
    """Addresses as they are written, each with its normal form."""
    for found in _LINK.finditer(text):
        written = found[0].rstrip(".,;:!?")
        yield normal_link(written), written


def normal_link(address: str) -> str:
    """An address without what makes no difference to where it leads."""
    bare = re.sub(r"^https?://(?:www\.)?", "", address.strip(), flags=re.IGNORECASE)
    return bare.partition("#")[0].rstrip("/").lower()


def title_words(text: str) -> frozenset[str]:
    """The words of a text that carry something, without plural and possessive endings."""
    found = (each.lower().removesuffix("'s") for each in _WORD.findall(_LINK.sub(" ", text)))
    return frozenset(each.removesuffix("s") if len(each) > 3 else each for each in found if each not in _STOP)


def titles(text: str, role: Role) -> Iterator[tuple[str, str]]:
    """The parts of a widget's text that name something, each as (`title`, `label` or `heading`, text).

    What stands in a row of a list, or has four words or more, is a title; shorter words are labels of
    the figures beside them. A long text is prose.
    """
    for part in _PARTS.split(text):
        bare = _NAME.sub(" ", _FIGURE.sub(" ", _AGE.sub(" ", part)))
        carried = title_words(bare)
        if not carried or len(_WORD.findall(part)) > _LONGEST_TITLE:
            continue
        if role in ("status", "heading"):
            yield "heading", part.strip()
        elif role == "row" or len(carried) >= _FEWEST_WORDS:
            yield "title", part.strip()
        else:
            yield "label", part.strip()
