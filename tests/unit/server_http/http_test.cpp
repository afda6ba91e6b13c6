#include "server/http/http_config.hpp"
#include "server/http/message.hpp"
#include "server/http/request_parser.hpp"
#include "server/http/router.hpp"

#include <doctest/doctest.h>
#include <boost/json/parse.hpp>

#include "print_error.hpp"

using namespace activitytrack;
using namespace activitytrack::server;

namespace {

using Segments = std::vector<std::string>;

RequestHead head_of(std::string_view method, std::initializer_list<std::pair<const char*, const char*>> fields,
                    unsigned version = 11) {
  RequestHead head;
  head.method = method;
  head.target = "/api/events";
  head.version = version;
  for (const auto& [name, value] : fields) head.add(boost::beast::http::string_to_field(name), name, value);
  return head;
}

int status_of(const RequestHead& head) {
  const auto refused = refuse_head(head, HttpLimits{}.max_target_bytes);
  return refused ? refused->status : 0;
}

Response nothing(const Request&) { return {}; }

const Route things[] = {
    {"GET", "/things", Handler(nothing)},
    {"GET", "/things/{id}", Handler(nothing)},
    {"PATCH", "/things/{id}", Handler(nothing)},
    {"POST", "/things/{id}/parts/{part}", Handler(nothing)},
};

int find_status(std::string method, std::string_view path) {
  Request request{.method = std::move(method), .target = parse_target(path).value()};
  const auto found = find_route(things, request);
  return std::holds_alternative<Response>(found) ? std::get<Response>(found).status : 0;
}

}  // namespace

TEST_CASE("a target is split before it is decoded") {
  const auto target = parse_target("/a%2Fb/%C3%BC/?x=1%262&plus=+01:00&flag&empty=").value();
  CHECK(target.segments == Segments{"a/b", "ü", ""});
  CHECK(*target.find("x") == "1&2");
  CHECK(*target.find("plus") == "+01:00");
  CHECK(target.find("flag")->empty());
  CHECK(target.find("empty")->empty());
  CHECK_FALSE(target.find("none"));
  CHECK(parse_target("http://127.0.0.1:8100/a?b=c").value().segments == Segments{"a"});
  CHECK(parse_target("http://127.0.0.1:8100").value().segments == Segments{""});
  CHECK(parse_target("http://127.0.0.1:8100/a").value().authority == "127.0.0.1:8100");
  CHECK(parse_target("/a").value().authority.empty());
}

TEST_CASE("a target that could be understood in two ways is refused") {
  for (const char* wrong : {"", "*", "a", "/%", "/%4", "/%zz", "/%C3%28", "/%00", "/?a=b%0Ac", "/?a=1&a=2",
                            "/?%41=1&A=2", "/?a=%ff", "http:///a", "http://", "http://ann@box/a", "HTTP://box/a"}) {
    CAPTURE(wrong);
    CHECK(parse_target(wrong).has_error());
  }
}

TEST_CASE("a target has a bounded number of parameters, each of which is compared with the others") {
  std::string target = "/events?";
  for (int i = 0; i < 64; ++i) target += "p" + std::to_string(i) + "=1&";
  const auto parsed = parse_target(target);
  REQUIRE(parsed);
  CHECK(parsed->query.size() == 64);
  CHECK(parse_target(target + "one=more").error().message == "request target: has too many parameters");
}

TEST_CASE("routes are found by path, then by method") {
  CHECK(find_status("GET", "/things") == 0);
  CHECK(find_status("HEAD", "/things/7") == 0);
  CHECK(find_status("GET", "/things/") == 404);
  CHECK(find_status("GET", "/things/7/parts") == 404);
  CHECK(find_status("GET", "/thing") == 404);
  CHECK(find_status("GET", "/") == 404);
  CHECK(find_status("POST", "/things/7/parts/8") == 0);
  CHECK(find_status("POST", "/things") == 405);
  CHECK(find_status("get", "/things") == 405);
  Request request{.method = "BREW", .target = parse_target("/things/7").value()};
  const auto refused = std::get<Response>(find_route(things, request));
  CHECK(refused.headers == std::vector<std::pair<std::string, std::string>>{{"Allow", "GET, HEAD, PATCH"}});
}

