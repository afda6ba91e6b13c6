#include "s3/s3_client.hpp"

#include "fakes.hpp"
#include "print_error.hpp"
#include "s3/exchange.hpp"
#include "scripted_server.hpp"

#include <doctest/doctest.h>

#include <future>
#include <thread>

using namespace activitytrack;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

S3Options options(const ScriptedServer& server) {
  return {.bucket = "bucket",
          .endpoint = server.url(),
          .access_key = "AKID",
          .secret_key = "SEKRET",
          .session_token = "T0KEN"};
}

const S3Limits quick{.first_wait = 1ms, .longest_wait = 5ms, .keep_trying = 500ms};

std::unique_ptr<S3Client> client(const S3Options& with, Log& log = null_log(), const S3Limits& limits = quick) {
  return S3Client::make(with, system_clock(), log, limits).value();
}

S3Failure failure(const std::string& code, int status) {
  HttpResponse response;
  response.status = status;
  response.body = code.empty() ? "" : "<Error><Code>" + code + "</Code></Error>";
  return failure_of(response, "PUT", {});
}

}  // namespace

TEST_CASE("options that cannot be used are refused without a request") {
  for (const S3Options& bad : {S3Options{.bucket = "b b"}, S3Options{.bucket = "bucket", .sse = "rot13"},
                               S3Options{.bucket = "bucket", .sse = "AES256", .sse_kms_key = "k"},
                               S3Options{.bucket = "bucket", .ca_file = "/no/such.pem"}}) {
    CHECK(S3Client::make(bad, system_clock()).has_error());
  }
}

TEST_CASE("keys that S3 does not know are refused without a request") {
  ScriptedServer server({[](Peer&) {}});
  const auto s3 = client(options(server));
  CHECK(s3->get("", 10).error().code == ErrorCode::invalid_input);
  CHECK(s3->put(std::string(1025, 'x'), s3_body(""), {}).error().code == ErrorCode::invalid_input);
  CHECK(s3->presign_put("k", 1, "no hash", {}, 60s).error().code == ErrorCode::invalid_input);
  CHECK(server.connections() == 0);
}

TEST_CASE("slashes around the prefix make no empty folder") {
  ScriptedServer server({[](Peer&) {}});
  S3Options with = options(server);
  with.prefix = "/a/b//";
  const std::string url = client(with)->presign_put("k", 1, std::string(64, '0'), {}, 60s).value().url;
  CHECK(url.starts_with(server.url("/bucket/a/b/k?")));
}

