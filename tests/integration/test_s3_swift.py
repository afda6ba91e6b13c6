"""The client against a real service that is strict about signatures: OpenStack Swift."""

import hashlib
import unittest
import urllib.error
import urllib.request

from s3_support import Swift, Tool, random_file
from support import ProgramTest
from test_s3 import MIB, ODD_KEYS


class AgainstSwift(ProgramTest):
    def setUp(self):
        super().setUp()
        self.swift = Swift(self)
        self.swift.make_bucket("bucket")

    def tool(self, **options):
        return Tool(self, self.swift.url, **{"ACCESS_KEY": self.swift.access_key, "SECRET_KEY": self.swift.secret_key,
                                             **options})

    def comes_back(self, tool, key, file):
        self.assertEqual(tool.ask("put", key, file), "ok", key)
        self.assertEqual(tool.ask("head", key), str(file.stat().st_size))
        self.assertEqual(tool.ask("get", key, self.folder / "back"), "ok")
        self.assertEqual((self.folder / "back").read_bytes() == file.read_bytes(), True, key)

    def test_objects(self):
        tool = self.tool(PREFIX="prefix é")
        self.assertEqual(tool.ask("head", "none"), "none")
        self.assertEqual(tool.keys(), [])
        file = random_file(self.folder, "file", 1000)
        for key in ODD_KEYS:
            self.comes_back(tool, key, file)
        self.comes_back(tool, "in parts", random_file(self.folder, "big", 20 * MIB))
        in_order = sorted([*ODD_KEYS, "in parts"], key=str.encode)
        self.assertEqual([key for key, _ in tool.keys()], in_order)
        self.assertEqual([key for key, _ in tool.keys("", in_order[3])], in_order[4:])
        self.assertEqual(tool.keys("a b/"), [("a b/c d.txt", 1000)])
        self.assertEqual(tool.ask("remove", "plain"), "ok")
        self.assertEqual(tool.ask("remove", "plain"), "ok")
        self.assertEqual(tool.ask("head", "plain"), "none")

    def test_what_it_refuses(self):
        file = random_file(self.folder, "file", 10)
        self.assertIn("SignatureDoesNotMatch", self.tool(SECRET_KEY="wrong").ask("put", "k", file))
        self.assertIn("NoSuchBucket", self.tool(BUCKET="missing").ask("put", "k", file))
        # It names the region that it is in.
        self.assertEqual(self.tool(REGION="eu-west-1").ask("put", "k", file), "ok")

    def test_presigned_uploads(self):
        body = b"sealed bytes"
        tool = self.tool(PRESIGN_SIZE_ONLY="1")  # it knows no hash of the body in a presigned URL
        answer = tool.ask("presign", "a b+ü", len(body), hashlib.sha256(body).hexdigest())
        state, url, *fields = answer.split("\t")
        self.assertEqual(state, "ok")
        headers = {"Content-Type": "x/y", **dict(field.split(": ", 1) for field in fields)}
        with self.assertRaises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(urllib.request.Request(url, data=body + b"x", method="PUT", headers=headers))
        self.assertEqual(refused.exception.code, 403)
        refused.exception.close()
        with urllib.request.urlopen(urllib.request.Request(url, data=body, method="PUT", headers=headers)) as taken:
            self.assertEqual(taken.status, 200)
        self.assertEqual(tool.keys(), [("a b+ü", len(body))])


if __name__ == "__main__":
    unittest.main()
