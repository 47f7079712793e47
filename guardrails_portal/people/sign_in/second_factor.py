"""Second factors as they are stored: encrypted, since their secrets cannot be hashed."""

import base64
import hashlib

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


class SecondFactorAdapter(DefaultMFAAdapter):
    """A copy of the database alone makes nobody's one-time codes."""

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Reads what was written under SECRET_KEY, or under one of SECRET_KEY_FALLBACKS."""
        return _cipher().decrypt(encrypted_text.encode()).decode()


def _cipher() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    # SECRET_KEY is long and random, so one round of a hash under a name of its own will do.
    digest = hashlib.blake2b(key.encode(), digest_size=32, person=b"second-factor").digest()
    return base64.urlsafe_b64encode(digest)
