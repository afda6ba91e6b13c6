// What browsers are answered of the website, and how often they need to ask again.
#include "server/website/website.hpp"

#include "net/compress.hpp"

#include "temp_folder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;

namespace {

const std::string packed_page = compress("<p>page", ContentCoding::gzip);
const std::string packed_code = compress("run()", ContentCoding::gzip);
const WebsiteFile files[] = {{"assets/main-ABC.js", "text/javascript", "11", packed_code},
                             {"index.html", "text/html", "22", packed_page}};

std::string field(const Response& response, std::string_view name) {
  const auto found = std::ranges::find(response.headers, name, [](const auto& pair) { return pair.first; });
  return found == response.headers.end() ? "" : found->second;
}

const Request plain{.method = "GET"};
const Request by_gzip{.method = "GET", .accept_encoding = "gzip, deflate, br"};

}  // namespace

TEST_CASE("the page goes out as it is kept, and is asked for each time") {
  const auto website = make_website(files);
  const Response page = website->page(by_gzip);
  CHECK(page.status == 200);
  CHECK(page.lasting_body.data() == packed_page.data());  // not copied
  CHECK(field(page, "Content-Encoding") == "gzip");
  CHECK(field(page, "Cache-Control") == "no-cache");
  CHECK(field(page, "Content-Security-Policy").starts_with("default-src 'none'; script-src 'self';"));
  CHECK(field(page, "Content-Security-Policy").find("unsafe") == std::string::npos);

  const Response again = website->page({.method = "GET", .if_none_match = field(page, "ETag")});
  CHECK(again.status == 304);
  CHECK(body_of(again).empty());
  CHECK(website->page({.method = "GET", .if_none_match = "W/\"33\""}).status == 200);
}

TEST_CASE("a client that takes no gzip gets it unpacked") {
  const auto website = make_website(files);
  for (const char* accepted : {"", "br", "gzip;q=0", "identity, gzip; q=0.0"}) {
    const Response page = website->page({.method = "GET", .accept_encoding = accepted});
    CHECK(body_of(page) == "<p>page");
    CHECK(field(page, "Content-Encoding").empty());
    CHECK(field(page, "Vary") == "Accept-Encoding");
  }
}

TEST_CASE("what the page loads is kept for ever") {
  const auto website = make_website(files);
  const Response code = website->asset(by_gzip, "main-ABC.js");
  CHECK(code.lasting_body.data() == packed_code.data());
  CHECK(code.content_type == "text/javascript");
  CHECK(field(code, "Cache-Control") == "public, max-age=31536000, immutable");
  for (const char* other : {"main-ABD.js", "", "../index.html", "index.html", "main-ABC"}) {
    CHECK(website->asset(plain, other).status == 404);
  }
}

TEST_CASE("a page at no known path is not kept") {
  const Response page = make_website(files)->page({.method = "GET", .if_none_match = "W/\"22\""}, 404);
  CHECK(page.status == 404);
  CHECK(body_of(page) == "<p>page");
  CHECK(field(page, "ETag").empty());
}

TEST_CASE("a folder is read anew, and nothing outside of it") {
  const TempFolder folder;
  const auto write = [&](const std::string& name, std::string_view text) { std::ofstream(folder.path / name) << text; };
  CHECK(make_website_of_folder(folder.path).error().code == ErrorCode::not_found);
  std::filesystem::create_directories(folder.path / "assets");
  write("index.html", "one");
  write("assets/a.js", "run()");
  const auto website = make_website_of_folder(folder.path).value();
  CHECK(website->page(plain).body == "one");
  write("index.html", "two");
  CHECK(website->page(by_gzip).body == "two");
  CHECK(field(website->page(plain), "Cache-Control").empty());  // so it is no-store
  CHECK(website->asset(plain, "a.js").body == "run()");
  for (const char* other : {"../index.html", "..", ".", "b.js", "a.js/"})
    CHECK(website->asset(plain, other).status == 404);
}
