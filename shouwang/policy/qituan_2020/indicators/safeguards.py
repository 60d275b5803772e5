"""两不愁三保障: who is of school age and out of school, who is uninsured, house and water (二/三/2-5; contract 4)."""

from __future__ import annotations

from shouwang.policy.forms import Measure, figure
from shouwang.policy.qituan_2020.indicators.facts import counted, household, insurance, members, p, school
from shouwang.terms.build import Term, choose
from shouwang.terms.context import AS_OF, AS_OF_YEAR

# Schooling: the latest entry of the school roll decides; without one, what is known of the member.
_roll = school.where(school.as_of <= AS_OF).latest(school.status, by=school.as_of, preferred="辍学")
_standing = _roll.or_else(members.schooling)
_born = members.birth_date
_of_school_age = _born.age_at_least(p.school_age_from) & ~_born.age_at_least(p.school_age_to + 1)
_children = counted.where(_of_school_age)
_birth_unknown = counted.where(~_born.known())

# Insurance: a department's row for the year decides, cover first; without one, what is known of the member.
_this_year = insurance.where(insurance.year == AS_OF_YEAR)
_covered = _this_year.where(insurance.status.is_in("参保")).exist()
_lapsed = _this_year.where(insurance.status.is_in("停保", "未参保")).exist()
_uninsured = choose(
    (_covered, False), (_lapsed, True), (members.medical_insurance.is_in("未参保"), True), otherwise=False
)


@figure(clause="二/三/2", measure=Measure.PEOPLE)
def children_of_school_age() -> Term:
    """适龄儿童：截至当日处于义务教育年龄的成员人数"""
    return _children.count()


@figure(clause="二/三/2", measure=Measure.PEOPLE)
def children_out_of_school() -> Term:
    """失学儿童：适龄儿童中，学籍最近一次为辍学，或没有学籍记录而在校生状况为非在校生、辍学的人数"""
    return _children.where(_standing.is_in("辍学", "非在校生")).count()


@figure(clause="二/三/2", measure=Measure.PEOPLE)
def children_unknown() -> Term:
    """就学不明：没有学籍记录且在校生状况空白的适龄儿童，以及出生日期不明的成员人数"""
    return _children.where(~_standing.known()).count() + _birth_unknown.count()


@figure(clause="二/三/2", measure=Measure.PEOPLE)
def higher_students() -> Term:
    """高中及以上学生：在校生状况为普通高中、中职、高职高专、技师学院、本科、硕士的成员人数"""
    stages = ("普通高中", "中职", "高职高专", "技师学院", "本科", "硕士")
    return counted.where(members.schooling.starts_with(*stages)).count()


@figure(clause="二/三/3", measure=Measure.PEOPLE)
def members_uninsured() -> Term:
    """未参保人数：当年没有参保记录，而有停保、未参保记录，或医疗保险登记为未参保的成员人数"""
    return counted.where(_uninsured).count()


@figure(clause="二/三/3", measure=Measure.PEOPLE)
def insurance_unknown() -> Term:
    """参保不明人数：当年没有参保数据，医疗保险也未登记的成员人数"""
    return counted.where(~_uninsured.known()).count()


@figure(clause="二/三/4", measure=Measure.TEXT)
def dwelling_grade() -> Term:
    """住房等级：A、B为安全，C、D为危房"""
    return household("dwelling_grade")


@figure(clause="二/三/5", measure=Measure.TRUTH)
def water_safe() -> Term:
    """饮水安全：饮水是否安全"""
    return household("water_safe")
