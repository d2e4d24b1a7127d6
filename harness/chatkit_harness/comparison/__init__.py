"""The Agent Builder path against the native path, scenario by scenario, over results."""

from chatkit_harness.comparison.compare import compare, has_both_paths
from chatkit_harness.comparison.nouns import Comparison

__all__ = ["Comparison", "compare", "has_both_paths"]
