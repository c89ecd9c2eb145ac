"""Taking apart a Thai name as printed: prefix or rank, first name, surname."""

import regex

# Ranks are written short and long.
_PREFIXES = (
    "นาย นาง นางสาว น.ส. นส. "
    "ดร. ผศ. รศ. ศ. ผศ.ดร. รศ.ดร. ศ.ดร. อ. "
    "ว่าที่ร้อยตรี ว่าที่ร้อยโท ว่าที่ร้อยเอก ว่าที่ร้อยตรีหญิง ว่าที่ร.ต. ว่าที่ร.ต.หญิง ว่าที่ร.ท. ว่าที่ร.อ. "
    "สิบตรี สิบโท สิบเอก จ่าสิบตรี จ่าสิบโท จ่าสิบเอก จ่าตรี จ่าโท จ่าเอก พันจ่าตรี พันจ่าโท พันจ่าเอก "
    "ส.ต. ส.ท. ส.อ. จ.ส.ต. จ.ส.ท. จ.ส.อ. จ.ต. จ.ท. จ.อ. พ.จ.ต. พ.จ.ท. พ.จ.อ. พ.อ.อ. พ.อ.ต. พ.อ.ท. "
    "ร้อยตรี ร้อยโท ร้อยเอก พันตรี พันโท พันเอก ร.ต. ร.ท. ร.อ. พ.ต. พ.ท. พ.อ. เรืออากาศตรี เรืออากาศโท เรืออากาศเอก "
    "สิบตำรวจตรี สิบตำรวจโท สิบตำรวจเอก จ่าสิบตำรวจ ดาบตำรวจ ร้อยตำรวจตรี ร้อยตำรวจโท ร้อยตำรวจเอก "
    "ส.ต.ต. ส.ต.ท. ส.ต.อ. จ.ส.ต. ด.ต. ร.ต.ต. ร.ต.ท. ร.ต.อ. พ.ต.ต. พ.ต.ท. พ.ต.อ. "
    "นายแพทย์ แพทย์หญิง นพ. พญ. ทพ. ทพญ. ภก. ภญ. ม.ร.ว. ม.ล. หม่อมราชวงศ์ หม่อมหลวง Mr. Mrs. Ms. Miss Dr."
)
_PREFIX = regex.compile(
    # Longest first: นางสาว begins with นาง. A blank inside a rank does not matter; what follows must begin a syllable, or นายิกา would lose her นาย.
    r"\s*("
    + "|".join(
        r"\s?".join(map(regex.escape, prefix)) for prefix in sorted(_PREFIXES.split(), key=len, reverse=True)
    )
    + r")\s*(?=[ก-ฮเ-ไA-Z])"
)


def split_prefix(text: str) -> tuple[str, str]:
    """(prefix, the rest); an empty prefix when it begins with none that is known."""
    found = _PREFIX.match(text)
    if found is None or text.strip() in _PREFIXES.split():
        return "", text.strip()
    return regex.sub(r"\s+", " ", found.group(1)), text[found.end() :].strip()


def split_name(text: str) -> tuple[str, str, str]:
    """(prefix, first name, surname) of a name as printed; the surname may be empty, and may have several words."""
    prefix, rest = split_prefix(text)
    first, _, last = rest.partition(" ")
    return prefix, first, last.strip()
