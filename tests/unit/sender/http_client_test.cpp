// The HTTP client against servers that behave, misbehave and disappear.
#include "net/http_client.hpp"

#include "print_error.hpp"
#include "request.hpp"
#include "scripted_server.hpp"

#include <doctest/doctest.h>

#include <future>

using namespace activitytrack;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

HttpClientOptions plain_options() {
  HttpClientOptions options;
  options.user_agent = "test/1";
  options.proxies = {};
  return options;
}

HttpClientOptions hasty(std::chrono::milliseconds total) {
  HttpClientOptions options = plain_options();
  options.timeouts.total = total;
  return options;
}

HttpRequest post(const std::string& url, std::string body) {
  return {.method = "POST", .url = parse_url(url).value(), .body = std::move(body)};
}

/// The error of one GET of a server with one script.
Error error_from(ScriptedServer::Script script, HttpClientOptions options = plain_options()) {
  ScriptedServer server({std::move(script)});
  HttpClient client(std::move(options));
  const Result<HttpResponse> response = client.send(get(server.url("/")));
  REQUIRE(response.has_error());
  CHECK(response.error().message.find(server.url()) != std::string::npos);
  return response.error();
}

}  // namespace

TEST_CASE("a request is sent as asked, and its answer comes back") {
  std::string seen;
  ScriptedServer server({[&](Peer& peer) {
    seen = peer.read_request();
    peer.write(http_answer("hello", "404 Not Found", "X-Colour: blue\r\n"));
  }});
  HttpClient client(plain_options());
  HttpRequest request = post(server.url("/a/b?c=d"), "the body");
  request.fields = {{"X-Mine", "yes"}};
  const HttpResponse response = client.send(request).value();
  CHECK(response.status == 404);
  CHECK(response.field("x-colour") == "blue");
  CHECK(response.field("missing").empty());
  CHECK(response.body == "hello");
  CHECK(seen.starts_with("POST /a/b?c=d HTTP/1.1\r\n"));
  CHECK(seen.find("Host: 127.0.0.1:" + std::to_string(server.port()) + "\r\n") != std::string::npos);
  CHECK(seen.find("User-Agent: test/1\r\n") != std::string::npos);
  CHECK(seen.find("X-Mine: yes\r\n") != std::string::npos);
  CHECK(body_of(seen) == "the body");
}

TEST_CASE("bodies come chunked, by length, or up to the end") {
  const char* answers[] = {
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde",
      "HTTP/1.0 200 OK\r\n\r\nabcde",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nX: y\r\n\r\nHTTP/1.1 200 "
      "OK\r\nContent-Length: 5\r\n\r\nabcde",
  };
  for (const char* answer : answers) {
    ScriptedServer server({[&](Peer& peer) { peer.read_request(), peer.write(answer); }});
    HttpClient client(plain_options());
    const HttpResponse response = client.send(get(server.url())).value();
    CHECK(response.status == 200);
    CHECK(response.body == "abcde");
  }
}

TEST_CASE("one connection serves many requests") {
  ScriptedServer server({always(http_answer("x"))});
  HttpClient client(plain_options());
  for (int i = 0; i < 3; ++i) CHECK(client.send(get(server.url())).value().body == "x");
  CHECK(server.connections() == 1);
}

TEST_CASE("a kept connection that died in the meantime is replaced") {
  bool by_reset = false;
  SUBCASE("closed") {}
  SUBCASE("reset") { by_reset = true; }
  ScriptedServer server({[&](Peer& peer) {
                           peer.read_request();
                           peer.write(http_answer("first"));
                           peer.read_request();  // the second request is taken and never answered
                           if (by_reset) peer.reset();
                         },
                         always(http_answer("second"))});
  HttpClient client(plain_options());
  CHECK(client.send(get(server.url())).value().body == "first");
  CHECK(client.send(get(server.url())).value().body == "second");
  CHECK(server.connections() == 2);
}

TEST_CASE("it is replaced once, not for ever") {
  ScriptedServer server({[](Peer& peer) {
                           peer.read_request();
                           peer.write(http_answer("first"));
                         },
                         [](Peer& peer) { peer.read_request(), peer.reset(); }});
  HttpClient client(plain_options());
  CHECK(client.send(get(server.url())).has_value());
  const auto second = client.send(get(server.url()));
  REQUIRE(second.has_error());
  CHECK(second.error().code == ErrorCode::unavailable);
  CHECK(server.connections() == 2);
}

