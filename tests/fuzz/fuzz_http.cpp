// Any bytes as requests on a connection: the head is the same in one piece or byte by byte, nothing that two
// readers could frame differently gets through, bodies are what their framing says, and targets and routes
// never crash.
#include "server/http/http_config.hpp"
#include "server/http/request_parser.hpp"
#include "server/http/router.hpp"

#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

using namespace activitytrack;
using namespace activitytrack::server;

namespace {

constexpr std::size_t max_head = 16 * 1024;
constexpr std::size_t max_body = 4096;

void require(bool holds) {
  if (!holds) std::abort();
}

Response nothing(const Request&) { return {}; }

const Route table[] = {
    {"GET", "/api/machines", Handler(nothing)},
    {"PATCH", "/api/machines/{id}", Handler(nothing)},
    {"POST", "/api/events", Handler(nothing)},
    {"GET", "/api/activity/{id}/events", Handler(nothing)},
};

/// What became of the first request of some bytes.
struct Reading {
  boost::system::error_code error;
  bool is_whole = false;
  std::size_t used = 0;
  std::string body;
};

Reading read(RequestParser& parser, std::string_view bytes, std::size_t piece) {
  Reading reading;
  parser.on_piece([&](std::string_view part) {
    reading.body += part;
    return true;
  });
  std::size_t seen = 0;
  while (seen < bytes.size() && !reading.is_whole) {
    seen = std::min(bytes.size(), seen + piece);
    do {
      reading.error = {};
      reading.used += parser.put(bytes.substr(reading.used, seen - reading.used), reading.error);
      require(reading.used <= seen);
      reading.is_whole = parser.is_done() || (parser.is_header_done() && !parser.head().has_coding);
    } while (!reading.error && !reading.is_whole && reading.used < seen);
    if (reading.error && reading.error != boost::beast::http::error::need_more) break;
  }
  return reading;
}

void check_target(const RequestHead& head) {
  auto request = read_head(head);
  if (!request) return;
  for (const auto& segment : request->target.segments) require(segment.find('\0') == segment.npos);
  const auto found = find_route(table, *request);
  if (const auto* refused = std::get_if<Response>(&found)) {
    require(refused->status == 404 || refused->status == 405);
  } else {
    const Route& route = *std::get<const Route*>(found);
    const auto holes = std::ranges::count(route.pattern, '{');
    require(static_cast<std::ptrdiff_t>(request->arguments.size()) == holes);
  }
}

/// What got past refuse_head() has one framing.
void check_framing(const RequestHead& head) {
  require(!(head.has_length && head.has_coding));
  require(head.has_host || head.version == 10);
  require(std::ranges::all_of(head.content_length, [](char c) { return c >= '0' && c <= '9'; }));
  require(!head.has_coding || head.transfer_encoding.size() == 7);
  require(head.target.size() <= 8 * 1024);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  RequestParser parser(max_head, max_body), by_byte(max_head, max_body);
  const Reading reading = read(parser, bytes, bytes.size());
  const Reading again = read(by_byte, bytes, 1);
  require(reading.is_whole == again.is_whole);
  if (!parser.is_header_done()) return 0;

  const RequestHead& head = parser.head();
  const auto refused = refuse_head(head, HttpLimits{}.max_target_bytes);
  require(!refused || (refused->status >= 400 && refused->status < 500));
  if (refused) return 0;
  check_framing(head);
  check_target(head);
  require(head.target == by_byte.head().target && head.host == by_byte.head().host);
  if (reading.is_whole) require(reading.used == again.used && reading.body == again.body);
  require(reading.body.size() <= max_body);

  TrustedProxies proxies;
  require(proxies.add("10.0.0.0/8").has_value());
  require(!proxies.client(head.forwarded_for, "127.0.0.1").empty());
  return 0;
}
