"""Why a step was not done: in words, with the name of who was first and when, and the HTTP status a page answers with."""

from __future__ import annotations

from typing import ClassVar

from shouwang.units.errors import ShouwangError


class CaseworkError(ShouwangError):
    """An act refused by the procedure. Nothing was saved."""

    status: ClassVar[int] = 422


class Conflict(CaseworkError):
    """Somebody else was first."""

    status: ClassVar[int] = 409


class DoneBefore(Conflict):
    code = "CAS-01"
    what = "没有保存：{who}已于{when}办理了“{step}”。"
    do = "请刷新页面，看看现在该办哪一步。"


class AwaitsSignature(Conflict):
    code = "CAS-02"
    what = "没有保存：{who}已于{when}录入了“{step}”，正等另一人签字。"
    do = "请在那条记录上签字或拒签。"


class Changed(Conflict):
    code = "CAS-03"
    what = "没有保存：您打开页面之后，{who}于{when}办理了“{step}”。"
    do = "请刷新页面再办。"


class NotYet(CaseworkError):
    code = "CAS-04"
    what = "还不能办理“{step}”：缺{missing}。"
    why = "程序不能跳步，也不能倒置。"
    do = "请先办完前面的步骤。"


class CaseOver(CaseworkError):
    code = "CAS-05"
    what = "个案{case}{status}，不能办理“{step}”。"
    do = "如有新的情况，请重新立案。"


class NoSuchStep(CaseworkError):
    code = "CAS-06"
    what = "个案{case}的程序里没有“{step}”{way}。"
    do = "个案按立案那天的程序办理，请在个案页上选择可办的步骤。"


class WrongSigner(CaseworkError):
    code = "CAS-07"
    what = "“{step}”由{who}办理，您现在的岗位不能办理。"
    do = "请转给有权办理的同事。"


class MustRecuse(CaseworkError):
    code = "CAS-08"
    what = "您须回避：{why_kin}。"
    why = "优亲厚友会使认定失去公信。"
    do = "请由其他有权办理的同事办理。"


class MustBeApart(CaseworkError):
    code = "CAS-09"
    what = "您已办过本案的“{other}”，不能再办“{step}”。"
    why = "提出、评估、核查和确认须由不同的人办理。"
    do = "请由其他有权办理的同事办理。"


class TooEarly(CaseworkError):
    code = "CAS-10"
    what = "“{step}”最早在{earliest}才能办理。"
    why = "{limit}还没有满。"


class WrongDay(CaseworkError):
    code = "CAS-11"
    what = "办理日期{day}不对：{reason}。"
    do = "请核对日期。"


class LateNeedsReason(CaseworkError):
    code = "CAS-12"
    what = "办理日期{day}到录入已有{lag}天，超过{limit}，须说明补记的原因。"
    why = "补记的事项会列出来备查。"


class ReasonNeeded(CaseworkError):
    code = "CAS-13"
    what = "“{what_for}”须写明理由。"


class EvidenceRefused(CaseworkError):
    code = "CAS-14"
    what = "“{step}”的表单有{count}处要改：{listed}。"


class SignedBefore(CaseworkError):
    code = "CAS-15"
    what = "您已经在这条记录上签过字，须由另一人签字。"


class LiveCaseExists(Conflict):
    code = "CAS-16"
    what = "这一户已有个案{case}（{status}），没有另外立案。"
    do = "请在原个案上办理。"


class DoorShut(CaseworkError):
    code = "CAS-17"
    what = "个案{case}{status}，不能办理“{door}”{again}。"


class ClueDone(Conflict):
    code = "CLU-01"
    what = "没有保存：这条线索已由{who}于{when}办理为“{state}”。"
    do = "请刷新线索列表。"


class RunBusy(Conflict):
    code = "RUN-01"
    what = "{unit}的筛查正在进行（{progress}），没有另外发起。"
    do = "请等它完成。"


class RunFailed(CaseworkError):
    code = "RUN-02"
    what = "没有上次可比的筛查，不能只算有变动的户。"
    do = "请先做一次全部户的筛查。"


class TrialBusy(Conflict):
    code = "RUN-04"
    what = "{unit}已有一次试算正在进行（{progress}），没有另外发起。"
    do = "请等它完成后再试。"


class RunTaken(Conflict):
    code = "RUN-03"
    what = "这次筛查已由另一个后台接着办，这里停下。"


class ChangeRefused(CaseworkError):
    code = "PRM-01"
    what = "参数修改没有保存：{reason}。"


class ChangeDone(Conflict):
    code = "PRM-02"
    what = "这项修改已由{who}于{when}办理为“{state}”。"


class ReportDone(Conflict):
    code = "CLU-02"
    what = "没有保存：这件通报已由{who}于{when}核对。"
    do = "请刷新通报列表。"


class ReportElsewhere(CaseworkError):
    code = "CLU-03"
    what = "{number} 不在{unit}的范围里，没有归入。"
    do = "请在本团的户里选择。"


class ClueItself(CaseworkError):
    code = "CLU-04"
    what = "一条线索不能并入它自己。"
    do = "请选择另一户的线索。"