TEST_CASE("no second copy is sent once an answer has begun") {
  ScriptedServer server({[](Peer& peer) {
                           peer.read_request();
                           peer.write(http_answer("first"));
                           peer.read_request();
                           peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
                         },
                         always(http_answer("second"))});
  HttpClient client(plain_options());
  CHECK(client.send(get(server.url())).has_value());
  CHECK(client.send(get(server.url())).has_error());
  CHECK(server.connections() == 1);
  CHECK(client.send(get(server.url())).value().body == "second");
}

TEST_CASE("connections that break") {
  CHECK(error_from([](Peer& peer) { peer.read_request(), peer.reset(); }).code == ErrorCode::unavailable);
  CHECK(error_from([](Peer& peer) { peer.read_request(); }).code == ErrorCode::unavailable);
  CHECK(error_from([](Peer& peer) { peer.read_request(), peer.write("HTTP/1.1 20"); }).code == ErrorCode::unavailable);
  const auto cut = [](bool by_reset) {
    return [by_reset](Peer& peer) {
      peer.read_request();
      peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
      if (by_reset) peer.reset();
    };
  };
  CHECK(error_from(cut(false)).code == ErrorCode::unavailable);
  CHECK(error_from(cut(true)).code == ErrorCode::unavailable);
}

TEST_CASE("nobody listens") {
  std::string url;
  { url = ScriptedServer({always("")}).url(); }
  HttpClient client(plain_options());
  const auto response = client.send(get(url));
  REQUIRE(response.has_error());
  CHECK(response.error().code == ErrorCode::unavailable);
  CHECK(response.error().message.find("refused") != std::string::npos);
}

TEST_CASE(
    "who asks only public addresses reaches this machine where the URL names it, and no name that stands for it") {
  ScriptedServer server({always(http_answer("here"))});
  HttpClientOptions options = plain_options();
  options.only_public = true;
  HttpClient client(options);
  const std::string port = ":" + std::to_string(server.port());
  for (const char* host : {"127.1", "2130706433", "0", "[::ffff:127.0.0.1]", "10.0.0.1", "169.254.169.254"}) {
    CAPTURE(host);
    const auto refused = client.send(get("http://" + (host + port)));
    REQUIRE(refused.has_error());
    CHECK(refused.error().code == ErrorCode::unsupported);
  }
  CHECK(server.connections() == 0);
  CHECK(client.send(get(server.url("/"))).value().body == "here");
}

TEST_CASE("a name that does not exist") {
  HttpClient client(plain_options());
  const auto response = client.send(get("http://no-such-host.invalid/"));
  REQUIRE(response.has_error());
  CHECK(response.error().message.find("no-such-host.invalid") != std::string::npos);
}

TEST_CASE("a name with several addresses is tried until one answers") {
  // localhost is often ::1 first, where nobody listens.
  ScriptedServer server({always(http_answer("x"))});
  HttpClient client(plain_options());
  CHECK(client.send(get("http://localhost:" + std::to_string(server.port()))).value().body == "x");
}

TEST_CASE("answers over the limits, or that are no HTTP") {
  const auto says = [](std::string text) {
    return [text](Peer& peer) { peer.read_request(), peer.write(text), peer.wait_for_close(); };
  };
  CHECK(error_from(says("SSH-2.0-OpenSSH_9.2\r\n\r\n\r\n")).code == ErrorCode::invalid_input);
  CHECK(error_from(says("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabcde")).code == ErrorCode::invalid_input);
  CHECK(error_from(says("HTTP/1.1 200 OK\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n")).code ==
        ErrorCode::invalid_input);
  HttpClientOptions small = plain_options();
  small.max_body_bytes = 10'000;
  CHECK(error_from(says("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"), small).code ==
        ErrorCode::invalid_input);
}

TEST_CASE("an endless body ends at the limit") {
  HttpClientOptions small = plain_options();
  small.max_body_bytes = 100'000;
  for (const char* head : {"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"}) {
    const bool chunked = std::string_view(head).find("chunked") != std::string_view::npos;
    const Error error = error_from(
        [&](Peer& peer) {
          peer.read_request();
          peer.write(head);
          const std::string piece(1000, 'x');
          while (peer.write(chunked ? "3E8\r\n" + piece + "\r\n" : piece)) {
          }
        },
        small);
    CHECK(error.code == ErrorCode::invalid_input);
  }
}

