"""The case, step or record an address names, for somebody who may see it; everything else is not there."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404

from shouwang.accounts.models import User
from shouwang.casework import queries
from shouwang.casework.models import StepRecord
from shouwang.casework.queries import CaseFile
from shouwang.casework.queries.cases import StepView


def the_file(user: User, number: str) -> CaseFile:
    """The file of a case. Http404 outside one's units."""
    file = queries.case_file(user, number)
    if file is None:
        raise Http404("没有这个个案，或您无权查看。")
    return file


def the_step(file: CaseFile, step_id: str) -> StepView:
    """A step of the procedure the case follows."""
    view = next((view for view in file.page.steps if view.step.id == step_id), None)
    if view is None:
        raise Http404("这个个案的程序里没有这一步。")
    return view


def the_record(file: CaseFile, uuid: UUID) -> StepRecord:
    """A record of the case."""
    record = next((record for record in file.page.history if record.uuid == uuid), None)
    if record is None:
        raise Http404("这个个案里没有这条记录。")
    return record
