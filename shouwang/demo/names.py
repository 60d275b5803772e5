"""What people are called: names composed from parts, never taken from a person.

Han and Hui: surname and given name. Uyghur and Kazakh: given name, `·` (U+00B7), father's given name.
"""

from __future__ import annotations

HAN_SURNAMES = tuple(
    "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金"
)
#: The first surnames are common, the last ones rare: about what a register shows.
HAN_SURNAME_WEIGHTS = tuple(max(70 - 2 * rank, 6) for rank in range(len(HAN_SURNAMES)))
HUI_SURNAMES = tuple("马白丁金沙海杨李王兰穆拜锁哈")
HUI_SURNAME_WEIGHTS = (60, 14, 8, 6, 6, 5, 8, 8, 7, 4, 6, 3, 2, 3)

MALE_FIRST = tuple(
    "建志国文明永德海荣光玉新学金宏庆春少家俊天宝云世立振兴长庭思子浩宇泽鸿博晓大正维继承仁义利"
    "远存培树景元恩善宗先启凯向"
)
MALE_SECOND = tuple(
    "军强平华明伟勇刚林峰杰涛斌辉鹏飞龙生民山忠东兵亮成福贵财祥和毅江河波洋松柏岩磊鑫超凡轩然宁安康胜利全才达昌旺良"
)
FEMALE_FIRST = tuple(
    "秀玉桂春晓雪丽淑红小美凤金兰翠素艳海文慧雅佳思梦雨欣婉若诗子静月彩爱惠莲香巧银瑞冬秋云新书可乐清亚元如诚意清珍"
)
FEMALE_SECOND = tuple(
    "英兰芳梅霞娟燕玲琴萍莉红珍花敏静丽娜洁婷颖琳瑶怡萱涵彤妍雯蓉薇芬莲凤香荣云珠翠玉月琼菊蕊晴岚宁苹娥婵菲盈霏钰"
)


def _compose(stems: str, endings: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(stem + ending for ending in endings for stem in stems.split())


UYGHUR_MALE = _compose(
    "买买提 艾力 吐尔逊 艾合买提 玉素甫 依明 阿布都热合曼 库尔班 热合曼 托合提 艾山 肉孜 卡德尔 阿吉 麦麦提 斯迪克 "
    "尼亚孜 亚森 吾斯曼 阿不力孜 塔依尔 牙生 艾尼瓦尔 帕尔哈提 迪力夏提 居来提 木塔里甫 阿迪力 努尔买买提 喀迪尔 "
    "萨迪尔 赛买提 伊敏 哈力克 阿卜杜拉 达吾提 胡达拜地 吐尼亚孜 乃买提 依布拉音",
    ("", "江", "阿洪"),
)
UYGHUR_FEMALE = _compose(
    "阿依古丽 古丽巴哈尔 帕提古丽 热孜万古丽 祖丽皮亚 吐尔逊古丽 米日古丽 再娜普 阿米娜 茹克亚 海丽且木 布海丽倩 "
    "阿曼古丽 热依拉 玛依拉 迪丽娜尔 图尔荪阿依 阿孜古丽 努尔比亚 萨尼亚 古丽仙 阿瓦古丽 哈丽丹 麦尔耶姆 伊帕尔 "
    "帕丽达 古丽加玛丽 排孜丽亚 姑丽娜 阿提古 齐曼古丽 巴哈古丽 早热古丽 艾孜再 布威海丽 尼沙古丽",
    ("", "汗", "木"),
)
KAZAKH_MALE = _compose(
    "叶尔兰 哈力克 巴合提 努尔兰 赛力克 别克 阿依丁 胡安 木拉提 叶尔波 卡哈尔曼 达吾列 沙吾列 吐尔干 阿斯哈尔 "
    "热斯 加尔恒 托留 哈那提 革命 塔布斯 阿合买提",
    ("", "别克", "汗"),
)
KAZAKH_FEMALE = _compose(
    "阿依努尔 古丽娜孜 沙吾列 玛尔江 加娜提 阿勒腾 巴合提古丽 努尔古丽 叶尔克 库丽孜亚 萨吾列 阿克西 吾木提 "
    "哈丽玛 娜孜依 赛娜 阿依达 古丽扎",
    ("", "古丽", "汗"),
)

HAN, UYGHUR, KAZAKH, HUI = range(4)
DOT = "·"