TEST_CASE("a server that never answers, or a byte at a time, is left at the deadline") {
  CHECK(error_from([](Peer& peer) { peer.read_request(), peer.wait_for_close(); }, hasty(100ms)).code ==
        ErrorCode::timeout);
  CHECK(error_from(
            [](Peer& peer) {
              peer.read_request();
              peer.write_slowly(http_answer(std::string(500, 'x')), 10ms);
            },
            hasty(100ms))
            .code == ErrorCode::timeout);
  HttpClientOptions read_limit = plain_options();
  read_limit.timeouts.read = 100ms;
  CHECK(error_from([](Peer& peer) { peer.read_request(), peer.wait_for_close(); }, read_limit).code ==
        ErrorCode::timeout);
}

TEST_CASE("a server that does not read is left at the deadline") {
  std::promise<void> over;
  ScriptedServer server({[done = over.get_future().share()](Peer&) { done.wait_for(20s); }});
  HttpClient client(hasty(200ms));
  const auto response = client.send(post(server.url(), std::string(20 << 20, 'x')));
  over.set_value();
  REQUIRE(response.has_error());
  CHECK(response.error().code == ErrorCode::timeout);
}

TEST_CASE("an answer that comes before the body was taken is read all the same") {
  ScriptedServer server({[](Peer& peer) {
    peer.write(http_answer("too large", "413 Content Too Large", "Connection: close\r\n"));
    peer.wait_for_close();
  }});
  HttpClient client(plain_options());
  CHECK(client.send(post(server.url(), std::string(100'000, 'x'))).value().status == 413);
}

TEST_CASE("redirects are an error that names the place, without its secrets") {
  const Error error =
      error_from(always(http_answer("", "301 Moved", "Location: https://me:secret@other.example/x?token=t0ken\r\n")));
  CHECK(error.code == ErrorCode::unsupported);
  CHECK(error.message.find("https://other.example/x") != std::string::npos);
  CHECK(error.message.find("secret") == std::string::npos);
  CHECK(error.message.find("t0ken") == std::string::npos);
}

TEST_CASE("redirects are answers for who reads them") {
  ScriptedServer server({always(http_answer("where", "301 Moved", "Location: https://other.example/\r\n"))});
  HttpClientOptions options = plain_options();
  options.redirects_are_answers = true;
  const HttpResponse response = HttpClient(std::move(options)).send(get(server.url("/"))).value();
  CHECK(response.status == 301);
  CHECK(response.field("Location") == "https://other.example/");
  CHECK(response.body == "where");
}

TEST_CASE("the answer to a HEAD tells a length and has no body") {
  std::vector<std::string> methods;
  ScriptedServer server({[&](Peer& peer) {
    for (std::string request; !(request = peer.read_request()).empty();) {
      methods.push_back(request.substr(0, request.find(' ')));
      peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100000000000\r\n\r\n");
    }
  }});
  HttpClient client(plain_options());
  for (int i = 0; i < 2; ++i) {  // the connection is fit for another
    HttpRequest head = get(server.url("/"));
    head.method = "HEAD";
    const HttpResponse response = client.send(head).value();
    CHECK(response.field("Content-Length") == "100000000000");
    CHECK(response.body.empty());
  }
  CHECK(methods == std::vector<std::string>{"HEAD", "HEAD"});
  CHECK(server.connections() == 1);
}

TEST_CASE("a request may bound its own answer") {
  ScriptedServer server({always(http_answer(std::string(1000, 'x')))});
  HttpClient client(plain_options());
  HttpRequest request = get(server.url("/"));
  request.max_answer_bytes = 999;
  CHECK(client.send(request).error().code == ErrorCode::invalid_input);
  request.max_answer_bytes = 1000;
  CHECK(client.send(request).value().body.size() == 1000);
}

TEST_CASE("cancel ends a request under way, and all later ones") {
  std::promise<void> arrived;
  ScriptedServer server({[&](Peer& peer) {
    peer.read_request();
    arrived.set_value();
    peer.wait_for_close();
  }});
  HttpClient client(plain_options());
  std::thread canceller([&] {
    arrived.get_future().wait_for(20s);
    client.cancel();
  });
  const auto response = client.send(get(server.url()));
  canceller.join();
  REQUIRE(response.has_error());
  CHECK(response.error().code == ErrorCode::unavailable);
  CHECK(response.error().message.find("cancelled") != std::string::npos);
  CHECK(client.send(get(server.url())).has_error());
  CHECK(server.connections() == 1);
}
