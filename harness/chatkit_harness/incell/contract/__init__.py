"""What a chatkit Store has to keep to, put to the test: any store, of any release that the cell has.

told = await examine("paging", factory, create_context)      # {"outcome": "held", "breaches": [], ...}
"""

from __future__ import annotations

from .bench import Bench
from .exams import EXAMS, RULES, Exam, examine

__all__ = ["EXAMS", "RULES", "Bench", "Exam", "examine"]
