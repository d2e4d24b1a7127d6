"""Findings that share one root, told once. Pure: cases and cells in, causes out."""

from chatkit_harness.causes.edges import edges, ranges_of
from chatkit_harness.causes.group import group
from chatkit_harness.causes.ranges import Range
from chatkit_harness.causes.regroup import causes_of, regroup
from chatkit_harness.causes.roots import Roots

__all__ = ["Range", "Roots", "causes_of", "edges", "group", "ranges_of", "regroup"]
