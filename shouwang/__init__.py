"""守望 Shouwang: monitoring against falling back into poverty, policy as code."""

__version__ = "0.1.0"
