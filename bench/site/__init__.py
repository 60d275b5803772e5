"""Benchmarks of the system in the browser: filling it, and its pages when it is full."""
