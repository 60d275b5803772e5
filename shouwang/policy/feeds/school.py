"""学校：学籍，学生资助发放。"""

from __future__ import annotations

from shouwang.policy.feed import TERMLY, Feed, item, ledger, money, paid_on
from shouwang.terms.tables import SCHOOL

ROLL = Feed(
    "school_roll", "school", "学籍", "二/三/2",
    "在校学生的学籍状态，休学、辍学的也要报；用来控辍保学。填学生本人的身份证号，不填监护人的。", TERMLY, SCHOOL,
    SCHOOL.columns[3:],
)  # fmt: skip

GRANTS = ledger(
    "school_grants", "school", "学生资助发放",
    "助学金、寄宿生生活补助等发到学生的资助，计入转移性收入。", TERMLY, "转移性收入",
    (item("资助项目", "如国家助学金、寄宿生生活补助"), money("资助金额", "实际发放的金额"), paid_on()),
)  # fmt: skip
