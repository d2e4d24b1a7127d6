"""A cause in a sentence: what is wrong, whose it is, and who raised it."""

from __future__ import annotations

from chatkit_harness.causes.gathered_group import Group
from chatkit_harness.causes.tally import file_of
from chatkit_harness.causes.words import clip, subject_kind, type_name, with_versions

_TITLE = 400
_FAULT = 240
_COMPANIONS = 2


def title(group: Group) -> str:
    """One sentence for people who see thousands of cells, with versions as spans."""
    root = group.root
    if root.raised is None:
        return _with_companions(group)
    told = clip(type_name(root.raised) + (f": {root.said}" if root.said else ""), _FAULT)
    definer = _definer(group)
    if definer is not None:
        told += f" (a {subject_kind(root.raised)} of {definer})"
    if root.place is None:
        return told
    by = _raiser(group) or "the server's own code"
    places = {each.where for each in group.slims} - {None}
    more = f" and {len(places) - 1} other place{'s' if len(places) > 2 else ''}" if len(places) > 1 else ""
    told = f"{told}, raised by {by} in {file_of(root)}: {root.place.function}{more}"
    if root.anew is None:
        return told
    where = f"{root.anew.frame.file}: {root.anew.place.function}"
    return f"{told}, and raised anew by {culprit(group)} in {where}"


def culprit(group: Group) -> str | None:
    """The distribution whose code raised, with the versions that did; None for the server's own code.

    Where chatkit or agents raised from what a third party did, it is theirs.
    """
    anew = group.root.anew
    if anew is None or anew.place.distribution is None:
        return _raiser(group)
    return with_versions(anew.place.distribution, (each.anew_in for each in group.slims if each.anew_in))


def _raiser(group: Group) -> str | None:
    place = group.root.place
    if place is None or place.distribution is None:
        return None
    versions = (s.raised_in for s in group.slims if s.raiser == place.distribution and s.raised_in)
    return with_versions(place.distribution, versions)


def _definer(group: Group) -> str | None:
    """The distribution that defines what the exception is about, with its versions.

    None where it is not known, and where it is the one that raised, which is named as that.
    """
    place, name = group.root.place, group.root.definer
    if name is None or (place and place.distribution == name):
        return None
    return with_versions(name, (s.defined_in for s in group.slims if s.definer == name and s.defined_in))


def _with_companions(group: Group) -> str:
    """What is wrong, and what else is in the very same cases."""
    told = clip(group.root.said, _TITLE)
    if not group.companions:
        return told
    also = [clip(each.root.said, _TITLE // 4) for each in group.companions[:_COMPANIONS]]
    rest = len(group.companions) - len(also)
    more = f"; and {rest} more" if rest > 0 else ""
    return f"{clip(told, _TITLE // 2)} (in the same cases: {'; '.join(also)}{more})"
