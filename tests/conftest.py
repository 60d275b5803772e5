"""Shared by every test: Django's settings, and how hard Hypothesis tries.

`HYPOTHESIS_PROFILE=thorough` for a long search by hand.
"""
# Django reads the environment when it is imported

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("SHOUWANG_ENV", "test")
os.environ.setdefault("SHOUWANG_HOME", tempfile.mkdtemp(prefix="shouwang-test-"))
os.environ.setdefault("SHOUWANG_CACHE", tempfile.mkdtemp(prefix="shouwang-test-cache-"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shouwang.config.settings")

import django
from hypothesis import HealthCheck, settings

settings.register_profile("ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", deadline=None, max_examples=2000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

django.setup()