TEST_CASE("what is at no other path has a route of its own, for reading") {
  const Route table[] = {{"GET", "/things", Handler()}, {"GET", "*", Handler()}};
  const auto found = [&](std::string_view method, std::string_view path, Offer offer = Offer::all) {
    Request request{.method = std::string(method), .target = parse_target(path).value()};
    const auto route = find_route(table, request, offer);
    if (const auto* refused = std::get_if<Response>(&route)) return std::to_string(refused->status);
    CHECK(request.route == std::get<const Route*>(route));
    return std::string(request.route->pattern);
  };
  CHECK(found("GET", "/things") == "/things");
  CHECK(found("GET", "/other") == "*");
  CHECK(found("HEAD", "/other/thing") == "*");
  CHECK(found("POST", "/other") == "404");
  CHECK(found("POST", "/things") == "405");
  CHECK(found("GET", "/other", Offer::monitoring) == "404");
}

TEST_CASE("what a pattern names stands as it is, or is another path") {
  CHECK(find_status("GET", "/things?a=b") == 0);
  for (const char* other :
       {"/%74hings", "/thing%73", "/%2574hings", "//things", "/./things", "/%2e/things", "/x/../things", "/things/",
        "/things%2F7", "/things;a=b", "/things#a", "/THINGS", "/things%3Fa=b"}) {
    CAPTURE(other);
    CHECK(find_status("GET", other) == 404);
  }
  CHECK(find_status("GET", "http://box/things") == 0);
  CHECK(find_status("GET", "http://box//things") == 404);
  CHECK(find_status("PATCH", "/things/%37") == 0);
}

TEST_CASE("what may have an address to itself is at no other then") {
  constexpr auto status_at = [](std::string_view path, Offer offer) {
    const Route table[] = {{"GET", "/metrics", Handler(), Lane::reads, false, true}, {"GET", "/things", Handler()}};
    Request request{.method = "GET", .target = parse_target(path).value()};
    const auto found = find_route(table, request, offer);
    return std::holds_alternative<Response>(found) ? std::get<Response>(found).status : 0;
  };
  CHECK(status_at("/metrics", Offer::all) == 0);
  CHECK(status_at("/metrics", Offer::monitoring) == 0);
  CHECK(status_at("/metrics", Offer::all_but_monitoring) == 404);
  CHECK(status_at("/things", Offer::monitoring) == 404);
  CHECK(status_at("/things", Offer::all_but_monitoring) == 0);
}

TEST_CASE("the host of the absolute form counts, and not the field") {
  RequestHead head;
  head.method = "GET", head.target = "http://box:8100/things", head.host = "evil.example";
  CHECK(read_head(head).value().host == "box:8100");
  head.target = "/things";
  CHECK(read_head(head).value().host == "evil.example");
}

TEST_CASE("arguments are handed over decoded") {
  Request request{.method = "POST", .target = parse_target("/things/a%2Fb/parts/%7Bc%7D").value()};
  REQUIRE(std::holds_alternative<const Route*>(find_route(things, request)));
  CHECK(request.arguments == Segments{"a/b", "{c}"});
}

TEST_CASE("requests that two servers could read differently are refused") {
  CHECK(status_of(head_of("GET", {{"Host", "localhost"}})) == 0);
  CHECK(status_of(head_of("GET", {})) == 400);
  CHECK(status_of(head_of("GET", {}, 10)) == 0);
  CHECK(status_of(head_of("GET", {{"Host", "localhost"}, {"Host", "127.0.0.1"}})) == 400);
  CHECK(status_of(head_of("POST", {{"Host", "a"}, {"Content-Length", "5"}, {"Transfer-Encoding", "chunked"}})) == 400);
  CHECK(status_of(head_of("POST", {{"Host", "a"}, {"Content-Length", "5"}, {"Content-Length", "5"}})) == 400);
  CHECK(status_of(head_of("POST", {{"Host", "a"}, {"Content-Length", "5, 5"}})) == 400);
  CHECK(status_of(head_of("POST", {{"Host", "a"}, {"Transfer-Encoding", "gzip, chunked"}})) == 400);
  CHECK(status_of(head_of("POST", {{"Host", "a"}, {"Transfer-Encoding", "xchunked"}})) == 400);
  CHECK(status_of(head_of("POST", {{"Transfer-Encoding", "chunked"}}, 10)) == 400);
  CHECK(status_of(head_of("POST", {{"Host", "a"}, {"Transfer-Encoding", "Chunked"}})) == 0);
  CHECK(status_of(head_of("POST", {{"Host", "a"}})) == 0);  // of some it is optional
  CHECK(status_of(head_of("PATCH", {{"Host", "a"}})) == 411);
  CHECK(status_of(head_of("PUT", {{"Host", "a"}})) == 411);
  CHECK(status_of(head_of("POST", {{"Host", "a"}, {"Content-Length", "0"}, {"Expect", "the best"}})) == 417);
}

