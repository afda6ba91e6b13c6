"""The client against a service that checks every signature and body, and fails as S3 can."""

import hashlib
import ssl
import time
import unittest
import urllib.error
import urllib.request

from fake_s3 import PASSING_FAULTS, FakeS3
from s3_support import Tool, random_file
from support import ProgramTest
from tls_support import Authority

MIB = 1 << 20
ODD_KEYS = ["plain", "a b/c d.txt", "plus+and%20percent", "ünïcode/日本.jpg", "a&b=c?d#e", "~!*'()", "x" * 900, "a//b", "trail/"]


class S3Test(ProgramTest):
    def setUp(self):
        super().setUp()
        self.s3 = FakeS3()
        self.addCleanup(self.s3.close)
        self.small = random_file(self.folder, "small", 1000)

    def tool(self, **options):
        return Tool(self, self.s3.url, **options)

    def holds(self, key, file):
        """The whole object is there, was stored once, and nothing is left over."""
        self.assertEqual(self.s3.objects.get(key) == file.read_bytes(), True, f"{key} is not what was sent")
        self.assertEqual(self.s3.stored[key], 1)
        self.assertEqual(self.s3.uploads, {})


class Objects(S3Test):
    def test_what_is_put_is_there_whatever_its_name(self):
        tool = self.tool(PREFIX="some prefix+é")
        for key in ODD_KEYS:
            self.assertEqual(tool.ask("put", key, self.small), "ok", key)
            self.holds("some prefix+é/" + key, self.small)
            self.assertEqual(tool.ask("head", key), "1000")
            self.assertEqual(tool.ask("get", key, self.folder / "back"), "ok")
            self.assertEqual((self.folder / "back").read_bytes(), self.small.read_bytes())
        self.assertEqual(tool.keys(), [(key, 1000) for key in sorted(ODD_KEYS, key=str.encode)])

    def test_fields_travel_with_the_object(self):
        self.assertEqual(self.tool(SSE="AES256").ask("put", "k", self.small), "ok")
        sent = self.s3.headers["k"]
        self.assertEqual(sent.header("content-type"), "application/x-test")
        self.assertEqual(sent.header("x-amz-meta-note"), "a  b")
        self.assertEqual(sent.header("x-amz-server-side-encryption"), "AES256")
        self.assertTrue(sent.header("content-md5"))

    def test_missing_objects(self):
        tool = self.tool()
        self.assertEqual(tool.ask("head", "none"), "none")
        self.assertTrue(tool.ask("get", "none", self.folder / "x").startswith("error not_found "))
        self.assertEqual(tool.ask("remove", "none"), "ok")
        self.assertEqual(tool.keys(), [])

    def test_removing(self):
        tool = self.tool()
        tool.ask("put", "k", self.small)
        self.assertEqual(tool.ask("remove", "k"), "ok")
        self.assertEqual(self.s3.objects, {})

    def test_lists_of_several_pages(self):
        self.s3.page_size = 3
        self.s3.objects = {f"p/{i:02} é+": bytes(i) for i in range(10)} | {"other": b"", "p2/x": b""}
        tool = self.tool(PREFIX="p")
        expected = [(f"{i:02} é+", i) for i in range(10)]
        self.assertEqual(tool.keys(), expected)
        self.assertEqual(tool.keys("", "04 é+"), expected[5:])
        self.assertEqual(tool.keys("07"), expected[7:8])

    def test_the_buckets_name_in_the_host(self):
        # Names below s3.test lead nowhere; the fake takes the place of a proxy.
        tool = Tool(self, "http://s3.test", env={"http_proxy": self.s3.url})
        self.assertEqual(tool.ask("put", "a b", self.small), "ok")
        self.holds("a b", self.small)
        self.assertEqual(tool.keys(), [("a b", 1000)])


