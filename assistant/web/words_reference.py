"""The labels of the API's reference page. What the addresses do is said in the OpenAPI document, in English."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ReferenceWords:
    """The labels of one language."""

    title: str
    lede: str
    document: str
    contents: str
    needs_key: str
    key_optional: str
    open_to_all: str
    parameters: str
    body: str
    example: str
    answer: str
    refusals: str
    name: str
    type: str
    meaning: str
    required: str
    status: str
    code: str
    shapes: str
    stream: str


ZH = ReferenceWords(
    title="接口说明",
    lede="程序调用用的接口。说明文字与接口文档一致，为英文。",
    document="OpenAPI 文档（JSON）",
    contents="目录",
    needs_key="需要登录或有“{scope}”权限的 API 密钥",
    key_optional="不需要密钥；密钥的权限名为“{scope}”",
    open_to_all="不需要密钥",
    parameters="参数",
    body="请求内容",
    example="例子",
    answer="回答",
    refusals="不能回答时",
    name="名称",
    type="类型",
    meaning="含义",
    required="必填",
    status="状态码",
    code="代码",
    shapes="数据结构",
    stream="流式",
)

EN = ReferenceWords(
    title="API reference",
    lede="For programs. Made from the OpenAPI document of this server.",
    document="OpenAPI document (JSON)",
    contents="Contents",
    needs_key="Needs signing in, or an API key with the scope “{scope}”",
    key_optional="Needs no key; the scope of a key is “{scope}”",
    open_to_all="Needs no key",
    parameters="Parameters",
    body="Request",
    example="Example",
    answer="Answer",
    refusals="Where there is no answer",
    name="Name",
    type="Type",
    meaning="Meaning",
    required="required",
    status="Status",
    code="Code",
    shapes="Shapes",
    stream="Streamed",
)


def reference_words(language: str) -> ReferenceWords:
    """The labels of a language code; Chinese unless it is `en`."""
    return EN if language == "en" else ZH