TEST_CASE("fields that say who asks or how to read a body are given once") {
  for (const char* name : {"Authorization", "Cookie", "Origin", "Content-Type", "Content-Encoding", "Expect"}) {
    CAPTURE(name);
    CHECK(status_of(head_of("GET", {{"Host", "a"}, {name, "100-continue"}})) == 0);
    CHECK(status_of(head_of("GET", {{"Host", "a"}, {name, "100-continue"}, {name, "100-continue"}})) == 400);
  }
  CHECK(status_of(head_of("GET", {{"Host", "a"}, {"Accept-Encoding", "gzip"}, {"Accept-Encoding", "zstd"}})) == 0);
}

TEST_CASE("problems are RFC 9457's") {
  const auto json = boost::json::parse(problem(413, "the body is \"too\" large").body);
  CHECK(json.at("type").as_string() == "about:blank");
  CHECK(json.at("title").as_string() == "Content Too Large");
  CHECK(json.at("status").as_int64() == 413);
  CHECK(json.at("detail").as_string() == "the body is \"too\" large");
}

TEST_CASE("who has used up a limit reads how much it is, and when there is more") {
  using namespace std::chrono_literals;
  const Response refused =
      over_limit({.policy = "events", .quota = 5000, .window = 24h, .reset = 3600s, .unit = "events"}, "enough");
  CHECK(refused.status == 429);
  const decltype(refused.headers) wanted{{"Retry-After", "3600"},
                                         {"RateLimit-Policy", "\"events\";q=5000;qu=\"events\";w=86400"},
                                         {"RateLimit", "\"events\";r=0;t=3600"}};
  CHECK(refused.headers == wanted);
  Response answer;
  add_rate_limit(answer, {.policy = "reads", .quota = 4, .left = 3, .unit = "concurrent-requests"});
  const decltype(answer.headers) at_a_time{{"RateLimit-Policy", "\"reads\";q=4;qu=\"concurrent-requests\""},
                                           {"RateLimit", "\"reads\";r=3"}};
  CHECK(answer.headers == at_a_time);
}

TEST_CASE("addresses to listen on") {
  for (const char* text : {"127.0.0.1:8100", "[::1]:0", "0.0.0.0:65535"}) {
    CHECK(format_listen_address(parse_listen_address(text).value()) == text);
  }
  CHECK(format_listen_address(parse_listen_address("localhost:1").value()) == "127.0.0.1:1");
  for (const char* wrong : {"", "8100", ":8100", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
                            "127.0.0.1:80x", "::1:80", "[127.0.0.1]:80", "host.example:80"}) {
    CAPTURE(wrong);
    CHECK(parse_listen_address(wrong).has_error());
  }
}

TEST_CASE("what is wrong with an address to listen on is named") {
  const std::pair<const char*, const char*> wrong[] = {
      {":80", "0.0.0.0:8100"},       {"127.0.0.1", "port is missing"},          {"[::1]", "port is missing"},
      {"127.0.0.1:x", "0 to 65535"}, {"http://127.0.0.1:1", "without http://"}, {"::1:80", "in brackets"}};
  for (const auto& [text, part] : wrong) {
    CAPTURE(text);
    CHECK(parse_listen_address(text).error().message.find(part) != std::string::npos);
  }
}

TEST_CASE("the advice fits the reason why nobody can listen there") {
  namespace errc = boost::system::errc;
  const std::pair<errc::errc_t, const char*> reasons[] = {{errc::address_in_use, "another program"},
                                                          {errc::permission_denied, "CAP_NET_BIND_SERVICE"},
                                                          {errc::address_not_available, "0.0.0.0 for all"},
                                                          {errc::address_family_not_supported, "no IPv6"},
                                                          {errc::not_enough_memory, "give another --listen"}};
  const auto endpoint = parse_listen_address("192.0.2.1:80").value();
  for (const auto& [reason, advice] : reasons) {
    const auto message = listen_error(endpoint, make_error_code(reason)).message;
    CAPTURE(message);
    CHECK(message.find("192.0.2.1:80") != std::string::npos);
    CHECK(message.find(advice) != std::string::npos);
    CHECK((reason == errc::address_in_use) == (message.find("stop it") != std::string::npos));
  }
}
