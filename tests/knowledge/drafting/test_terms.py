import pytest

from knowledge.drafting.terms import find_local_level
from knowledge.drafting.vocabulary import folded


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("本项所称地方标准，仅指省级地方标准。", "provincial_local"),
        ("地方标准限于省市场监管部门发布的地方标准。", "provincial_local"),
        ("本条中的“地方标准”专指自治区级标准化行政主管部门批准发布的标准，市级除外。", "provincial_local"),
        ("地方标准不包括设区的市地方标准，也不含指导性文件。", "provincial_local"),
        ("地方标准，指由市市场监督管理局批准发布的标准。", "municipal_local"),
        ("地方标准是指省级和市级地方标准。", None),
        ("地方标准是指设区的市以上标准化主管部门发布的标准。", None),
        ("制定地方标准为省级的，奖励8万元；市级的，奖励5万元。", None),
        ("地方标准限省内企业牵头。", None),
        ("地方标准指省级地方标准。\n第九条 地方标准指市级地方标准。", None),
    ],
)
def test_whose_the_local_standards_are_is_read_where_the_document_says_it_of_one_level(
    text: str, level: str | None
) -> None:
    assert find_local_level(folded(text)) == level