class Uploads(S3Test):
    def test_sizes_around_the_parts(self):
        tool = self.tool()
        for size, requests in ((0, ["PUT"]), (8 * MIB, ["PUT"]), (8 * MIB + 1, ["POST", "PUT", "PUT", "POST"])):
            self.s3.reset()
            file = random_file(self.folder, "file", size)
            self.assertEqual(tool.ask("put", "k", file), "ok")
            self.holds("k", file)
            self.assertEqual([method for method, _ in self.s3.requests], requests)

    def test_a_connection_cut_at_each_tenth(self):
        tool = self.tool()
        for size in (1 * MIB, 20 * MIB):
            file = random_file(self.folder, "file", size)
            for tenth in range(1, 11):
                self.s3.reset(cut_at=max(1, size * tenth // 10))
                self.assertEqual(tool.ask("put", "k", file), "ok", f"{size} bytes, cut at {tenth}/10")
                self.assertIsNone(self.s3.cut_at, "was not cut")
                self.holds("k", file)

    def test_each_passing_fault_at_each_request(self):
        tool = self.tool()
        file = random_file(self.folder, "file", 8 * MIB + 1)
        for fault in PASSING_FAULTS:
            for number in range(4):
                self.s3.reset(faults={number: fault})
                self.assertEqual(tool.ask("put", "k", file), "ok", f"{fault} at request {number}")
                self.assertEqual(self.s3.objects["k"] == file.read_bytes(), True)
                self.assertEqual(self.s3.stored["k"], 1)
                # Whose answer was lost cannot be known of: the bucket's lifecycle is for that.
                left = 1 if (fault, number) == ("lose_answer", 0) else 0
                self.assertEqual(len(self.s3.uploads), left)

    def test_an_error_inside_a_200(self):
        tool = self.tool()
        file = random_file(self.folder, "file", 8 * MIB + 1)
        self.s3.reset(faults={3: "error_in_200", 4: "error_in_200"})
        self.assertEqual(tool.ask("put", "k", file), "ok")
        self.holds("k", file)
        self.assertEqual(len(self.s3.requests), 6)

    def test_refused_in_the_middle(self):
        tool = self.tool()
        file = random_file(self.folder, "file", 20 * MIB)
        self.s3.reset(faults={2: "forbidden"})
        answer = tool.ask("put", "k", file)
        self.assertTrue(answer.startswith("error unauthorized "), answer)
        self.assertIn("403 AccessDenied", answer)
        self.assertEqual(self.s3.objects, {})
        self.assertEqual(self.s3.uploads, {}, "not aborted")
        self.s3.reset()
        self.assertEqual(tool.ask("put", "k", file), "ok")
        self.holds("k", file)

    def test_a_service_that_stays_down(self):
        tool = self.tool(KEEP_TRYING_MS="600")
        self.s3.reset(faults=dict.fromkeys(range(1000), "slow_down"))
        answer = tool.ask("put", "k", self.small)
        self.assertTrue(answer.startswith("error unavailable "), answer)
        self.assertIn("503 SlowDown", answer)
        self.assertGreater(len(self.s3.requests), 3)
        self.s3.reset()
        self.assertEqual(tool.ask("put", "k", self.small), "ok")


class Trust(S3Test):
    def test_a_wrong_secret(self):
        answer = self.tool(SECRET_KEY="wrong").ask("put", "k", self.small)
        self.assertTrue(answer.startswith("error unauthorized "), answer)
        self.assertIn("SignatureDoesNotMatch", answer)
        self.assertEqual(len(self.s3.requests), 1)

    def test_a_clock_that_is_off(self):
        for hours, command in ((2, ("put", "k", self.small)), (-30, ("head", "none"))):
            self.s3.clock_offset = hours * 3600
            self.s3.reset()
            tool = self.tool()
            self.assertNotIn("error", tool.ask(*command))
            self.assertEqual(len(self.s3.requests), 2)
            self.assertEqual(tool.ask("put", "k2", self.small), "ok")
            self.assertEqual(len(self.s3.requests), 3, "the offset is not remembered")
            self.assertIn("clock is off", tool.log())

    def test_a_bucket_in_another_region(self):
        self.s3.region = "eu-central-1"
        for redirects in (False, True):
            self.s3.redirects = redirects
            for command in (("put", "k", self.small), ("head", "none")):
                self.s3.reset()
                tool = self.tool()
                self.assertNotIn("error", tool.ask(*command))
                self.assertEqual(tool.ask("put", "k2", self.small), "ok")
                self.assertEqual(len(self.s3.requests), 3)
                self.assertIn("eu-central-1", tool.log())

    def test_tls_to_whom_the_authority_says_it_is(self):
        authority = Authority(self.folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*authority.issue("s3", 1))
        secure = FakeS3(tls=context)
        self.addCleanup(secure.close)
        file = random_file(self.folder, "file", 9 * MIB)
        tool = Tool(self, secure.url, CA_FILE=str(authority.certificate))
        self.assertEqual(tool.ask("put", "k", file), "ok")
        self.assertEqual(secure.objects["k"] == file.read_bytes(), True)
        secure.reset(cut_at=5 * MIB)
        self.assertEqual(tool.ask("put", "k", file), "ok")
        self.assertEqual(secure.stored, {"k": 1})
        secure.reset()
        answer = Tool(self, secure.url).ask("put", "k", self.small)
        self.assertTrue(answer.startswith("error untrusted "), answer)
        self.assertEqual(secure.requests, [])

    def test_nothing_secret_is_logged(self):
        tool = self.tool()
        self.s3.reset(faults={0: "internal", 1: "forbidden"})
        tool.ask("put", "k", self.small)
        tool.ask("presign", "k", 1, "0" * 64)
        self.assertIn("asked again", tool.log())
        for secret in ("s3cr3t", "Signature", "AKFAKE"):
            self.assertNotIn(secret, tool.log())


class Credentials(S3Test):
    def role_tool(self, **env):
        return self.tool(ACCESS_KEY="", SECRET_KEY="", env={"AWS_EC2_METADATA_DISABLED": "false", **env})

    def ways(self):
        token = self.folder / "token"
        token.write_text("token")
        yield {"AWS_EC2_METADATA_SERVICE_ENDPOINT": self.s3.url}
        yield {"AWS_CONTAINER_CREDENTIALS_FULL_URI": self.s3.url + "/container"}
        yield {"AWS_WEB_IDENTITY_TOKEN_FILE": str(token), "AWS_ROLE_ARN": "arn:aws:iam::1:role/x",
               "AWS_ENDPOINT_URL_STS": self.s3.url + "/sts/"}

    def test_credentials_that_a_service_gives_are_renewed_when_they_expire(self):
        for way in self.ways():
            self.s3.reset()
            before = self.s3.issued
            tool = self.role_tool(**way)
            self.assertEqual(tool.ask("put", "k", self.small), "ok")
            self.assertEqual(tool.ask("put", "k2", self.small), "ok")
            self.assertEqual(self.s3.issued - before, 1, "not kept")
            name = f"AKROLE{self.s3.issued}"
            self.s3.keys[name] = (*self.s3.keys[name][:2], time.time() - 1)  # sooner than they said
            self.assertEqual(tool.ask("put", "k3", self.small), "ok")
            self.assertEqual(self.s3.issued - before, 2)
            self.holds("k3", self.small)

    def test_a_role_of_which_a_url_is_signed(self):
        tool = self.role_tool(AWS_EC2_METADATA_SERVICE_ENDPOINT=self.s3.url)
        state, url, *_ = tool.ask("presign", "k", 1, hashlib.sha256(b"x").hexdigest()).split("\t")
        self.assertEqual(state, "ok")
        headers = {"x-amz-content-sha256": hashlib.sha256(b"x").hexdigest(), "Content-Type": "x/y"}
        with urllib.request.urlopen(urllib.request.Request(url, data=b"x", method="PUT", headers=headers)):
            self.assertEqual(self.s3.objects, {"k": b"x"})

    def test_expired_ones_that_cannot_be_renewed(self):
        self.s3.keys["AKFAKE"] = ("s3cr3t+/key", "", time.time() - 1)
        answer = self.tool().ask("put", "k", self.small)
        self.assertTrue(answer.startswith("error unauthorized "), answer)
        self.assertIn("ExpiredToken", answer)
        self.assertEqual(len(self.s3.requests), 1)


class Presigned(S3Test):
    def presign(self, tool, key, body):
        state, url, *fields = tool.ask("presign", key, len(body), hashlib.sha256(body).hexdigest()).split("\t")
        self.assertEqual(state, "ok")
        return url, dict(field.split(": ", 1) for field in fields)

    def upload(self, url, fields, body):
        request = urllib.request.Request(url, data=body, method="PUT", headers={"Content-Type": "x/y", **fields})
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    def test_exactly_that_body_is_taken(self):
        body = b"sealed bytes"
        for options in ({}, {"PRESIGN_SIZE_ONLY": "1"}):
            self.s3.reset()
            url, fields = self.presign(self.tool(SSE="AES256", **options), "a b+ü", body)
            self.assertIn("SignedHeaders=content-length%3Bhost", url)  # not every service looks at the hash
            for wrong in (b"other bytes!", body + b"x", body[:-1], b""):
                self.assertIn(self.upload(url, fields, wrong), (400, 403), wrong)
            self.assertIn(self.upload(url.replace("a%20b", "a%20c"), fields, body), (400, 403))
            self.assertIn(self.upload(url, {}, body), (400, 403))
            self.assertEqual(self.s3.objects, {})
            self.assertEqual(self.upload(url, fields, body), 200)
            self.assertEqual(self.s3.objects, {"a b+ü": body})
            self.assertEqual(self.s3.headers["a b+ü"].header("x-amz-server-side-encryption"), "AES256")

    def test_not_for_ever(self):
        url, fields = self.presign(self.tool(), "k", b"x")
        self.s3.clock_offset = 601
        self.assertEqual(self.upload(url, fields, b"x"), 403)
        self.s3.clock_offset = 590
        self.assertEqual(self.upload(url, fields, b"x"), 200)


if __name__ == "__main__":
    unittest.main()
