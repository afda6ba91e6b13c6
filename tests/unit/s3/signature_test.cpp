#include "s3/signature.hpp"

#include "core/text.hpp"
#include "fakes.hpp"
#include "net/digest.hpp"

#include <doctest/doctest.h>

using namespace activitytrack;
using namespace activitytrack::test;

namespace {

// The examples of the S3 API Reference, "Authenticating Requests: Using the Authorization Header" and "Using
// Query Parameters": one bucket, one pair of keys, one moment.
const S3Credentials example("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "");
const std::string place = "https://examplebucket.s3.amazonaws.com";

HttpRequest request(std::string method, const std::string& target, HttpFields fields = {}, std::string body = {}) {
  return {.method = std::move(method),
          .url = parse_url(place + target).value(),
          .fields = std::move(fields),
          .body = std::move(body)};
}

std::string field(const HttpRequest& request, std::string_view name) {
  for (const auto& [key, value] : request.fields) {
    if (key == name) return value;
  }
  return {};
}

/// The signature that a request gets.
std::string signed_by(HttpRequest request) {
  Signer signer;
  signer.sign(request, hex(sha256(request.body)), example, "us-east-1", at("2013-05-24T00:00:00Z"));
  const std::string authorization = field(request, "Authorization");
  return authorization.substr(authorization.rfind('=') + 1);
}

}  // namespace

TEST_CASE("GET of an object, as published") {
  const HttpRequest get = request("GET", "/test.txt", {{"Range", "bytes=0-9"}});
  CHECK(signed_by(get) == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST_CASE("PUT of an object, as published") {
  const HttpRequest put =
      request("PUT", "/" + uri_encode("test$file.text", true),
              {{"Date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
              "Welcome to Amazon S3.");
  CHECK(signed_by(put) == "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
}

TEST_CASE("GET of a bucket's lifecycle, as published") {
  CHECK(signed_by(request("GET", "/?lifecycle")) == "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
}

TEST_CASE("the list of a bucket's objects, as published") {
  const char* expected = "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7";
  CHECK(signed_by(request("GET", "/?max-keys=2&prefix=J")) == expected);
  CHECK(signed_by(request("GET", "/?prefix=J&max-keys=2")) == expected);  // the order does not matter
}

TEST_CASE("a presigned URL, as published") {
  HttpRequest get = request("GET", "/test.txt");
  Signer().presign(get, "UNSIGNED-PAYLOAD", example, "us-east-1", at("2013-05-24T00:00:00Z"), std::chrono::hours(24));
  CHECK(get.url.target ==
        "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
        "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
        "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
        "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
  CHECK(get.fields.empty());
}

TEST_CASE("the fields of a signed request") {
  HttpRequest get = request("GET", "/test.txt");
  Signer().sign(get, hex(sha256("")), S3Credentials("AK", "SK", "to/ken+"), "eu-west-1", at("2024-01-15T10:30:00.9Z"));
  CHECK(field(get, "x-amz-date") == "20240115T103000Z");
  CHECK(field(get, "x-amz-security-token") == "to/ken+");
  CHECK(field(get, "x-amz-content-sha256") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(field(get, "Authorization")
            .starts_with("AWS4-HMAC-SHA256 Credential=AK/20240115/eu-west-1/s3/aws4_request,SignedHeaders=host;"
                         "x-amz-content-sha256;x-amz-date;x-amz-security-token,Signature="));
}

TEST_CASE("a presigned URL carries the token of passing credentials, encoded") {
  HttpRequest put = request("PUT", "/x", {{"Content-Length", "5"}});
  Signer().presign(put, "UNSIGNED-PAYLOAD", S3Credentials("AK", "SK", "to/ken+"), "us-east-1",
                   at("2024-01-15T10:30:00Z"), std::chrono::seconds(60));
  CHECK(put.url.target.find("&X-Amz-Security-Token=to%2Fken%2B&") != std::string::npos);
  CHECK(put.url.target.find("&X-Amz-SignedHeaders=content-length%3Bhost&") != std::string::npos);
}

TEST_CASE("the signing key is of its day, region and secret") {
  Signer signer;
  const auto signature = [&](const S3Credentials& by, const std::string& region, std::string_view when) {
    HttpRequest get = request("GET", "/x");
    signer.sign(get, hex(sha256("")), by, region, at(when));
    HttpRequest anew = request("GET", "/x");
    Signer().sign(anew, hex(sha256("")), by, region, at(when));
    CHECK(field(get, "Authorization") == field(anew, "Authorization"));  // whatever was signed before
  };
  signature(example, "us-east-1", "2024-01-15T10:30:00Z");
  signature(example, "us-east-1", "2024-01-15T23:59:59Z");
  signature(example, "us-east-1", "2024-01-16T00:00:00Z");
  signature(example, "eu-west-1", "2024-01-16T00:00:00Z");
  signature(S3Credentials("AK", "other", ""), "eu-west-1", "2024-01-16T00:00:00Z");
}

TEST_CASE("keys are encoded once, as S3 reads them") {
  CHECK(uri_encode("a b+c/ü~_-.txt", true) == "a%20b%2Bc/%C3%BC~_-.txt");
  CHECK(uri_encode("a/b") == "a%2Fb");
  CHECK(uri_encode("100%25") == "100%2525");
  std::string names;
  const std::string canonical = canonical_request(request("GET", "/a%20b%2B/%C3%BC?x=%2F&b"), "HASH", names);
  CHECK(canonical == "GET\n/a%20b%2B/%C3%BC\nb=&x=%2F\nhost:examplebucket.s3.amazonaws.com\n\nhost\nHASH");
}

TEST_CASE("values of fields lose what proxies may change") {
  std::string names;
  const HttpRequest get = request("GET", "/", {{"X-B", "  a   b\t c "}, {"x-a", "1"}, {"X-A", "2"}});
  CHECK(canonical_request(get, "H", names).find("x-a:1,2\nx-b:a b c\n\nhost;x-a;x-b\n") != std::string::npos);
}

TEST_CASE("hashes in their spellings") {
  CHECK(hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(base64(md5("abc")) == "kAFQmDzST7DWlj99KOF/cg==");
  CHECK(unhex(hex(sha256("abc"))) == sha256("abc"));
  CHECK(unhex("abc").empty());
  CHECK(unhex("zz").empty());
  CHECK(base64("").empty());
}
