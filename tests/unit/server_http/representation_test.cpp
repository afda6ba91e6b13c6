#include "server/http/response_format.hpp"

#include <doctest/doctest.h>

#include "net/compress.hpp"
#include "server/http/message.hpp"

#include <algorithm>

using namespace activitytrack;
using namespace activitytrack::server;

namespace {

std::string header(const Response& response, std::string_view name) {
  const auto found =
      std::ranges::find(response.headers, name, [](const auto& field) { return std::string_view(field.first); });
  return found == response.headers.end() ? "" : found->second;
}

const std::string long_body = "{\"a\":\"" + std::string(5000, 'x') + "\"}";

Response answer(const Request& request, const std::string& body = long_body) {
  Response response{.body = body};
  choose_representation(request, response);
  return response;
}

Request get(std::string accept_encoding = "", std::string if_none_match = "") {
  return {.method = "GET", .accept_encoding = std::move(accept_encoding), .if_none_match = std::move(if_none_match)};
}

}  // namespace

TEST_CASE("an ETag is the body's, in each coding its own") {
  const auto plain = header(answer(get()), "ETag"), packed = header(answer(get("gzip")), "ETag");
  CHECK(plain.starts_with('"'));
  CHECK(plain.ends_with('"'));
  CHECK(plain == header(answer(get()), "ETag"));
  CHECK(plain != header(answer(get(), long_body + " "), "ETag"));
  CHECK(plain != packed);
  CHECK(packed != header(answer(get("zstd")), "ETag"));
  CHECK(header(answer(get()), "Cache-Control") == "private, no-cache");
}

TEST_CASE("who has the body gets 304 and none") {
  const auto plain = header(answer(get()), "ETag"), packed = header(answer(get("gzip")), "ETag");
  for (const std::string& known : {plain, packed, "W/" + plain, "\"other\" , " + plain, std::string("*")}) {
    CAPTURE(known);
    const auto response = answer(get("gzip", known));
    CHECK(response.status == 304);
    CHECK(response.body.empty());
    CHECK(response.body.capacity() < long_body.size());
    CHECK(header(response, "ETag") == packed);
    CHECK(header(response, "Vary") == "Accept-Encoding");
    CHECK(header(response, "Content-Encoding") == "");
  }
  for (const std::string& other : {std::string("\"other\""), plain.substr(1), plain + "x", std::string(", ,")}) {
    CAPTURE(other);
    CHECK(answer(get("", other)).status == 200);
  }
}

TEST_CASE("a long body is packed as the client likes it best") {
  const std::pair<const char*, ContentCoding> wishes[] = {
      {"", ContentCoding::identity},
      {"gzip", ContentCoding::gzip},
      {"GZIP", ContentCoding::gzip},
      {"br", ContentCoding::identity},
      {"gzip, deflate, br, zstd", ContentCoding::zstd},
      {"zstd, gzip", ContentCoding::zstd},
      {"zstd;q=0.5, gzip", ContentCoding::gzip},
      {"zstd;q=0, gzip;q=0.1", ContentCoding::gzip},
      {"gzip;q=0", ContentCoding::identity},
      {"gzip;q=x", ContentCoding::identity},
      {"identity", ContentCoding::identity},
      {"*", ContentCoding::identity},
      {",,;q=,", ContentCoding::identity},
  };
  for (const auto& [accepted, coding] : wishes) {
    CAPTURE(accepted);
    const auto response = answer(get(accepted));
    const auto named = header(response, "Content-Encoding");
    CHECK(named == (coding == ContentCoding::identity ? "" : to_string(coding)));
    CHECK(header(response, "Vary") == "Accept-Encoding");
    CHECK(decompress(response.body, coding, 1 << 20).value() == long_body);
    CHECK((coding == ContentCoding::identity || response.body.size() < 500));
  }
}

TEST_CASE("what is short stays as it is") {
  const auto response = answer(get("gzip, zstd"), R"({"status":"ok"})");
  CHECK(response.body == R"({"status":"ok"})");
  CHECK(header(response, "Content-Encoding") == "");
  CHECK(header(response, "ETag") != "");
}

TEST_CASE("errors, changes, cookies and what is streamed are left alone") {
  const Request request = get("gzip", "*");
  Response refused = problem(404, std::string(5000, 'x'));
  Response cookie{.body = long_body, .headers = {{"set-cookie", "session=1"}}};
  Response fresh{.body = long_body, .headers = {{"Cache-Control", "no-store"}}};
  Response page{.content_type = "text/html", .body = long_body};
  Response stream{.body = "", .stream = [] { return std::string(); }};
  for (Response* response : {&refused, &cookie, &fresh, &page, &stream}) {
    const auto headers = response->headers.size();
    const auto status = response->status;
    choose_representation(request, *response);
    CHECK(response->status == status);
    CHECK(response->headers.size() == headers);
  }
  Request change = request;
  change.method = "PATCH";
  CHECK(answer(change).headers.empty());
  Request head = request;
  head.method = "HEAD";
  head.if_none_match = "";
  CHECK(header(answer(head), "ETag") == header(answer(get("gzip")), "ETag"));
}
