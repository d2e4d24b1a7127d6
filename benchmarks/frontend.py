"""How fast a message of 1 MB is read, whatever it is made of.

    python -m benchmarks.frontend [--rounds 3] [--size 1000000]

Reads ordinary long answers and ones that are made to be slow to read (nested brackets, half documents,
escapes in escapes, fences without end). Prints for each the processor time (nothing is waited for, so it is
what an idle machine takes), the steps that `Reading.steps` counts for a character, and what was found. The
goal is one second each, with at most 40 steps a character.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable

from benchmarks.machine import Idle, about, spread

from chatkit_harness import frontend

GOAL_S = 1.0
GOAL_STEPS = 40


def repeated(unit: str, before: str = "", after: str = "") -> Callable[[int], str]:
    """A message of about that size, made of one unit."""
    return lambda size: before + unit * max(1, (size - len(before) - len(after)) // len(unit)) + after


def _answer(size: int) -> str:
    row = {
        "type": "Row",
        "children": [{"type": "Text", "value": 'Close "high" $258.45\n'}, {"type": "Divider"}],
    }
    rows = [row] * (size // len(json.dumps(row)))
    answer = {
        "response_text": "The quote:",
        "query_intent": "market_data",
        "widgets": [{"type": "Card", "children": rows}],
    }
    return '{"intent":"market_data","symbol":"AAPL","confidence":"high"}\n\n' + json.dumps(answer)


def _commands(size: int) -> str:
    lines = [f'SUPPORT:{100 + number / 100:.2f} "level {number}"' for number in range(size // 60)]
    return json.dumps({"text": "\n".join(lines), "chart_commands": lines})


def _escaped(size: int) -> str:
    text = '{"a":1}'
    while len(text) < size:
        text = json.dumps({"response_text": text})
    return text[:size]


PROSE = "Apple closed at $258.45, up 1.2%, with support near its average. "
FAMILIES: dict[str, Callable[[int], str]] = {
    "answer with a long widget": _answer,
    "commands, in an array and in text": _commands,
    "prose": repeated(PROSE),
    "prose about levels": repeated("There is support at $440, $435 and $430, resistance at $460. "),
    "prose with JSON": repeated(PROSE + '{"type":"Card","children":[]}\n'),
    "fenced JSON": repeated('```json\n{"type":"Card","children":[]}\n```\n'),
    "a string of 1 MB": repeated("x", '{"response_text":"', '"}'),
    "escapes": repeated(r"\n", '{"response_text":"', '"}'),
    "numbers": repeated("1,", '{"a":[', "1]}"),
    "brackets in an array": repeated("[0],", '{"a":[', "1]}"),
    "documents in strings": repeated(r'"{\"text\":\"a\"}",', '{"a":[', "1]}"),
    "documents in documents": _escaped,
    "small answers": repeated('{"text":"a"}'),
    "small answers, an array": repeated('{"text":"a"},', "[", "{}]"),
    "small widgets": repeated('{"type":"Card"},', '{"widgets":[', "{}]}"),
    "small commands": repeated('"LOAD:A",', '{"chart_commands":[', '"LOAD:B"]}'),
    "opening brackets": repeated("["),
    "opening braces": repeated("{"),
    "balanced brackets": lambda size: "[" * (size // 2) + "]" * (size // 2),
    "keys in keys": repeated('{"a":'),
    "alternating": repeated("[{"),
    "crossed": lambda size: "[" * (size // 2) + "}" * (size // 2),
    "half documents": repeated('{"a":1 '),
    "half documents, lines": repeated('{"a":1,\n\n'),
    "half documents in brackets": repeated('[{"a":[1 '),
    "half strings": repeated('{"a":"'),
    "half keys": repeated('{"'),
    "half arrays": repeated('["'),
    "short arrays": repeated('["a" '),
    "deep, then not": repeated("[" * 199 + "x"),
    "deeper, then not": repeated('{"a":' * 201 + "x"),
    "nine brackets": repeated("[[[[[[[[[x"),
    "quotes": repeated('"'),
    "backslashes": repeated("\\"),
    "escaped quotes": repeated('{"\\"'),
    "braces and quotes": repeated('{"}'),
    "single quotes": repeated("{'"),
    "fences": repeated("```\n"),
    "fences of code": repeated("```py\n"),
    "fences, longer and longer": lambda size: "".join(
        "`" * n + "py\n" for n in range(3, int((2 * size) ** 0.5))
    ),
    "fences on one line": repeated("```json "),
    "spaces": repeated("{ " + " " * 500),
    "line breaks": repeated("\n"),
    "commands": repeated("LOAD:TSLA "),
    "commands without arguments": repeated("SUPPORT:"),
    "commands, misspelt": repeated("SUPORT:1\n"),
    "words before colons": repeated("A:"),
    "trendlines without ends": repeated("TRENDLINE:440:2024-01-15:450:"),
    "prices after one verb": repeated("440, ", "SUPPORT: "),
    "commands in one text of an array": repeated("SUPPORT:1 ", '{"chart_commands":["', '"]}'),
    "misspelt ones in one text of an array": repeated("FOOBAR:1 ", '{"chart_commands":["', '"]}'),
    "commands in an envelope": repeated(
        '"SUPPORT:1 ",', '{"chart_objects":{"version":"2.0","commands":[', '"LOAD:A"]}}'
    ),
    "answers in answers": repeated(r'{"text":"{\"text\":\"a\"}"} '),
    "digits": repeated("9", "SUPPORT:"),
    "a number of 1 MB": repeated("9", '{"a":', "}"),
}


def timed(message: str) -> float:
    """Seconds of processor time that reading it takes."""
    began = time.process_time()
    frontend.read(message)
    return time.process_time() - began


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=3, help="how often each message is read")
    parser.add_argument("--size", type=int, default=1_000_000, help="characters of each message")
    options = parser.parse_args()
    print(about())
    before, slow = Idle.now(), []
    for name, make in FAMILIES.items():
        message = make(options.size)
        seconds = [timed(message) for _ in range(options.rounds)]
        reading = frontend.read(message)
        steps = reading.steps / len(message)
        if max(seconds) > GOAL_S or steps > GOAL_STEPS:
            slow.append(name)
        documents, broken, given = len(reading.documents), len(reading.broken), len(reading.commands)
        print(f"{name:<36}{spread(seconds, 's')}; {steps:.1f} steps a character; ", end="")
        print(f"{documents} documents, {broken} broken, {given} commands")
    print(f"machine idle {Idle.now().share_since(before)}")
    print(f"over {GOAL_S:g} s or {GOAL_STEPS} steps: {', '.join(slow) or 'none'}")


if __name__ == "__main__":
    main()
