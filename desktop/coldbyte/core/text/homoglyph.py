"""Look-alikes: characters of other alphabets that a reader takes for Latin letters, digits or marks."""

from __future__ import annotations

import unicodedata
from functools import cache

# Each word is a Latin character and what looks like it, as the Unicode security data groups them.
_LOOK_ALIKE = """
AАΑᎪꓮ BВΒᏴꓐ CСϹᏟꓚ DᎠꓓ EЕΕᎬꓰ FϜꓝ GԌᏀꓖ HНΗᎻꓧ IІӀΙꓲ JЈͿᎫꓙ KКΚᏦꓗ LԼᏞꓡ MМΜᎷꓟ NΝꓠ OОΟՕꓳ
PРΡᏢꓑ QԚ RᎡᏒꓣ SЅՏᏚꓢ TТΤᎢꓔ UՍꓴ VѴᏙꓦ WԜᎳꓪ XХΧꓫ YУҮΥᎽꓬ ZΖᏃꓜ
aаαɑ bЬьᏏ cсϲᴄ dԁ eеҽ fք gɡցᶃ hһհᏂ iіιıɩᎥ jјϳյ kкκ lӏ nոռη oоοօσᴏ pрρ qԛզ rг sѕꜱ uսυʋᴜ vѵνᴠ wԝաᴡ
xх yуүγᎩ zᴢ 3ЗӠ 4Ꮞ 6б !ǃ *∗⁎٭ ,٫ .ꓸ /⁄∕⧸ :։׃∶꞉ <ᐸ >ᐳ |ǀ∣
"""
_LATIN = {ord(other): word[0] for word in _LOOK_ALIKE.split() for other in word[1:]}
_VARIANTS = ("<font>", "<wide>", "<compat>")  # mathematical, full-width and compatibility letters


def skeleton(chars: str) -> str:
    """The characters with every look-alike replaced by what it looks like, in decomposed form."""
    if chars.isascii():
        return chars
    return "".join(map(_latin, unicodedata.normalize("NFD", chars)))


@cache
def _latin(char: str) -> str:
    code = ord(char)
    if code < 0x80:
        return char
    if code in _LATIN:
        return _LATIN[code]
    if unicodedata.decomposition(char).startswith(_VARIANTS):
        plain = unicodedata.normalize("NFKC", char)
        if len(plain) == 1 and plain.isprintable() and plain != " ":
            return _LATIN.get(ord(plain), plain)
    return char
