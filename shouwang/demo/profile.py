"""The numbers that shape the made-up regiment: its units, families, trades and troubles.

All are design values for a plausible regiment farm of southern Xinjiang, 2018-2020; none is a statistic of a real one.
Costs and rents follow published averages (1 463 yuan/亩 machine-picked cotton, rent 478 yuan/亩). Money is yuan unless a name
says fen; chances are so many in 100 000 (`dice.PER`); quotas are households per chunk of 1 000.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

CHUNK = 1000
#: The day ages are drawn for. The truth is worked out for any as-of date.
REFERENCE = date(2020, 5, 20)

COTTON, DATES, APPLES, PEARS, STOCK, TOWN = range(6)


@dataclass(frozen=True, slots=True)
class Unit:
    """A 连 or 社区: size, what it lives on, and who lives there (Han, Uyghur, Kazakh, Hui)."""

    name: str
    weight: int
    crop: int
    peoples: tuple[int, int, int, int] = (78, 14, 1, 7)
    #: The hail of June 2019 passed over it.
    hail: bool = False


UNITS = (
    *(Unit(f"{n}连", w, COTTON) for n, w in zip("一二三四五", (46, 52, 38, 44, 41), strict=True)),
    Unit("六连", 36, COTTON, hail=True),
    Unit("七连", 43, COTTON, (40, 52, 0, 8)),
    Unit("八连", 34, COTTON, hail=True),
    Unit("九连", 47, COTTON, (82, 10, 0, 8)),
    Unit("十连", 39, COTTON),
    Unit("十一连", 42, DATES),
    Unit("十二连", 37, DATES, (70, 20, 0, 10), hail=True),
    Unit("十三连", 45, COTTON, (12, 85, 0, 3)),
    Unit("十四连", 40, APPLES),
    Unit("十五连", 44, COTTON, (55, 38, 0, 7)),
    Unit("十六连", 33, APPLES, (75, 8, 0, 17)),
    Unit("十七连", 38, COTTON),
    Unit("十八连", 29, PEARS, (60, 33, 0, 7)),
    Unit("园艺一连", 35, PEARS),
    Unit("园艺二连", 31, DATES),
    Unit("牧一连", 22, STOCK, (15, 22, 60, 3)),
    Unit("牧二连", 18, STOCK, (10, 48, 38, 4)),
    Unit("团部社区", 78, TOWN, (80, 12, 1, 7)),
    Unit("幸福社区", 64, TOWN, (66, 25, 2, 7)),
    Unit("胡杨社区", 51, TOWN, (74, 16, 2, 8)),
)


@dataclass(frozen=True, slots=True)
class Family:
    """A shape of household: who is in it and how old its head is."""

    code: str
    weight: int
    head_age: tuple[int, int]
    male_head: int  # in 100
    spouse: bool = True
    children: tuple[int, int] = (0, 0)
    married_child: bool = False
    parents: tuple[int, int] = (0, 0)


FAMILIES = (
    Family("couple_one_child", 215, (28, 50), 80, children=(1, 1)),
    Family("couple_two_children", 175, (31, 50), 82, children=(2, 2)),
    Family("couple_three_children", 40, (34, 50), 85, children=(3, 3)),
    Family("couple_children_gone", 130, (45, 59), 80),
    Family("young_couple", 40, (23, 31), 75),
    Family("three_generations_up", 85, (33, 50), 82, children=(1, 2), parents=(1, 2)),
    Family("three_generations_down", 55, (55, 68), 78, children=(1, 1), married_child=True),
    Family("grown_child_at_home", 65, (50, 62), 78, children=(1, 1)),
    Family("old_couple", 85, (62, 84), 82),
    Family("old_single", 40, (63, 88), 40, spouse=False),
    Family("single", 50, (23, 58), 58, spouse=False),
    Family("single_parent", 30, (30, 50), 38, spouse=False, children=(1, 2)),
)

#: Living here without local registration; older Han families whose numbers were issued inland.
MIGRANT = 9_000
ISSUED_INLAND = 30_000
#: A Uyghur or Kazakh family whose numbers were issued elsewhere in the south or the north.
ISSUED_ELSEWHERE = 25_000

CHRONIC = {50: 16_000, 65: 30_000}  # from this age on, so many in 100 000
SERIOUS = 600
DISABLED = 1_500
WORKING_AGE = (18, 59)
PENSION_AGE = (60, 55)  # men, women
RETIRED_WORKER = 74_000  # draws a worker's pension; the rest draw the residents' one

# Stages after compulsory school, by age at the start of the school year.
GOES_TO_ACADEMIC = 62_000  # 普通高中 rather than 中职
STAYS_AFTER_16 = 93_000
UNIVERSITY = (22_000, 22_000)  # 本科, 高职高专


@dataclass(frozen=True, slots=True)
class Crop:
    """Per 亩: gross value and inputs by harvest year, how they fall on the quarters (in 100), land per worker."""

    name: str
    gross: tuple[int, int, int, int]  # 2017..2020
    inputs: tuple[int, int, int, int]
    income_season: tuple[int, int, int, int, int]  # Q1 Q2 Q3 Q4, and Q1 of the next year (settlement)
    input_season: tuple[int, int, int, int]
    land: tuple[int, int]
    subsidy: int = 0  # 棉花目标价格补贴, paid in the next first quarter
    land_grant: int = 0  # 地力补贴, paid in the second quarter


CROPS = (
    Crop(
        "棉花", (2440, 2420, 2450, 2450), (1470, 1480, 1490, 1500), (0, 0, 0, 82, 18), (6, 58, 36, 0), (19, 40), 240, 16
    ),
    Crop(
        "红枣", (4350, 4300, 4380, 4380), (1750, 1760, 1790, 1800), (0, 0, 0, 86, 14), (8, 47, 35, 10), (9, 19), 0, 12
    ),
    Crop(
        "苹果", (4900, 4950, 5000, 5000), (2050, 2060, 2080, 2100), (0, 0, 24, 66, 10), (10, 45, 35, 10), (8, 17), 0, 12
    ),
    Crop(
        "香梨", (4600, 4650, 4700, 4700), (1900, 1930, 1950, 1960), (0, 0, 68, 32, 0), (10, 50, 30, 10), (8, 18), 0, 12
    ),
    # A head of stock stands for an 亩.
    Crop("养殖", (1720, 1740, 1790, 1800), (760, 770, 790, 800), (18, 24, 16, 42, 0), (34, 16, 14, 36), (14, 34)),
    Crop("无", (0,) * 4, (0,) * 4, (0, 0, 0, 0, 0), (0, 0, 0, 0), (0, 0)),
)
#: Differences between households that stay, and those of one year: sigma of a log-normal spread.
SKILL_SIGMA = 0.13
YEAR_SIGMA = 0.018
RENT_OUT = (380, 520)  # yuan per 亩 and year, first quarter

#: Wages a month, by who earns; growth in 100 by year; chance to earn a wage in a town and in a farming household.
WAGES = {"head": (2600, 5200), "spouse": (2100, 3700), "child": (2300, 4600), "inlaw": (2100, 3600)}
WAGE_GROWTH = (100, 104, 107)  # 2018, 2019, 2020
WAGE_IN_TOWN = {"head": 100_000, "spouse": 62_000, "child": 88_000, "inlaw": 70_000}
WAGE_ON_FARM = {"head": 3_000, "spouse": 17_000, "child": 74_000, "inlaw": 50_000}
#: A household of a farming unit that lives on wages.
WAGE_HOUSEHOLD = 12_000
PICKING = 24_000  # seasonal work in the third and fourth quarter
PICKING_PAY = (900, 5200)
PENSION = {"worker": (2250, 3350), "resident": (140, 230)}  # a month
PENSION_GROWTH = (100, 105, 110)
DIVIDEND = 6_000
SUBSISTENCE = (320, 420)  # 低保 a month and person, where nobody works or draws a worker's pension
#: A mild loss of wages in the first quarter of 2020, in town.
PANDEMIC_TOUCHED = 26_000

#: No household but a planted one lives on less than this a head; those below are put between the two figures.
FLOOR = (8700, 15_000)
