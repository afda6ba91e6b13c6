"""docs/sealed-files.md is true: a reader and a writer that know it alone, on libsodium, get on with ours."""

import base64
import ctypes
import ctypes.util
import hashlib
import os
import subprocess
import unittest
from pathlib import Path

from support import ProgramTest, program

ROOT = Path(__file__).resolve().parents[2]
VECTORS = ROOT / "tests/unit/seal/vectors"
PRIVATE, MACHINE = bytes(range(32)), bytes(range(32, 64))
TEXT = b"The quick brown fox jumps over the lazy dog"
CONTENTS = {"empty": b"", "text": TEXT, "two-chunks": bytes((7 * i + i // 256) % 256 for i in range(65537)),
            "machine": TEXT}

LIBRARY = ctypes.util.find_library("sodium") or "libsodium.so.23"
try:
    sodium = ctypes.CDLL(LIBRARY)
except OSError:
    sodium = None


def long(number):
    return ctypes.c_ulonglong(number)


def blake2b(data):
    return hashlib.blake2b(data, digest_size=32).digest()


def public_of(private):
    public = ctypes.create_string_buffer(32)
    sodium.crypto_scalarmult_base(public, private)
    return public.raw


def written(prefix, key):
    return prefix + base64.urlsafe_b64encode(key + blake2b(prefix.encode() + key)[:4]).decode().rstrip("=")


def file_key(data, key):
    """The file's key and the length of what stands before the chunks."""
    assert data[:9] == b"\x89ATSEAL\n\x01"
    opened = ctypes.create_string_buffer(32)
    if data[9] == 1:
        assert data[10:18] == blake2b(b"atpub_" + public_of(key))[:8]
        assert sodium.crypto_box_seal_open(opened, data[18:98], long(80), public_of(key), key) == 0
        return opened.raw, 122
    assert data[9] == 2
    assert data[10:18] == blake2b(b"activitytrack machine key" + key)[:8]
    assert sodium.crypto_secretbox_open_easy(opened, data[42:90], long(48), data[18:42], key) == 0
    return opened.raw, 114


def open_file(data, key):
    content_key, begin = file_key(data, key)
    state = ctypes.create_string_buffer(sodium.crypto_secretstream_xchacha20poly1305_statebytes())
    sodium.crypto_secretstream_xchacha20poly1305_init_pull(state, data[begin - 24:begin], content_key)
    content, more = b"", data[:begin]
    for at in range(begin, len(data), 65553):
        chunk = data[at:at + 65553]
        plain, tag = ctypes.create_string_buffer(65536), ctypes.c_ubyte()
        assert sodium.crypto_secretstream_xchacha20poly1305_pull(
            state, plain, None, ctypes.byref(tag), chunk, long(len(chunk)), more, long(len(more))) == 0
        assert tag.value == (3 if at + len(chunk) == len(data) else 0)
        content, more = content + plain.raw[:len(chunk) - 17], b""
    return content


def seal_file(content, public):
    content_key = os.urandom(32)
    sealed_key, begin = ctypes.create_string_buffer(80), ctypes.create_string_buffer(24)
    sodium.crypto_box_seal(sealed_key, content_key, long(32), public)
    state = ctypes.create_string_buffer(sodium.crypto_secretstream_xchacha20poly1305_statebytes())
    sodium.crypto_secretstream_xchacha20poly1305_init_push(state, begin, content_key)
    header = b"\x89ATSEAL\n\x01\x01" + blake2b(b"atpub_" + public)[:8] + sealed_key.raw + begin.raw
    data, more = header, header
    pieces = [content[i:i + 65536] for i in range(0, len(content), 65536)] or [b""]
    for number, piece in enumerate(pieces, 1):
        chunk = ctypes.create_string_buffer(len(piece) + 17)
        sodium.crypto_secretstream_xchacha20poly1305_push(
            state, chunk, None, piece, long(len(piece)), more, long(len(more)), 3 if number == len(pieces) else 0)
        data, more = data + chunk.raw, b""
    return data


@unittest.skipUnless(sodium, "libsodium's shared library is not installed")
class SealedFiles(ProgramTest):
    def setUp(self):
        super().setUp()
        sodium.sodium_init()
        self.key = self.folder / "own.key"
        self.key.write_text("# of the tests\n" + written("atkey_", PRIVATE) + "\n")

    def report(self, *arguments, **options):
        return subprocess.run([program("report"), *map(str, arguments)], env=self.environment(), capture_output=True,
                              timeout=60, **options)

    def open_by_program(self, *files):
        return self.report("open", *files, "--key", self.key, "--output", self.folder / "opened")

    def opened(self, name):
        return (self.folder / "opened" / name).read_bytes()

    def sealed(self, name, data):
        path = self.folder / f"{name}.sealed"
        path.write_bytes(data)
        return path

    def test_the_vectors_open_by_the_document_alone(self):
        for name, content in CONTENTS.items():
            data = (VECTORS / f"{name}.sealed").read_bytes()
            self.assertEqual(open_file(data, MACHINE if name == "machine" else PRIVATE), content, name)

    def test_the_document_shows_the_vectors(self):
        shown = (ROOT / "docs/sealed-files.md").read_text()
        for name in CONTENTS:
            key, _ = file_key((VECTORS / f"{name}.sealed").read_bytes(), MACHINE if name == "machine" else PRIVATE)
            self.assertIn(key.hex(), shown, name)
        self.assertIn((VECTORS / "text.sealed").read_bytes().hex(), shown.replace("\n", ""))
        self.assertIn(written("atkey_", PRIVATE), shown)
        self.assertIn(written("atpub_", public_of(PRIVATE)), shown)

    def test_the_program_opens_the_vectors(self):
        names = [name for name in CONTENTS if name != "machine"]
        ended = self.open_by_program(*(VECTORS / f"{name}.sealed" for name in names))
        self.assertEqual((ended.returncode, ended.stderr), (0, b""))
        for name in names:
            self.assertEqual(self.opened(name), CONTENTS[name])

    def test_the_program_opens_what_others_sealed_by_the_document(self):
        for length in (0, 1, 65536, 200_000):
            content = os.urandom(length)
            ended = self.open_by_program(self.sealed("picture.jpg", seal_file(content, public_of(PRIVATE))))
            self.assertEqual((ended.returncode, ended.stderr), (0, b""))
            self.assertEqual(self.opened("picture.jpg"), content)

    def test_a_new_key_opens_what_is_sealed_for_its_public_one(self):
        made = self.report("keygen", "--output", self.folder / "new.key", text=True)
        self.assertEqual((made.returncode, made.stderr), (0, ""))
        self.assertEqual((self.folder / "new.key").stat().st_mode & 0o777, 0o600)
        text = made.stdout.split("public_key: ")[1].strip()
        public = base64.urlsafe_b64decode(text.removeprefix("atpub_"))[:32]
        self.assertEqual(text, written("atpub_", public))
        file = self.sealed("x", seal_file(TEXT, public))
        self.assertEqual(self.report("open", file, "--key", self.folder / "new.key", "--output", "-").stdout, TEXT)

    def test_a_key_is_made_in_its_usual_place_and_never_written_over(self):
        usual = self.folder / ".config/activity-tracker/screenshots.key"
        self.assertEqual(self.report("keygen").returncode, 0)
        before = usual.read_bytes()
        again = self.report("keygen", text=True)
        self.assertEqual(again.returncode, 1)
        self.assertIn(str(usual), again.stderr)
        self.assertEqual(usual.read_bytes(), before)
        self.assertEqual([p.name for p in usual.parent.iterdir()], [usual.name])

    def test_what_does_not_open_leaves_nothing_and_does_not_stop_the_rest(self):
        good = seal_file(b"x" * 100_000, public_of(PRIVATE))
        files = [self.sealed("cut", good[:-1]), self.sealed("changed", good[:-9] + bytes([good[-9] ^ 1]) + good[-8:]),
                 self.sealed("longer", good + b"x"), self.sealed("plain", b"\xff\xd8\xff"), self.folder / "none.sealed",
                 self.sealed("other", seal_file(TEXT, public_of(MACHINE))), self.sealed("good", good)]
        ended = self.open_by_program(*files)
        self.assertEqual(ended.returncode, 1)
        lines = ended.stderr.decode().splitlines()
        self.assertEqual(len(lines), 6, lines)
        for file, line in zip(files, lines):
            self.assertIn(str(file), line)
        self.assertIn("sealed for another key", lines[5])
        self.assertEqual([p.name for p in (self.folder / "opened").iterdir()], ["good"])
        self.assertEqual(self.opened("good"), b"x" * 100_000)

    def test_standard_input_and_output(self):
        sealed = (VECTORS / "two-chunks.sealed").read_bytes()
        ended = self.report("open", "-", "--key", self.key, input=sealed)
        self.assertEqual((ended.returncode, ended.stdout), (0, CONTENTS["two-chunks"]))
        self.assertEqual(self.report("open", "-", "--key", self.key, input=sealed[:-1]).returncode, 1)
        ended = self.report("open", "-", "--key", self.key, "--output", self.folder / "x", input=sealed)
        self.assertEqual((ended.returncode, ended.stdout), (1, b""))

    def test_beside_the_sealed_file(self):
        self.sealed("a.jpg", seal_file(TEXT, public_of(PRIVATE)))
        ended = self.report("open", self.folder / "a.jpg.sealed", "--key", self.key, text=True)
        self.assertEqual((ended.returncode, ended.stdout),
                         (0, f"{self.folder}/a.jpg.sealed is opened to {self.folder}/a.jpg\n"))
        self.assertEqual((self.folder / "a.jpg").read_bytes(), TEXT)
        self.assertEqual((self.folder / "a.jpg").stat().st_mode & 0o777, 0o600)
        (self.folder / "nameless").write_bytes(seal_file(TEXT, public_of(PRIVATE)))
        nameless = self.report("open", self.folder / "nameless", "--key", self.key, text=True)
        self.assertEqual(nameless.returncode, 1)
        self.assertIn("--output", nameless.stderr)


if __name__ == "__main__":
    unittest.main()