TEST_CASE("what is presigned for Amazon is held to its hash by a checksum too") {
  const auto s3 = client({.bucket = "bucket", .access_key = "AK", .secret_key = "SK"});
  const std::string hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  const PresignedPut put = s3->presign_put("k", 3, hash, {{"Content-Type", "image/jpeg"}}, 60s).value();
  CHECK(put.url.starts_with("https://bucket.s3.us-east-1.amazonaws.com/k?"));
  CHECK(put.url.find("&X-Amz-SignedHeaders=content-length%3Bcontent-type%3Bhost%3Bx-amz-checksum-sha256"
                     "%3Bx-amz-content-sha256&") != std::string::npos);
  CHECK(put.fields == HttpFields{{"Content-Type", "image/jpeg"},
                                 {"x-amz-content-sha256", hash},
                                 {"x-amz-checksum-sha256", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="}});
  const Time now = system_clock().now();
  CHECK(put.expires > now);
  CHECK(put.expires <= now + 60s);
  CHECK(s3->presign_put("k", 3, hash, {}, std::chrono::hours(10000)).value().url.find("X-Amz-Expires=604800&") !=
        std::string::npos);
}

TEST_CASE("an answer larger than was asked for is refused") {
  ScriptedServer server({always(http_answer(std::string(1000, 'x')))});
  CHECK(client(options(server))->get("k", 999).has_error());
  CHECK(client(options(server))->get("k", 1000).value().size() == 1000);
}

TEST_CASE("a piece of an object is what was asked for, or an error") {
  std::string asked;
  ScriptedServer server({[&](Peer& peer) {
    asked = peer.read_request();
    peer.write(http_answer("cde", "206 Partial Content"));
    peer.read_request();
    peer.write(http_answer("cd", "206 Partial Content"));
    peer.read_request();
    peer.write(http_answer("abc"));  // all of it, from a service that knows no pieces
  }});
  const auto s3 = client(options(server));
  CHECK(s3->get("k", 2, 3).value() == "cde");
  CHECK(asked.find("\r\nRange: bytes=2-4\r\n") != std::string::npos);
  CHECK(s3->get("k", 2, 3).has_error());
  CHECK(s3->get("k", 2, 3).has_error());
}

TEST_CASE("a small request has a time limit of its own") {
  ScriptedServer server({[](Peer& peer) {
    peer.read_request();
    peer.wait_for_close();
  }});
  const auto s3 = client(options(server), null_log(), {.keep_trying = 1ms, .small_request = 50ms});
  CHECK(s3->head("k").error().code == ErrorCode::timeout);
  CHECK(s3->remove("k").error().code == ErrorCode::timeout);
}

TEST_CASE("nothing secret is in an error or in the log") {
  const std::string answer =
      http_answer("<Error><Code>AccessDenied</Code><Message>no SEKRET T0KEN</Message></Error>", "403 Forbidden");
  ScriptedServer server({always(answer)});
  MemoryLog log;
  const auto failed = client(options(server), log)->put("k", s3_body("x"), {});
  REQUIRE(failed.has_error());
  CHECK(failed.error().code == ErrorCode::unauthorized);
  CHECK(failed.error().message.find("403 AccessDenied") != std::string::npos);
  for (const char* secret : {"SEKRET", "T0KEN", "Signature="}) {
    CHECK(failed.error().message.find(secret) == std::string::npos);
    CHECK(log.count(secret) == 0);
  }
}

TEST_CASE("cancel ends a wait and all that follows, at once") {
  std::promise<void> asked;
  ScriptedServer server({[&](Peer& peer) {
    peer.read_request();
    peer.write(http_answer("", "503 Slow Down", "Retry-After: 3000\r\n"));
    asked.set_value();
    peer.wait_for_close();
  }});
  const auto s3 = client(options(server), null_log(), {.keep_trying = std::chrono::hours(2)});
  auto put = std::async(std::launch::async, [&] { return s3->put("k", s3_body("x"), {}); });
  asked.get_future().wait();
  s3->cancel();
  CHECK(put.get().error().code == ErrorCode::unavailable);
  CHECK(s3->get("k", 10).error().code == ErrorCode::unavailable);
}

TEST_CASE("a service that stays down is an error in the end") {
  ScriptedServer server({always(http_answer("<Error><Code>SlowDown</Code></Error>", "503 Slow Down"))});
  const auto failed = client(options(server))->put("k", s3_body("x"), {});
  REQUIRE(failed.has_error());
  CHECK(failed.error().code == ErrorCode::unavailable);
  CHECK(failed.error().message.find("503 SlowDown") != std::string::npos);
}

TEST_CASE("a body that shrinks meanwhile is not sent") {
  ScriptedServer server({[](Peer&) {}});
  const S3Body body{10, [](std::int64_t, std::size_t) { return Result<std::string>("short"); }};
  CHECK(client(options(server))->put("k", body, {}).error().code == ErrorCode::io);
  CHECK(server.connections() == 0);
}

TEST_CASE("what an answer means") {
  const auto code = [](const std::string& word, int status) { return failure(word, status).error.code; };
  CHECK(code("InternalError", 500) == ErrorCode::unavailable);
  CHECK(code("", 502) == ErrorCode::unavailable);
  CHECK(code("SlowDown", 503) == ErrorCode::unavailable);
  CHECK(code("", 429) == ErrorCode::unavailable);
  CHECK(code("RequestTimeout", 400) == ErrorCode::unavailable);
  CHECK(code("BadDigest", 400) == ErrorCode::unavailable);
  CHECK(code("InvalidRequest", 400) == ErrorCode::invalid_input);
  CHECK(code("EntityTooLarge", 400) == ErrorCode::invalid_input);
  CHECK(code("AccessDenied", 403) == ErrorCode::unauthorized);
  CHECK(code("ExpiredToken", 400) == ErrorCode::unauthorized);
  CHECK(code("NoSuchKey", 404) == ErrorCode::not_found);
  CHECK(code("NoSuchBucket", 404) == ErrorCode::invalid_input);
  CHECK(code("NotImplemented", 501) == ErrorCode::unsupported);
}

TEST_CASE("a service that lists other than it was asked to does no harm") {
  const auto page = [](std::string_view keys, std::string_view token) {
    std::string xml = "<ListBucketResult>";
    while (!keys.empty()) {
      const auto key = keys.substr(0, keys.find(' '));
      xml += "<Contents><Key>" + std::string(key) + "</Key><Size>1</Size></Contents>";
      keys.remove_prefix(std::min(keys.size(), key.size() + 1));
    }
    return [xml = xml + "<IsTruncated>true</IsTruncated><NextContinuationToken>" + std::string(token) +
                  "</NextContinuationToken></ListBucketResult>"](Peer& peer) {
      peer.read_request();
      peer.write(http_answer(xml, "200 OK", "Connection: close\r\n"));
    };
  };
  ScriptedServer server({page("p/a p/events p/events/ p/events/a p/events/b", "1"), page("p/events/c q p/z", "2"),
                         page("p/events/d", "1")});
  S3Options with = options(server);
  with.prefix = "p";
  std::vector<std::string> keys;
  const auto listed = client(with)->list("events/", "events/a", [&](const S3Object& object) -> Result<void> {
    keys.push_back(object.key);
    return {};
  });
  REQUIRE(listed.has_error());
  CHECK(listed.error().message.find("begins anew") != std::string::npos);
  CHECK(keys == std::vector<std::string>{"events/b", "events/c", "events/d"});
}
