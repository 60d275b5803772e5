"""Why a document was not made, in words, with what to do about it."""

from __future__ import annotations

from typing import ClassVar

from shouwang.units.errors import ShouwangError


class DocumentError(ShouwangError):
    """A document was not made."""

    status: ClassVar[int] = 422


class NoSuchPaper(DocumentError):
    code = "DOC-01"
    what = "{where}没有“{kind}”这份文书。"
    do = "请在文书列表里选择。"


class PaperNotYet(DocumentError):
    code = "DOC-02"
    what = "“{title}”还不能生成：{waiting}。"
    do = "请先办完那一步。"


class BasisChanged(DocumentError):
    code = "DOC-03"
    what = "个案{case}确认所依据的资料与确认当时不符，“{title}”没有生成。"
    why = "确认以后有人改动了记录，照此出具的文书不可信。"
    do = "请立即报告安全管理员和审计人员，不要对外提供。"


class FontsMissing(DocumentError):
    code = "DOC-04"
    what = "这台服务器没有中文字体，没有生成 PDF。"
    do = "请执行 sudo apt-get install -y fonts-noto-cjk，或把仿宋、小标宋的字体文件放进 {folder}；也可以先下载 docx。"


class TemplateBroken(DocumentError):
    code = "DOC-05"
    what = "本单位自定的模板 {file} 不能使用，没有生成文书：{reason}。"
    do = "请在 WPS 或 Word 里改正这个文件；移走它，就改用系统自带的版式。"


class NoProofForNumbers(DocumentError):
    code = "DOC-06"
    what = "“{title}”不提供完整身份证号的版本。"
    why = "只有申请书和备案材料需要完整的身份证号。"
