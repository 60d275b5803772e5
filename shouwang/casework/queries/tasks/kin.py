"""Which households must a person keep out of?"""

from __future__ import annotations

from django.db.models import Q

from shouwang.casework.queries.tasks.source import Worker
from shouwang.registry.models import Membership, Person


def kin_households(worker: Worker) -> set[int]:
    """One's own household, relatives', and those of people one shares or shared a household with: their keys.

    Relatives are looked up first: most people have declared none, and then nobody's household need be searched for them.
    """
    user = worker.user
    declared = user.kinships.filter(withdrawn_at=None).values_list("relative_index", flat=True)
    indexes = {user.citizen_index, *declared} - {""}
    if not indexes:
        return set()
    # The index over citizen numbers leaves blank ones out, and the database wants to be told so.
    known = Person.objects.filter(citizen_index__in=indexes).exclude(citizen_index="")
    people = dict(known.values_list("pk", "citizen_index"))
    myself = [pk for pk, index in people.items() if index == user.citizen_index]
    there = Membership.objects.filter(superseded_at=None).order_by()
    shared = there.filter(person__in=myself).values_list("household", flat=True)
    beside = there.filter(household__in=list(shared)).values_list("person", flat=True)
    still = Q(left_on=None) | Q(left_on__gt=worker.today)
    return set(there.filter(still, person__in={*people, *beside}).values_list("household", flat=True))
