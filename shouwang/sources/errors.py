"""Why can a package not be used? Every answer ends the run with exit status 2 and writes nothing (contract 1).

Each class says what is wrong and where, why that matters, and what to do. Rows that are refused one by one are not
here: they are `EarlyReject`s and do not stop the others.
"""

from __future__ import annotations

from shouwang.units.errors import ShouwangError


class SourceError(ShouwangError):
    """A package or file that cannot be used."""

    code = "SRC-00"


class PackageNotFound(SourceError):
    """数据包不存在"""

    code = "SRC-01"
    what = "找不到数据包 {path}。"
    do = "请核对路径和名称；数据包是一个文件夹，或由它压缩成的 .zip 文件。"


class NotAPackage(SourceError):
    """既不是文件夹，也不是 zip"""

    code = "SRC-02"
    what = "{path} 不是数据包：{problem}。"
    do = "请把各表放在一个文件夹里，交这个文件夹，或把它压缩成 .zip 再交。"


class TableMissing(SourceError):
    """缺必需的表"""

    code = "SRC-03"
    what = "数据包 {package} 里缺少：{tables}。"
    why = "户、人员、收支台账三张表缺一张都无法筛查。"
    do = "请补上（文件名须为英文表名，格式 csv、xlsx 或 parquet）。包里现有：{present}。"


class TableTwice(SourceError):
    """同一张表有两份"""

    code = "SRC-04"
    what = "“{title}”表在数据包里有不止一份：{files}。"
    why = "无法判断以哪一份为准，两份都读会重复计算。"
    do = "请只保留一份。"


class ColumnMissing(SourceError):
    """缺必需的列"""

    code = "SRC-05"
    what = "{file} 第{row}行的表头缺少必需的列：{columns}。"
    why = "这些列每一行都要用到，缺了整张表无法使用。"
    do = "请补上这些列；{hint}。"


class ColumnTwice(SourceError):
    """同一列出现两次"""

    code = "SRC-06"
    what = "{file} 的表头里，{headers} 是同一列“{title}”（{column}）。"
    why = "无法判断以哪一列为准。"
    do = "请只保留一列。"


class HeaderNotFound(SourceError):
    """找不到表头"""

    code = "SRC-07"
    what = "{file} 的前{rows}行里找不到表头。"
    why = "没有表头就不知道每一列是什么。"
    do = "表头须在同一行，至少包括：{columns}（中文或英文列名都可以）。"


class HeaderSpread(SourceError):
    """表头分成两行"""

    code = "SRC-08"
    what = "{file} 的表头分成了第{first}行和第{second}行两层。"
    why = "两层表头无法可靠地对应到列。"
    do = "请取消合并单元格，把列名写在同一行：{columns}。"


class WrongFormat(SourceError):
    """文件名与内容不符"""

    code = "SRC-09"
    what = "{file} 不是它的扩展名所说的格式：{problem}。"
    why = "按错误的格式读，会读出错误的内容。"
    do = "{advice}。"


class UnsupportedFormat(SourceError):
    """格式不支持"""

    code = "SRC-10"
    what = "{file} 的格式不支持。"
    why = "“{title}”表只有这一份，不读就等于没有这张表。"
    do = "请用表格软件打开，另存为 xlsx（Excel 工作簿），或另存为 csv（UTF-8）。"


class Unsafe(SourceError):
    """超出安全限度的文件"""

    code = "SRC-11"
    what = "{file} 没有打开：{problem}。"
    why = "这样的文件可能损坏，也可能会耗尽本机的内存，所以在读取之前就拒绝。"
    do = "{advice}。"


class EncodingUnknown(SourceError):
    """编码无法确定"""

    code = "SRC-12"
    what = "{file} 的文字编码无法确定：{problem}。"
    why = "猜错编码会把姓名和类别读成别的字。"
    do = "请用表格软件打开，另存为“CSV UTF-8”或 xlsx。"


class EncodingMixed(SourceError):
    """一个文件里混有两种编码"""

    code = "SRC-13"
    what = "{file} 混用了两种文字编码：第{row}行{problem}。"
    why = "多半是把两个文件接在了一起；照一种编码读，另一部分会变成乱码而不报错。"
    do = "请分别打开原来的文件，在表格软件里合并后另存为“CSV UTF-8”。"


class BrokenQuotes(SourceError):
    """引号不配对"""

    code = "SRC-14"
    what = "{file} 从第{row}行开始的一条记录，双引号没有配对，或配对以后还有别的字。"
    why = "引号之后的各行会被当成同一个单元格，不能再分出行来。"
    do = '请检查该行的英文双引号：成对使用；单元格内容里的双引号要写成两个（""）。'


class LineTooLong(SourceError):
    """一行过长"""

    code = "SRC-15"
    what = "{file} 第{row}行超过 {limit} 个字符。"
    why = "正常的一行只有几百个字符；多半是换行丢失，或不是表格文件。"
    do = "请用表格软件打开核对，另存为“CSV UTF-8”或 xlsx。"


class NestedColumn(SourceError):
    """Parquet 列是嵌套类型"""

    code = "SRC-16"
    what = "{file} 的列“{column}”是嵌套类型（{type}）。"
    why = "每一格只能是一个值。"
    do = "请在导出时把它展开为普通列。"


class ReaderDied(SourceError):
    """读取进程被终止"""

    code = "SRC-17"
    what = "{file} 没有读完：{problem}。"
    why = "读取在受限的进程里进行，文件损坏或过大时只终止该进程，不影响其他工作。"
    do = "请用表格软件打开核对后另存为 xlsx；数据量很大时请改用 csv 或 parquet。"


class SeveralSheets(SourceError):
    """不止一个工作表像这张表"""

    code = "SRC-18"
    what = "{file} 有不止一个工作表带有“{title}”的表头：{sheets}。"
    why = "无法判断以哪一个为准。"
    do = "请把要用的工作表命名为“{title}”或 {table}，或只保留一个。"


class OutsideLink(SourceError):
    """指向文件夹以外的链接"""

    code = "SRC-19"
    what = "数据包里的 {file} {problem}。"
    why = "数据包只能包含自己的文件，否则会读到不该读的内容。"
    do = "请换成文件本身。"


class UnreadableFile(SourceError):
    """文件打不开"""

    code = "SRC-20"
    what = "{file} 无法读取（{problem}）。"
    do = "请核对文件没有被其他程序占用，并且当前用户有读取权限。"
