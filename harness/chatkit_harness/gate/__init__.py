"""The gate: what an upgrade breaks, mends and changes, case by case, never by totals."""
