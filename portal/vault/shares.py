"""The keys in three shares on paper, any two of which bring them back (Shamir, 1979). Pure.

Each byte of the secret is the value at 0 of a random straight line over GF(2^8); share n holds the values at n. One
share alone tells nothing but the length. A checksum travels inside the secret, one of each line beside it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.core.errors import Invalid
from portal.core.messages import _m
from portal.vault.keys import SECRET_BYTES, Keys, WrapKey

SHARES = 3
NEEDED = 2
VERSION = 1
CHECK_BYTES = 8
LINE_BYTES = 15
DAY_BYTES = 4

HEAD = re.compile(r"KISSOS-VAULT-SHARE set=([0-9a-f]{8}) share=([1-3]) need=2")
LINE = re.compile(r"\s*(\d{1,3}):\s*([A-Z2-7 ]+?)\s*/\s*([A-Z2-7]{2})\s*")
MISREAD = str.maketrans("018", "OIB")  # figures that base32 does not have

WORDS = """\
Díl {number} ze {shares} klíče trezoru kódů. Klíč obnoví kterékoli dva díly, jeden sám neprozradí nic.
Vytiskněte ho, uložte do zapečetěné obálky odděleně od ostatních dílů i od záloh a soubor smažte.
Kdo má dva díly a databázi trezoru, může zkoušet, kdo v ní je. Díly platí pro klíče ze dne {day};
po každém „portal vault rotate“ je vytvořte znovu a staré zničte.

Share {number} of {shares} of the key of the vault of codes. Any two bring the key back, one alone tells nothing.
Print it, seal it in an envelope kept apart from the other shares and from all backups, and delete the file.
Whoever has two shares and the vault's database can try who is in it. The shares hold the keys of {day};
after each “portal vault rotate” make them anew and destroy the old ones.
"""


@dataclass(frozen=True, repr=False)
class Share:
    set_id: str  # the same for shares that belong together
    number: int  # 1 to 3
    values: bytes


def multiply(a: int, b: int) -> int:
    """Product in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a = a << 1 ^ (0x11B if a & 0x80 else 0)
        b >>= 1
    return product


def inverse(a: int) -> int:
    """a^254, since a^255 = 1. Raises ZeroDivisionError for 0."""
    if a == 0:
        raise ZeroDivisionError
    power = 1
    for _ in range(254):
        power = multiply(power, a)
    return power


def split(secret: bytes) -> list[Share]:
    """Three shares of the secret."""
    whole = secret + hashlib.sha256(secret).digest()[:CHECK_BYTES]
    slopes = secrets.token_bytes(len(whole))
    set_id = secrets.token_hex(4)
    return [
        Share(
            set_id,
            number,
            bytes(value ^ multiply(slope, number) for value, slope in zip(whole, slopes, strict=True)),
        )
        for number in range(1, SHARES + 1)
    ]


def join(shares: Sequence[Share]) -> bytes:
    """The secret of two different shares of one set. Raises Invalid."""
    if len(shares) < NEEDED or len({share.number for share in shares}) < len(shares):
        raise Invalid(_m("Two different shares are needed."))
    one, two = shares[:NEEDED]
    if one.set_id != two.set_id or len(one.values) != len(two.values):
        raise Invalid(_m("The shares do not belong together: they were made at different times."))
    divisor = inverse(one.number ^ two.number)
    # The line through both at 0: (y1 * x2 + y2 * x1) / (x1 + x2); minus is plus here.
    whole = bytes(
        multiply(multiply(a, two.number) ^ multiply(b, one.number), divisor)
        for a, b in zip(one.values, two.values, strict=True)
    )
    secret, check = whole[:-CHECK_BYTES], whole[-CHECK_BYTES:]
    if not hmac.compare_digest(hashlib.sha256(secret).digest()[:CHECK_BYTES], check):
        raise Invalid(_m("The shares do not give a key. Check them against the paper."))
    return secret


def pack(keys: Keys) -> bytes:
    """All keys and their days, as short as may be: people may have to type them."""
    parts = [bytes([VERSION]), _day(keys.made_on), keys.oprf, bytes([len(keys.wraps)])]
    for key in keys.wraps:
        parts += [_day(key.made_on), key.secret]
    return b"".join(parts)


def unpack(packed: bytes) -> Keys:
    """Raises Invalid for shares of another version."""
    step = DAY_BYTES + SECRET_BYTES
    wraps = [packed[at : at + step] for at in range(1 + step + 1, len(packed), step)]
    if packed[:1] != bytes([VERSION]) or len(packed) != 2 + step * (1 + packed[1 + step]):
        raise Invalid(_m("The shares were made by another version of the portal."))
    return Keys(
        packed[1 + DAY_BYTES : 1 + step],
        _read_day(packed[1 : 1 + DAY_BYTES]),
        tuple(WrapKey(part[DAY_BYTES:], _read_day(part[:DAY_BYTES])) for part in wraps),
    )


def write_share(share: Share, day: date) -> str:
    """The text to print."""
    written = f"{day.day}. {day.month}. {day.year}"
    lines = [
        WORDS.format(number=share.number, shares=SHARES, day=written),
        f"KISSOS-VAULT-SHARE set={share.set_id} share={share.number} need={NEEDED}",
    ]
    for line, start in enumerate(range(0, len(share.values), LINE_BYTES), start=1):
        part = share.values[start : start + LINE_BYTES]
        text = base64.b32encode(part).decode().rstrip("=")
        groups = " ".join(text[at : at + 4] for at in range(0, len(text), 4))
        lines.append(f"{line:3}: {groups} / {_line_check(share, line, part)}")
    return "\n".join(lines) + "\n"


def read_share(text: str) -> Share:
    """Reads a text of ``write_share``, also typed by hand. Raises Invalid that names the faulty line."""
    head = HEAD.search(text)
    if not head:
        raise Invalid(_m("This is no share of the key: the line KISSOS-VAULT-SHARE is missing."))
    share = Share(head[1], int(head[2]), b"")
    values = b""
    rows = [row for row in text[head.end() :].splitlines() if row.strip()]
    for line, row in enumerate(rows, start=1):
        number, _, rest = row.partition(":")
        found = LINE.fullmatch(f"{number}:{rest.upper().translate(MISREAD)}")
        part = _decoded(found[2]) if found else None
        if found is None or part is None or int(found[1]) != line or _line_check(share, line, part) != found[3]:
            raise Invalid(_m("Line %(line)s of share %(number)s is mistyped.", line=line, number=share.number))
        values += part
    return Share(share.set_id, share.number, values)


def _decoded(groups: str) -> bytes | None:
    text = groups.replace(" ", "")
    try:
        return base64.b32decode(text + "=" * (-len(text) % 8))
    except ValueError:
        return None


def _line_check(share: Share, line: int, part: bytes) -> str:
    hashed = hashlib.sha256(f"{share.set_id}/{share.number}/{line}/".encode() + part).digest()
    return base64.b32encode(hashed).decode()[:2]


def _day(day: date) -> bytes:
    return day.toordinal().to_bytes(DAY_BYTES, "big")


def _read_day(stored: bytes) -> date:
    return date.fromordinal(int.from_bytes(stored, "big"))
