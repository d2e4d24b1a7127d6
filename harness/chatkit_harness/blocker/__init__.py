"""The import blocker: each known cause made with the real packages, told, diagnosed, and cured."""
