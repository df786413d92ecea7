"""The hash that stands for a text which is not shown. Knows nothing of what the text is."""

_OFFSET = 0xCBF29CE484222325
_PRIME = 0x100000001B3
_MASK = (1 << 64) - 1


def digest(text: str) -> str:
    """FNV-1a, 64 bits, of the text's UTF-8: 16 hexadecimal digits, the same on every machine."""
    value = _OFFSET
    for byte in text.encode("utf-8", "surrogatepass"):
        value = ((value ^ byte) * _PRIME) & _MASK
    return f"{value:016x}"
