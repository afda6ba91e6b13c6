#include "server/http/http_config.hpp"
#include "server/http/input_buffer.hpp"
#include "server/http/request_parser.hpp"
#include "server/http/response_format.hpp"
#include "server/http/session.hpp"
#include "server/http/tls.hpp"

#include <doctest/doctest.h>
#include <boost/beast/http/error.hpp>

#include <cstring>

#include "print_error.hpp"
#include "temp_folder.hpp"

using namespace activitytrack;
using namespace activitytrack::server;

namespace {

constexpr std::size_t limit = 16 * 1024;

/// Feeds a text in pieces, which stays where it is, and gives what became of it.
boost::system::error_code feed(RequestParser& parser, std::string_view text, std::size_t piece) {
  boost::system::error_code error;
  std::size_t used = 0, seen = 0;
  while (seen < text.size() && !parser.is_done()) {
    seen = std::min(text.size(), seen + piece);
    do {
      error = {};
      used += parser.put(text.substr(used, seen - used), error);
    } while (!error && !parser.is_done() && used < seen);
    if (error && error != boost::beast::http::error::need_more) break;
  }
  return error;
}

void fill(InputBuffer& buffer, std::size_t bytes, char with) {
  while (bytes > 0) {
    const auto space = buffer.space();
    const auto part = std::min(bytes, space.size());
    std::memset(space.data(), with, part);
    buffer.commit(part);
    bytes -= part;
    if (bytes > 0) REQUIRE(buffer.grow_towards(buffer.data().size() + bytes, "a"));
  }
}

}  // namespace

TEST_CASE("a head is the same in whatever pieces it comes") {
  const std::string_view text =
      "POST /api/events?a=b HTTP/1.1\r\nHost: box:8100\r\nauthorization:\t Bearer x \r\nX-Forwarded-For: "
      "1.1.1.1\r\n"
      "Content-Length: 5\r\nX-FORWARDED-FOR: 2.2.2.2\r\nX-Forwarded-Proto: https\r\n\r\nhello";
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, text.size() - 5}) {
    CAPTURE(piece);
    RequestParser parser(limit, limit);
    CHECK_FALSE(feed(parser, text.substr(0, text.size() - 5), piece));
    CHECK(parser.is_header_done());
    CHECK(parser.content_length().value_or(0) == 5);
    CHECK(parser.keep_alive());
    const RequestHead& head = parser.head();
    CHECK(head.method == "POST");
    CHECK(head.target == "/api/events?a=b");
    CHECK(head.host == "box:8100");
    CHECK(head.authorization == "Bearer x");
    CHECK(head.forwarded_for == "1.1.1.1,2.2.2.2");
    CHECK(head.forwarded_proto == "https");
    CHECK(head.content_length == "5");
  }
}

TEST_CASE("a folded value is refused, wherever it is folded") {
  for (const char* fold : {"X: a\r\n b", "X:\r\n b", "X:\r\n \r\n\tb", "X: a\r\n ", "X:\r\n "}) {
    CAPTURE(fold);
    RequestParser parser(limit, limit);
    const std::string text = "GET / HTTP/1.1\r\nHost: a\r\n" + std::string(fold) + "\r\n\r\n";
    CHECK(feed(parser, text, text.size()) == boost::beast::http::error::bad_value);
  }
}

TEST_CASE("chunks are gathered, and trailers say nothing") {
  const std::string_view text =
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5;name=\"a;b\"\r\nhello\r\n6\r\n world\r\n0\r\nHost: b\r\nAuthorization: c\r\n\r\n";
  for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, text.size()}) {
    CAPTURE(piece);
    RequestParser parser(limit, 11);
    std::string body;
    parser.on_piece([&](std::string_view part) {
      body += part;
      return true;
    });
    CHECK_FALSE(feed(parser, text, piece));
    CHECK(parser.is_done());
    CHECK(body == "hello world");
    CHECK(parser.head().host == "a");
    CHECK(parser.head().repeated.empty());
    CHECK(parser.head().authorization.empty());
  }
  RequestParser parser(limit, 10);
  parser.on_piece([](std::string_view) { return true; });
  CHECK(feed(parser, text, text.size()) == boost::beast::http::error::body_limit);
}

