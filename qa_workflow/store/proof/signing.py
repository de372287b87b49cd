"""Checkpoints signed with an Ed25519 key, so that whoever is handed one can tell where it came from.

The key is kept in a file (PEM) outside the database; to check, its public half is enough. To make both:
`openssl genpkey -algorithm ed25519 -out checkpoint.key`, `openssl pkey -in checkpoint.key -pubout -out checkpoint.pub`.
"""

from __future__ import annotations

import base64
import binascii
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from qa_workflow.errors import IntegrityFault, UsageFault
from qa_workflow.service.files import content_of
from qa_workflow.store.proof.checkpoints import parse

KEY = "QA_WORKFLOW_CHECKPOINT_KEY"
_LINE = "signature: "


class NotSigned(IntegrityFault):
    """A checkpoint without a signature, or with one that is not of this key."""

    code = "not_signed"


def signed(text: str, key: Path) -> str:
    """The checkpoint's text with a line that signs it.

    Raises:
        UsageFault: the file holds no private Ed25519 key.
    """
    found = _key(key)
    if not isinstance(found, Ed25519PrivateKey):
        raise UsageFault(f"{key} holds a public key only, which cannot sign; name the private key")
    body = parse(text).text()
    return f"{body}{_LINE}{base64.b64encode(found.sign(body.encode())).decode()}\n"


def check(text: str, key: Path) -> None:
    """Whether a checkpoint was signed with this key.

    Args:
        key: the private key, or its public half.

    Raises:
        NotSigned: it was not, or its text is not the one that was signed.
        UsageFault: the file holds no Ed25519 key.
    """
    found = _key(key)
    public = found.public_key() if isinstance(found, Ed25519PrivateKey) else found
    line = next((line for line in map(str.strip, text.splitlines()) if line.startswith(_LINE)), None)
    if line is None:
        raise NotSigned(f"the checkpoint is not signed, and {key} says that it should be; use one that is")
    try:
        public.verify(base64.b64decode(line.removeprefix(_LINE), validate=True), parse(text).text().encode())
    except (InvalidSignature, binascii.Error) as fault:
        raise NotSigned(
            f"the checkpoint's signature is not of the key in {key}: the text was changed, or another key signed it"
        ) from fault


def _key(file: Path) -> Ed25519PrivateKey | Ed25519PublicKey:
    data = content_of(file)
    for read in (lambda: load_pem_private_key(data, None), lambda: load_pem_public_key(data)):
        try:
            found = read()
        except (ValueError, TypeError, UnsupportedAlgorithm):
            continue
        if isinstance(found, Ed25519PrivateKey | Ed25519PublicKey):
            return found
    raise UsageFault(f"{file} holds no Ed25519 key without a passphrase, in PEM; make one with openssl genpkey")
