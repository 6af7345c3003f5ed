"""Bytes → text, where no format of its own says how."""

from __future__ import annotations

import codecs
import re

from corpus.errors import CorpusError

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_XML_DECLARED = re.compile(rb"^\s*<\?xml[^>]{0,100}?encoding=[\"']([\w.:-]{1,40})")
# What browsers take these names for (WHATWG Encoding Standard).
_AS_BROWSERS = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030"}
# The encodings that browsers know; Python has others, some of which run what they decode.
_KNOWN = re.compile(
    r"utf-8|utf-16(?:-[lb]e)?|cp(?:125\d|866|874|932|949|950)|iso8859-\d{1,2}|koi8-[ru]"
    r"|gb18030|gbk|big5(?:hkscs)?|euc[_-](?:jp|kr)|shift_jis|iso2022_jp|mac-roman|tis-620"
)


def decoded(content: bytes) -> str:
    """Return plain text. Raises CorpusError if it is not UTF-8, or UTF-16 with its mark."""
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeError:
        raise CorpusError("its text is not in UTF-8; save it with the encoding UTF-8.") from None
    if "\0" in text or "\ufffd" in text:
        raise CorpusError("its text holds characters that were lost; save it again as UTF-8.")
    return text


def decoded_page(content: bytes, declared: str = "") -> str:
    """Return the text of a web page, by its mark, what the server declared, or what it says.

    Raises CorpusError if the bytes are not in that encoding.
    """
    if content.startswith(tuple(mark for mark, _ in _MARKS)):
        return decoded(content)
    said = _DECLARED.search(content[:4096]) or _XML_DECLARED.search(content[:200])
    name = (declared or (said[1].decode("ascii") if said else "utf-8")).lower()
    try:
        encoding = codecs.lookup(_AS_BROWSERS.get(name, name)).name
        if not _KNOWN.fullmatch(encoding):
            raise LookupError(encoding)
        text = content.decode(encoding)
    except (LookupError, UnicodeError, ValueError):
        raise CorpusError(
            f"its text is not in the encoding it names ({name[:40]}); save it as UTF-8."
        ) from None
    return text.replace("\0", "")
