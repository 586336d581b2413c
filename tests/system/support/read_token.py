"""Reads a token of the modem with readers that are not Attaché's: Debian's python3-cbor2 and openssl.

  read_token.py TOKEN PUBLIC_KEY_FILE

TOKEN is what %KEYGEN or %ATTESTTOKEN gives between its quotes, PUBLIC_KEY_FILE the PEM of the device identity
key. Prints what stands in the token, all of it but the bytes of keys, signatures and nonces. Ends with an
exception if a byte is left over, anything is not in its shortest form, or a signature or digest is wrong.
"""

import base64
import hashlib
import re
import subprocess
import sys
import tempfile

import cbor2

COSE_SIGN1 = 18
SELF_DESCRIBED = 55799
CERTIFICATE_REQUEST = 9  # 8 is a public key.


def openssl(*arguments, data=b""):
    return subprocess.run(["openssl", *arguments], input=data, check=True, capture_output=True)


def from_base64url(text):
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode() != text:
        raise ValueError("not the shortest base64url")
    return data


def diagnostic(item):
    """The item in diagnostic notation (RFC 8949, 8)."""
    if item is None:
        return "null"
    if isinstance(item, bytes):
        return f"h'{item.hex()}'"
    if isinstance(item, list):
        return "[" + ", ".join(map(diagnostic, item)) + "]"
    if isinstance(item, dict):
        return "{" + ", ".join(f"{diagnostic(k)}: {diagnostic(v)}" for k, v in item.items()) + "}"
    return repr(item)


def from_cbor(data, tag=None):
    """The item under the tag; the data must be nothing but its shortest encoding."""
    item = cbor2.loads(data)
    inner = item.value if isinstance(item, cbor2.CBORTag) else item
    if cbor2.dumps(inner if tag is None else cbor2.CBORTag(tag, inner)) != data:
        raise ValueError(f"not the only encoding of tag {tag}: {data.hex()}")
    return inner


def der_integer(data):
    digits = data.lstrip(b"\0") or b"\0"
    digits = b"\0" + digits if digits[0] & 0x80 else digits
    return bytes([2, len(digits)]) + digits


def verify(message, signature, key_file):
    r, s = der_integer(signature[:32]), der_integer(signature[32:])
    with tempfile.NamedTemporaryFile() as file:
        file.write(bytes([0x30, len(r + s)]) + r + s)
        file.flush()
        openssl("dgst", "-sha256", "-verify", key_file, "-signature", file.name, data=message)


def print_der(der):
    """Depth, type and value of each element, without offsets and lengths, which openssl has checked."""
    for line in openssl("asn1parse", "-inform", "DER", data=der).stdout.decode().splitlines():
        depth, element = re.fullmatch(r" *\d+:d=(\d+) +hl=\d+ +l= *\d+ (?:prim|cons): (.*)", line).groups()
        print(depth, " ".join(element.split()))


def print_identity(data):
    kind, device, device_type, firmware, nonce = from_cbor(data, SELF_DESCRIBED)
    print(f"identity message {kind}, device {device.hex()} of type {device_type}, firmware {firmware.hex()},"
          f" nonce of {len(nonce)}")


def print_key(data, message):
    kind, device, sec_tag, digest, nonce = from_cbor(message, SELF_DESCRIBED)
    print_der(data)
    if kind == CERTIFICATE_REQUEST:
        openssl("req", "-inform", "DER", "-verify", "-noout", data=data)
        print("request signed by its own key")
    else:
        openssl("pkey", "-pubin", "-inform", "DER", "-noout", data=data)
    if digest != hashlib.sha256(data).digest():
        raise ValueError("not the digest of the first half")
    print(f"key message {kind}, device {device.hex()}, sec_tag h'{sec_tag.hex()}' {from_cbor(sec_tag)},"
          f" digest of the first half, nonce of {len(nonce)}")


def main():
    token, key_file = sys.argv[1:]
    first, second = map(from_base64url, token.split("."))
    protected, unprotected, payload, signature = from_cbor(second, COSE_SIGN1)
    if payload is None:
        print_identity(first)
    else:
        print_key(first, payload)
    print("protected", diagnostic(from_cbor(protected)))
    print("unprotected", diagnostic(unprotected))
    print("payload", "detached" if payload is None else "attached")
    message = cbor2.dumps(["Signature1", protected, b"", first if payload is None else payload])
    verify(message, signature, key_file)
    print("signed by the device identity key,", len(signature), "bytes")


if __name__ == "__main__":
    main()
