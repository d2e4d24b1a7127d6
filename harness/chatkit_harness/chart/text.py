"""Commands written out in a text: found, read, and written back in their one form."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from .arguments import read_command
from .commands import ChartCommand, Commands, Level, Placed, Rejected
from .errors import CommandError, shown
from .fields import TOKEN, NotMeantError, read_price_here
from .grammar import HEADINGS, ORDINARY, VERBS, nearest_verb, unknown_verb
from .names import words
from .prices import is_range
from .scanner import Scanner

_WORD_BEFORE = re.compile(r"(?P<word>[A-Z][A-Z_]{1,23})[*`]{0,3}\Z")
_ANY_WORD_BEFORE = re.compile(r"(?P<word>[A-Za-z][A-Za-z_]{1,23})[*`]{0,3}\Z")
_TWO_WORDS = {
    "STOP LOSS": "STOPLOSS",
    "STOP-LOSS": "STOPLOSS",
    "TAKE PROFIT": "TARGET",
    "TAKE-PROFIT": "TARGET",
}
_NOT_BEFORE = frozenset("_/$@.#&=:")
_LINE_START = re.compile(r"(?:\A|[\n\r])[ \t]{0,8}(?:[-*•·>+]{1,2}|[0-9]{1,2}[.)])?[ \t]{0,4}[*_`\"]{0,3}\Z")
_GAP = re.compile(r"[*_`]{0,3}[ \t\u00a0]{0,4}")
_ALONE = re.compile(r"[^\s/][^\s]{0,79}(?:[ \t]{1,4}\"[^\"\n]{0,300}\")?[ \t*_`.,;]{0,8}(?=[\n\r]|\Z)")
_NOTHING_MORE = re.compile(r"[ \t*_`.,;\"]{0,8}(?=[\n\r]|\Z)")
_TEXT_ENDS = re.compile(r"[\s*_`.,;\"]{0,16}\Z")
_LABEL = re.compile(
    r"[ \t]{0,4}[*_`]{0,3}[ \t]{0,4}(?<=[ \t*_`])"
    r"(?:\"(?P<label>[^\"\n\r]{0,300})\"|“(?P<curly>[^”\n\r]{0,300})”)"
)
_FURTHER = re.compile(r"[*_`]{0,3}(?:, (?:and )?| and | & )[*_`]{0,3}(?=[$€£]?[0-9])")
_NUMERIC = re.compile(r"[-\u2212+]?[$€£]?[0-9]|(?i:nan|[-+]?inf(?:inity)?)\b")
_ABSENT = re.compile(r"(?i:n/?a|none|tbd|null|unknown|[-\u2013\u2014?]{1,3})[ \t*_`.,;]{0,8}(?=[\n\r]|\Z)")
_VERB_WITHIN = re.compile(rf"\b(?:{'|'.join(sorted(VERBS, key=len, reverse=True))}):")
_LEVELS = frozenset({"SUPPORT", "RESISTANCE", "ENTRY", "TARGET", "STOP", "STOPLOSS", "STOP_LOSS", "FIBONACCI",
                     "TRENDLINE"})  # fmt: skip
_WITH_VERBS_INSIDE = frozenset({"DRAW", "ANNOTATE", "CLEAR"})
_MOST_PRICES = 100
"""How many prices after one verb are levels: no answer lists more, and each is a command."""
_AROUND = " \t\r\n*_`-•·\"'.,;"


@dataclass(slots=True)
class _Found:
    placed: list[Placed] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class _Verb:
    """A word before a colon: where it starts, and where its argument does."""

    word: str
    start: int
    colon: int


def extract(text: str) -> Commands:
    """Every command written out in a text, in lines of their own or inside prose, with its exact span.

    What looks like a command and cannot be read is rejected with the reason; the commands around it stay.
    Never raises; the work is linear in the length of the text.
    """
    return scan(text)[0]


def scan(text: str, *, meant: bool = False) -> tuple[Commands, int]:
    """What `extract` gives, and how many steps it took. `meant`: the text was given as a command."""
    scanner, found = Scanner(text, meant=meant), _Found()
    while (colon := scanner.colon()) >= 0:
        verb = _verb_before(scanner, colon)
        scanner.pos = colon + 1
        if verb is None:
            continue
        if verb.word in VERBS:
            _read(scanner, verb, found)
            scanner.edge = scanner.pos
        else:
            _unknown(scanner, verb, found)
    return Commands(placed=tuple(found.placed), rejected=tuple(found.rejected)), scanner.steps


def parse_line(text: str) -> Commands:
    """The commands of one line that is meant as commands, such as an entry of an array.

    Small letters are read as well; a bare verb, an unknown one, or no command at all is rejected.
    """
    commands, _ = scan(text, meant=True)
    if commands.placed or commands.rejected:
        return commands
    word = text.strip(_AROUND)[:24].upper()
    if word in VERBS:
        reason = "its argument is missing"
    elif not text.strip():
        reason = "the entry is empty"
    elif word.isalpha() and len(text.split()) == 1:
        reason = unknown_verb(word)
    else:
        reason = f"{shown(text.strip())} holds no command (VERB:argument)"
    told = word if word.isalpha() and len(text.split()) == 1 else ""
    return Commands(rejected=(Rejected(verb=told, text=text[:300], start=0, end=len(text), reason=reason),))


def parse(text: str) -> ChartCommand:
    """The one command that a text is, such as `SUPPORT:450.00 "key level"`.

    Raises CommandError (a ValueError with reason, verb and position) where it is none, or several.
    """
    commands = parse_line(text)
    if commands.rejected:
        first = commands.rejected[0]
        raise CommandError(first.reason, first.verb, first.start)
    if len(commands.placed) > 1:
        raise CommandError("these are several commands", position=commands.placed[1].start)
    only = commands.placed[0]
    if text[: only.start].strip(_AROUND) or text[only.end :].strip(_AROUND):
        raise CommandError("there is more than a command", position=only.end)
    return only.command


def _verb_before(scanner: Scanner, colon: int) -> _Verb | None:
    last = scanner.before(colon, 1)
    if not last.isalpha() and last not in {"*", "`", "_"}:
        return None
    before = scanner.before(colon, 28)
    match = (_ANY_WORD_BEFORE if scanner.meant else _WORD_BEFORE).search(before)
    if match is None:
        return None
    base = colon - len(before)
    word, start = match["word"].upper(), base + match.start("word")
    two = scanner.text[max(start - 5, 0) : start].upper() + word
    if two in _TWO_WORDS:
        word, start = _TWO_WORDS[two], start - 5
    if start < scanner.pos:
        return None
    return _Verb(word=word, start=start, colon=colon) if _may_stand(scanner, start) else None


def _may_stand(scanner: Scanner, start: int) -> bool:
    """False inside another word, an address or a path."""
    before = scanner.before(start, 1)
    if not before or start == scanner.edge or (before == "/" and start == scanner.edge + 1):
        return True
    if before == "_" and scanner.before(start, 3)[-3:-1].strip() in {"", "_", "*"}:
        return True
    return not before.isalnum() and before not in _NOT_BEFORE


def _read(scanner: Scanner, verb: _Verb, found: _Found) -> None:
    gap = scanner.take(_GAP)
    spaced = gap is not None and bool(gap[0])
    argument = scanner.pos
    try:
        command = read_command(scanner, verb.word)
    except CommandError as error:
        scanner.pos = argument
        if _is_meant(scanner, verb, error, spaced=spaced):
            _reject(scanner, verb, error.reason, found)
        else:
            scanner.pos = verb.colon + 1
        return
    if spaced and not scanner.meant and _reads_as_prose(scanner, verb, argument):
        scanner.pos = verb.colon + 1
        return
    _place(scanner, verb.start, command, found)


def _place(scanner: Scanner, start: int, command: ChartCommand, found: _Found) -> None:
    """Keep a command; further prices after a level's (`SUPPORT: 440, 435 and 430`) are levels as well."""
    new = [Placed(command=command, start=start, end=scanner.pos)]
    while isinstance(command, Level) and len(new) < _MOST_PRICES:
        further = _further_price(scanner, command)
        if further is None:
            break
        command = further.command
        new.append(further)
    label = scanner.take(_LABEL)
    if label:
        text = words(label["label"] if label["label"] is not None else label["curly"])
        new = [replace(each, command=replace(each.command, label=text)) for each in new]
        new[-1] = replace(new[-1], end=scanner.pos)
    found.placed += new


