"""The procedure of 2021: democratic review and public notice at 连 level. Rules and figures are those of 七团办法."""

#: Texts, figures and rules are those of this policy where this one says nothing else (`policy.lineage`).
BASED_ON = "qituan_2020"
