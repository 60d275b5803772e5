"""二(三)2-5 schooling, medical cover, housing, water: matters for a department, without a route of their own."""

from __future__ import annotations

from shouwang.policy.forms import MET, NOT_MET, UNKNOWN, Decision, decide, rule
from shouwang.policy.qituan_2020.indicators.facts import p
from shouwang.policy.qituan_2020.indicators.income import members_counted, net_income
from shouwang.policy.qituan_2020.indicators.safeguards import (
    children_out_of_school,
    children_unknown,
    dwelling_grade,
    higher_students,
    insurance_unknown,
    members_uninsured,
    water_safe,
)
from shouwang.policy.qituan_2020.indicators.spending import after_insurance, aid, rigid_education
from shouwang.terms.build import choose


@rule(clause="二/三/3", order=5)
def medical_burden() -> Decision:
    """报销后医疗负担仍重

    命中：{window}医疗费用经基本医保和大病保险支付后仍负担{after_insurance}，高于负担线
    （人均纯收入低于{p.medical_burden_split}的户{p.medical_burden_low}，其他户{p.medical_burden_other}）。
    不命中：{window}医疗费用经基本医保和大病保险支付后负担{after_insurance}，未高于负担线。
    """
    poor = net_income.term.known() & (net_income.term < p.medical_burden_split * members_counted.term)
    limit = choose((poor, p.medical_burden_low), otherwise=p.medical_burden_other)
    return decide((after_insurance.term > limit, MET))


@rule(clause="二/三/3", order=6)
def medical_aid_not_received() -> Decision:
    """医疗救助未落实

    命中：{window}报销后医疗负担{after_insurance}，高于负担线，而没有得到医疗救助。
    不命中：{window}报销后医疗负担{after_insurance}，医疗救助{aid}；不是负担高于负担线而没有救助。
    """
    return decide((medical_burden.is_(MET) & (aid.term == 0), MET))


@rule(clause="二/三/2", order=7)
def child_out_of_school() -> Decision:
    """义务教育适龄儿童失学

    命中：义务教育适龄儿童{children_of_school_age}，其中{children_out_of_school}不在学。
    不命中：义务教育适龄儿童{children_of_school_age}，没有不在学的。
    资料不足：有{children_unknown}的年龄或就学情况不明，不能判断是否失学。
    """
    return decide((children_out_of_school.term > 0, MET), (children_unknown.term > 0, UNKNOWN))


@rule(clause="二/三/2", order=8)
def tuition_burden() -> Decision:
    """高等阶段学费负担重

    命中：有高中及以上学生{higher_students}，{window}教育支出{rigid_education}，高于学费负担线{p.tuition_limit}。
    不命中：没有高中及以上学生，或{window}教育支出{rigid_education}未高于学费负担线{p.tuition_limit}。
    """
    return decide(((higher_students.term > 0) & (rigid_education.term > p.tuition_limit), MET))


@rule(clause="二/三/3", order=9)
def member_uninsured() -> Decision:
    """有成员未参加基本医疗保险

    命中：共同生活{members_counted}中，有{members_uninsured}当年未参加基本医疗保险。
    不命中：共同生活{members_counted}当年都参加了基本医疗保险。
    资料不足：有{insurance_unknown}当年的参保情况不明。
    """
    return decide((members_uninsured.term > 0, MET), (insurance_unknown.term > 0, UNKNOWN))


@rule(clause="二/三/4", order=10)
def dwelling_unsafe() -> Decision:
    """住房不安全

    命中：住房鉴定为{dwelling_grade}级，属于危房。
    不命中：住房鉴定为{dwelling_grade}级，安全。
    资料不足：没有住房安全等级。
    """
    return decide((dwelling_grade.term.is_in("C", "D"), MET))


@rule(clause="二/三/5", order=11)
def water_unsafe() -> Decision:
    """饮水不安全

    命中：饮水登记为不安全。
    不命中：饮水安全。
    资料不足：没有饮水安全的记录。
    """
    return decide((water_safe.term, NOT_MET), otherwise=MET)