def _further_price(scanner: Scanner, level: Level) -> Placed | None:
    back = scanner.pos
    if scanner.take(_FURTHER) is None:
        return None
    start = scanner.pos
    try:
        price = read_price_here(scanner)
    except CommandError:
        price = 0.0
    if not is_range(level.price, price):
        scanner.pos = back
        return None
    return Placed(command=replace(level, price=price), start=start, end=scanner.pos)


def _is_meant(scanner: Scanner, verb: _Verb, error: CommandError, *, spaced: bool) -> bool:
    """True where what cannot be read was meant as a command, not as a heading or a sentence."""
    if scanner.meant:
        return True
    if scanner.peek(_NOTHING_MORE):
        return verb.word not in HEADINGS or scanner.peek(_TEXT_ENDS) is not None
    if not spaced:
        return not scanner.text.startswith("//", scanner.pos)
    if isinstance(error, NotMeantError) or scanner.peek(_ABSENT):
        return False
    numeric = verb.word in _LEVELS and scanner.peek(_NUMERIC) is not None
    return numeric or scanner.peek(_ALONE) is not None


def _reads_as_prose(scanner: Scanner, verb: _Verb, argument: int) -> bool:
    """True for words after a colon and a space that happen to read as an argument: `CHART: A look at`."""
    written = scanner.text[argument : scanner.pos]
    if verb.word in _LEVELS or scanner.peek(_NOTHING_MORE) or scanner.peek(_LABEL):
        return False
    return (len(written) == 1 or any(each.islower() for each in written)) and written != "1m"


