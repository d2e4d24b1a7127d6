"""What the museum shows, and when."""

from __future__ import annotations

from dataclasses import dataclass

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CLOSED = "monday"
LONG = "thursday"
PRICE = 9


@dataclass(frozen=True)
class Exhibit:
    """One thing in a room."""

    name: str
    made: str
    room: int
    about: str


EXHIBITS = {
    each.name.lower(): each
    for each in (
        Exhibit("Orrery", "London, 1767", 2, "A brass model of the planets, driven by a crank."),
        Exhibit("Bone flute", "about 35,000 BC", 1, "Carved from a vulture's wing; five holes."),
        Exhibit("Loom", "Lyon, 1804", 4, "Its cards tell each thread where to go."),
    )
}


def hours(day: str) -> str:
    """When the doors are open on a day of the week."""
    plain = day.strip().lower()
    if plain not in DAYS:
        return f"{day} is no day of the week."
    if plain == CLOSED:
        return "We are closed on Monday."
    return f"{plain.title()}: 10:00 to {'21:00' if plain == LONG else '18:00'}"
