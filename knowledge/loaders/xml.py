"""Office XML by local names: the transitional and the strict namespaces are read alike."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree
from lxml.etree import _Element

from knowledge.errors import SourceError

_NO_MEMORY = (None, etree.ErrorTypes.ERR_OK, etree.ErrorTypes.ERR_NO_MEMORY)


def parse_xml(data: bytes, name: str) -> _Element:
    """The root of an XML part, with no entity resolved and nothing fetched.

    Raises:
        SourceError: the part is not well-formed.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        # The parser tells that it found no room in no other way.
        if error.code in _NO_MEMORY:
            raise MemoryError from error
        raise SourceError(
            f"{name}: expected a whole document, got damaged content ({error}); fetch it again"
        ) from error
    # Office writes none, and what it declares would be missing from the text.
    if root.getroottree().docinfo.internalDTD is not None:
        raise SourceError(
            f"{name}: expected a document of Office, got one that declares entities of its own; save it anew"
        )
    return root


def local(element: _Element) -> str:
    """The name of an element without its namespace; empty for comments and processing instructions."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def children(element: _Element | None, name: str) -> Iterator[_Element]:
    """The children of that local name; none of None."""
    return (found for found in (() if element is None else element) if local(found) == name)


def child(element: _Element | None, name: str) -> _Element | None:
    """The first child of that local name."""
    return next(children(element, name), None)


def attribute(element: _Element | None, name: str) -> str:
    """The attribute of that local name; empty where there is none."""
    if element is None:
        return ""
    return next((str(value) for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name), "")