def _reject(scanner: Scanner, verb: _Verb, reason: str, found: _Found) -> None:
    token = scanner.take(TOKEN)
    if token is not None and verb.word not in _WITH_VERBS_INSIDE:
        within = _VERB_WITHIN.search(token[0])
        if within is not None:
            scanner.pos = token.start() + within.start()
    scanner.pos = max(scanner.pos, verb.colon + 1)
    end = verb.colon + 1 + len(scanner.text[verb.colon + 1 : scanner.pos].rstrip())
    found.rejected.append(
        Rejected(
            verb=verb.word, text=scanner.text[verb.start : end], start=verb.start, end=end, reason=reason
        )
    )


def _unknown(scanner: Scanner, verb: _Verb, found: _Found) -> None:
    """Reject a verb that there is not, where it stands as a command would: on a line of its own."""
    gap = scanner.take(_GAP)
    spaced = gap is not None and bool(gap[0])
    argument = scanner.pos
    if scanner.meant or (_stands_alone(scanner, verb) and _as_command(scanner, verb.word, spaced=spaced)):
        scanner.pos = argument
        _reject(scanner, verb, unknown_verb(verb.word), found)
    else:
        scanner.pos = verb.colon + 1


def _stands_alone(scanner: Scanner, verb: _Verb) -> bool:
    """True where a word and one argument are all that a line holds."""
    lead = scanner.before(verb.start, 20)
    whole = len(lead) == verb.start or "\n" in lead or "\r" in lead
    return whole and _LINE_START.search(lead) is not None and scanner.peek(_ALONE) is not None


def _as_command(scanner: Scanner, word: str, *, spaced: bool) -> bool:
    numeric = scanner.peek(_NUMERIC) is not None
    if word in ORDINARY:
        return False
    if nearest_verb(word) is not None:
        return not spaced or numeric
    # five letters and a number are a symbol and its price; what stands after a space is a sentence
    return not spaced and len(word) >= 4 and (len(word) > 5 or not numeric)