TEST_CASE("a buffer grows with what arrives, within the budget, and gives it back") {
  HttpStats stats;
  MemoryBudget budget(stats.body_bytes_now, stats.bodies_refused);
  budget.set(100'000, 100'000);
  InputBuffer buffer(budget);
  fill(buffer, 60'000, 'a');
  CHECK(buffer.data() == std::string(60'000, 'a'));
  CHECK(stats.body_bytes_now >= 60'000);
  {
    InputBuffer other(budget);
    fill(other, InputBuffer::block_bytes, 'b');
    CHECK(stats.body_bytes_now <= 100'000);
    CHECK_FALSE((other.grow_towards(90'000, "b") && (fill(other, 16'384, 'b'), other.grow_towards(90'000, "b"))));
    CHECK(stats.bodies_refused == 1);
    CHECK(other.data().substr(0, 9) == "bbbbbbbbb");
  }
  buffer.consume(59'990);
  buffer.release();
  CHECK(stats.body_bytes_now == 0);
  CHECK(buffer.data() == "aaaaaaaaaa");
  buffer.consume(10);
  buffer.release();
  CHECK(buffer.empty());
  CHECK(buffer.space().size() == InputBuffer::block_bytes);
}

TEST_CASE("an answer's head cannot be split, and says what follows") {
  AnswerFrame frame;
  frame.date = "today";
  Response response{.status = 404, .headers = {{"X-Name", "a\r\nSet-Cookie: b"}}};
  response.body = "12345";
  const auto head = format_head(response, frame);
  CHECK(head.starts_with("HTTP/1.1 404 Not Found\r\nDate: today\r\n"));
  CHECK(head.find("\r\nSet-Cookie") == std::string::npos);
  CHECK(head.find("X-Name: a  Set-Cookie: b\r\n") != std::string::npos);
  CHECK(head.find("Content-Length: 5\r\n") != std::string::npos);
  CHECK(head.find("Connection") == std::string::npos);
  CHECK(head.find("Strict-Transport-Security") == std::string::npos);
  CHECK(head.find("Cache-Control: no-store\r\n") != std::string::npos);

  frame.keep_alive = false;
  frame.hsts_max_age = std::chrono::seconds(60);
  response.headers = {{"cache-control", "private"}};
  const auto last = format_head(response, frame);
  CHECK(last.find("Connection: close\r\n") != std::string::npos);
  CHECK(last.find("Strict-Transport-Security: max-age=60\r\n") != std::string::npos);
  CHECK(last.find("no-store") == std::string::npos);

  response.status = 304;
  CHECK_FALSE(has_body(response, frame));
  CHECK(format_head(response, frame).find("\r\nContent-") == std::string::npos);
  response.status = 200;
  response.stream = [] { return std::string(); };
  CHECK(format_head(response, frame).find("Transfer-Encoding: chunked\r\n") != std::string::npos);
  CHECK(format_head(response, frame).find("Content-Length") == std::string::npos);
  frame.version = 10;
  CHECK(format_head(response, frame).find("Transfer-Encoding") == std::string::npos);
  CHECK(http_date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST_CASE("proxies are believed for the last address that is not theirs") {
  TrustedProxies proxies;
  for (const char* proxy : {"127.0.0.1", "10.1.0.0/16", "fd00::/8", "2001:db8::1"}) REQUIRE(proxies.add(proxy));
  const auto address = [](const char* text) { return boost::asio::ip::make_address(text); };
  for (const char* inside : {"127.0.0.1", "10.1.255.9", "fd12::9", "2001:db8::1", "::ffff:10.1.0.1"}) {
    CAPTURE(inside);
    CHECK(proxies.contains(address(inside)));
  }
  for (const char* outside : {"127.0.0.2", "10.2.0.1", "fe80::1", "2001:db8::2", "::ffff:10.2.0.1"}) {
    CAPTURE(outside);
    CHECK_FALSE(proxies.contains(address(outside)));
  }
  CHECK(proxies.client("", "127.0.0.1") == "127.0.0.1");
  CHECK(proxies.client("6.6.6.6, 5.5.5.5, 10.1.0.7", "127.0.0.1") == "5.5.5.5");
  CHECK(proxies.client("10.1.0.1,10.1.0.2", "127.0.0.1") == "10.1.0.1");
  CHECK(proxies.client("5.5.5.5:4711", "127.0.0.1") == "5.5.5.5");
  CHECK(proxies.client("[2001:db8::9]:4711", "127.0.0.1") == "2001:db8::9");
  CHECK(proxies.client("6.6.6.6, unknown, 10.1.0.7", "127.0.0.1") == "10.1.0.7");
  CHECK(is_forwarded_https("http, HTTPS"));
  CHECK_FALSE(is_forwarded_https("https, http"));
  CHECK_FALSE(is_forwarded_https(""));
  for (const char* wrong : {"", "box", "10.0.0.0/33", "10.0.0", "fd00::/129"}) {
    CAPTURE(wrong);
    CHECK(TrustedProxies().add(wrong).has_error());
  }
}

TEST_CASE("ticket keys are read in blocks of 80 bytes") {
  const test::TempFolder folder;
  const auto write = [&](std::size_t bytes) { return read_ticket_keys(folder.write("keys", std::string(bytes, 'k'))); };
  CHECK(write(160).value().size() == 2);
  for (const std::size_t wrong : {0, 79, 81, 17 * 80}) {
    CAPTURE(wrong);
    CHECK(write(wrong).has_error());
  }
  CHECK(read_ticket_keys(folder.path / "none").error().message.find("tls_ticket_keys") != std::string::npos);
  CHECK(make_ticket_keys().value().at(0).cipher != make_ticket_keys().value().at(0).cipher);
}

TEST_CASE("without TLS this machine and its proxies are served alone") {
  using boost::asio::ip::make_address;
  HttpConfig config;
  REQUIRE(config.proxies.add("192.0.2.0/28"));
  for (const char* peer : {"127.0.0.1", "::1", "192.0.2.7"}) CHECK(config.admits(make_address(peer)));
  for (const char* peer : {"192.0.2.77", "2001:db8::1"}) CHECK_FALSE(config.admits(make_address(peer)));
  config.insecure_listen = true;
  CHECK(config.admits(make_address("192.0.2.77")));
}
