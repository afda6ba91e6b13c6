#include "s3/address.hpp"

#include "print_error.hpp"

#include <doctest/doctest.h>

using namespace activitytrack;

namespace {

/// The URL of a key, or what is wrong with the options.
std::string url_of(const S3Options& options, const std::string& key = "a b") {
  const Result<S3Address> address = S3Address::make(options);
  if (!address) return address.error().message;
  const Url found = address->url(key, "");
  return found.origin() + found.target;
}

}  // namespace

TEST_CASE("Amazon's own") {
  CHECK(url_of({.bucket = "bucket"}) == "https://bucket.s3.us-east-1.amazonaws.com/a%20b");
  CHECK(url_of({.bucket = "bucket", .region = "eu-west-1"}) == "https://bucket.s3.eu-west-1.amazonaws.com/a%20b");
  CHECK(url_of({.bucket = "bucket", .region = "cn-north-1"}) == "https://bucket.s3.cn-north-1.amazonaws.com.cn/a%20b");
  CHECK(url_of({.bucket = "bucket", .path_style = true}) == "https://s3.us-east-1.amazonaws.com/bucket/a%20b");
}

TEST_CASE("path style where nothing else works") {
  CHECK(url_of({.bucket = "my.bucket"}) == "https://s3.us-east-1.amazonaws.com/my.bucket/a%20b");
  CHECK(url_of({.bucket = "Bucket_1"}) == "https://s3.us-east-1.amazonaws.com/Bucket_1/a%20b");
  CHECK(url_of({.bucket = "my.bucket", .endpoint = "http://s3.example"}) == "http://my.bucket.s3.example/a%20b");
  CHECK(url_of({.bucket = "bucket", .endpoint = "http://10.0.0.1:9000"}) == "http://10.0.0.1:9000/bucket/a%20b");
  CHECK(url_of({.bucket = "bucket", .endpoint = "https://[::1]:9000/"}) == "https://[::1]:9000/bucket/a%20b");
  CHECK(url_of({.bucket = "bucket", .endpoint = "http://minio:9000"}) == "http://minio:9000/bucket/a%20b");
  CHECK(url_of({.bucket = "bucket", .endpoint = "https://s3.example"}) == "https://bucket.s3.example/a%20b");
}

TEST_CASE("the bucket itself, and a query") {
  const S3Address path = S3Address::make({.bucket = "bucket", .endpoint = "http://127.0.0.1:1"}).value();
  CHECK(path.url("", "list-type=2").target == "/bucket?list-type=2");
  const S3Address host = S3Address::make({.bucket = "bucket"}).value();
  CHECK(host.url("", "list-type=2").target == "/?list-type=2");
}

TEST_CASE("another region is another host of Amazon's, and the same of others") {
  S3Address aws = S3Address::make({.bucket = "bucket"}).value();
  aws.set_region("eu-west-3");
  CHECK(aws.url("", "").host == "bucket.s3.eu-west-3.amazonaws.com");
  S3Address other = S3Address::make({.bucket = "bucket", .endpoint = "https://s3.example"}).value();
  other.set_region("eu-west-3");
  CHECK(other.url("", "").host == "bucket.s3.example");
  CHECK(other.region() == "eu-west-3");
}

TEST_CASE("what cannot work is refused, by the setting's name") {
  CHECK(url_of({}).starts_with("s3.bucket"));
  CHECK(url_of({.bucket = "a/b"}).starts_with("s3.bucket"));
  CHECK(url_of({.bucket = ".."}).starts_with("s3.bucket"));
  CHECK(url_of({.bucket = "bucket", .prefix = std::string(600, 'x')}).starts_with("s3.prefix"));
  CHECK(url_of({.bucket = "bucket", .region = "a/b"}).starts_with("s3.region"));
  CHECK(url_of({.bucket = "bucket", .endpoint = "minio:9000"}).starts_with("s3.endpoint"));
  CHECK(url_of({.bucket = "bucket", .endpoint = "https://host/path"}).starts_with("s3.endpoint"));
  const std::string with_password = url_of({.bucket = "bucket", .endpoint = "https://me:hunter2@host"});
  CHECK(with_password.starts_with("s3.endpoint"));
  CHECK(with_password.find("hunter2") == std::string::npos);
}
