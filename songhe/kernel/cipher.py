"""What stands encrypted in the database: ID numbers, bank accounts, answers about people.

``key`` is 64 hex digits and lies outside the database; one key is derived from it for every purpose.
"""

from __future__ import annotations

import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

#: Written in front of whatever is sealed, so that a later key can stand beside this one.
KEY_ID = 1

_NONCE_BYTES = 12


class Unreadable(RuntimeError):
    """What was sealed does not open: another key, another row, or changed bytes. A fault of ours, no refusal."""


def seal(text: str, *, key: str, purpose: str, about: bytes) -> bytes:
    """The text under AES-256-GCM, bound to the row it is ``about``: copied to another row it does not open."""
    nonce = os.urandom(_NONCE_BYTES)
    return bytes([KEY_ID]) + nonce + _sealer(key, purpose).encrypt(nonce, text.encode(), about)


def unseal(sealed: bytes | memoryview, *, key: str, purpose: str, about: bytes) -> str:
    """What ``seal`` was given for the same purpose and row. Raises ``Unreadable``."""
    whole = bytes(sealed)
    if not whole or whole[0] != KEY_ID:
        raise Unreadable(f"sealed under key {whole[0] if whole else None}, and the key at hand is {KEY_ID}")
    nonce, rest = whole[1 : 1 + _NONCE_BYTES], whole[1 + _NONCE_BYTES :]
    try:
        return _sealer(key, purpose).decrypt(nonce, rest, about).decode()
    except InvalidTag:
        raise Unreadable(f"{purpose}: the bytes do not belong to this row or this key") from None


def keyed_hash(text: str, *, key: str, purpose: str) -> str:
    """HMAC-SHA256 in 64 hex digits: equal texts are found again, and nobody without the key can try texts out."""
    return hmac.digest(_key(key, purpose), text.encode(), "sha256").hex()


@lru_cache(maxsize=16)
def _sealer(master: str, purpose: str) -> AESGCM:
    return AESGCM(_key(master, purpose))


@lru_cache(maxsize=16)
def _key(master: str, purpose: str) -> bytes:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"songhe {purpose} {KEY_ID}".encode())
    return derive.derive(bytes.fromhex(master))
