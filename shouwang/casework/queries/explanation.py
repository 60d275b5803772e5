"""Why is a household, or is it not, to be monitored, as the registry stands? The explanation the command line gives, for a page.

Worked out at the moment it is asked for, by the reference reader in plain Python: no engine is loaded.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from shouwang.casework import versions
from shouwang.policy.book import RuleBook
from shouwang.registry.facts import facts_of_household
from shouwang.registry.models import Household
from shouwang.screening.explain import Explainer
from shouwang.screening.reasons import Explanation


def explanation_of(household: Household, day: date) -> Explanation:
    """One household's explanation as of a day, under the policy and parameters of its regiment that day.

    The caller has found the household through `household_for`: who may see it may see why.
    """
    policy = versions.policy_on(household.regiment, day)
    changed = versions.overrides_on(household.regiment, policy, day)
    return _explainer(policy, day, tuple(sorted(changed.items()))).explain(facts_of_household(household, day))


@lru_cache(maxsize=16)
def _explainer(policy: str, day: date, changed: tuple[tuple[str, str], ...]) -> Explainer:
    """Putting one together takes longer than asking it."""
    return Explainer(RuleBook.of(policy, day, dict(changed)))
