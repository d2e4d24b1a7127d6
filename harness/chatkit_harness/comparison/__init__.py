"""The Agent Builder path against the native path, scenario by scenario, over results."""

from chatkit_harness.comparison.assumption import Assumption, parse_assumption
from chatkit_harness.comparison.compare import compare, has_both_paths
from chatkit_harness.comparison.nouns import Comparison

__all__ = ["Assumption", "Comparison", "compare", "has_both_paths", "parse_assumption"]
