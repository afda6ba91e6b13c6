// HTTPS and proxies, as far as they can be seen on a loopback. A name that is not the loopback's is only ever
// given to the proxy of the test.
#include "net/http_client.hpp"

#include "print_error.hpp"
#include "request.hpp"
#include "scripted_server.hpp"
#include "temp_folder.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace activitytrack;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

HttpClientOptions trusting(const std::string& ca_file, ProxyRules proxies = {}) {
  HttpClientOptions options;
  options.ca_file = ca_file;
  options.proxies = std::move(proxies);
  return options;
}

ScriptedServer::Script tls_answer(const TlsServerContext& tls, const std::string& body) {
  return [&tls, body](Peer& peer) {
    if (peer.start_tls(tls.get())) always(http_answer(body))(peer);
  };
}

std::string https(const ScriptedServer& server, const std::string& host) {
  return "https://" + host + ":" + std::to_string(server.port()) + "/";
}

/// A proxy that ends the tunnel itself, as if it were the server behind it.
ScriptedServer::Script tunnel(const TlsServerContext& tls, std::vector<std::string>& seen) {
  return [&](Peer& peer) {
    seen.push_back(peer.read_request());
    peer.write("HTTP/1.1 200 Connection established\r\n\r\n");
    if (!peer.start_tls(tls.get())) return;
    for (std::string request; !(request = peer.read_request()).empty();) {
      seen.push_back(request);
      peer.write(http_answer("through the tunnel"));
    }
  };
}

}  // namespace

TEST_CASE("a certificate is checked against the given file and the host's name") {
  const TempFolder folder;
  const TlsServerContext tls("DNS:localhost,IP:127.0.0.1");
  const TlsServerContext stranger("DNS:localhost");
  const std::string good = folder.write("good.pem", tls.certificate_pem());
  const std::string other = folder.write("other.pem", stranger.certificate_pem());
  ScriptedServer server({tls_answer(tls, "safe")});

  SUBCASE("good, by name and by address, on one kept connection each") {
    for (const char* host : {"localhost", "127.0.0.1"}) {
      HttpClient client(trusting(good));
      CHECK(client.send(get(https(server, host))).value().body == "safe");
      CHECK(client.send(get(https(server, host))).value().body == "safe");
    }
    CHECK(server.connections() == 2);
  }
  SUBCASE("unknown to the system") {
    HttpClient client(trusting(""));
    const auto response = client.send(get(https(server, "localhost")));
    REQUIRE(response.has_error());
    CHECK(response.error().code == ErrorCode::untrusted);
    CHECK(response.error().message.find("not trusted") != std::string::npos);
  }
  SUBCASE("another one is trusted") {
    HttpClient client(trusting(other));
    CHECK(client.send(get(https(server, "localhost"))).error().code == ErrorCode::untrusted);
  }
}

TEST_CASE("a certificate for another host is refused") {
  const TempFolder folder;
  for (const char* names : {"DNS:other.example", "DNS:*.localhost", "IP:127.0.0.2"}) {
    CAPTURE(names);
    const TlsServerContext tls(names);
    ScriptedServer server({tls_answer(tls, "wrong")});
    HttpClient client(trusting(folder.write("ca.pem", tls.certificate_pem())));
    for (const char* host : {"localhost", "127.0.0.1"}) {
      const auto response = client.send(get(https(server, host)));
      REQUIRE(response.has_error());
      CHECK(response.error().code == ErrorCode::untrusted);
      CHECK(response.error().message.find("mismatch") != std::string::npos);
    }
  }
}

TEST_CASE("TLS that never comes is left at the deadline, and plain HTTP is not taken for it") {
  ScriptedServer silent({[](Peer& peer) { peer.wait_for_close(); }});
  HttpClientOptions options = trusting("");
  options.timeouts.handshake = 100ms;
  CHECK(HttpClient(options).send(get(https(silent, "localhost"))).error().code == ErrorCode::timeout);
  ScriptedServer plain({[](Peer& peer) { peer.write(http_answer("hello")), peer.wait_for_close(); }});
  const auto response = HttpClient(trusting("")).send(get(https(plain, "localhost")));
  REQUIRE(response.has_error());
  CHECK(response.error().code == ErrorCode::unavailable);
  CHECK(response.error().message.find("https://localhost:" + std::to_string(plain.port()) +
                                      " seems to speak http and not https there") != std::string::npos);
}

TEST_CASE("a server of TLS that is asked in clear is known by how it refuses") {
  const auto error_of = [](ScriptedServer::Script script) {
    ScriptedServer server({std::move(script)});
    const auto response = HttpClient(trusting("")).send(get(server.url()));
    REQUIRE(response.has_error());
    CHECK(response.error().message.find(server.url("").substr(0, server.url("").find('/', 7))) != std::string::npos);
    return response.error();
  };
  const TlsServerContext tls("DNS:localhost");
  const Error closed = error_of([&](Peer& peer) { peer.start_tls(tls.get()); });
  CHECK(closed.code == ErrorCode::unavailable);
  CHECK(closed.message.find("if it speaks https there, the URL must begin with https://") != std::string::npos);

  const Error alert = error_of([](Peer& peer) {
    peer.read_request();
    peer.write(std::string_view("\x15\x03\x01\x00\x02\x02\x16", 7));
    peer.wait_for_close();
  });
  CHECK(alert.code == ErrorCode::unavailable);
  CHECK(alert.message.find("seems to speak https and not http there") != std::string::npos);

  for (const char* page : {"<center>The plain HTTP request was sent to HTTPS port</center>",
                           "You're speaking plain HTTP to an SSL-enabled server port.",
                           "Client sent an HTTP request to an HTTPS server.\n"}) {
    const Error said = error_of(always(http_answer(page, "400 Bad Request")));
    CHECK(said.code == ErrorCode::unsupported);
    CHECK(said.message.find("seems to speak https and not http there") != std::string::npos);
  }
}

TEST_CASE("a CA file that is missing or no certificate is found out at once") {
  const TempFolder folder;
  const Url url = parse_url("https://server.example").value();
  for (const std::string& file : {(folder.path / "missing").string(), folder.write("junk", "junk").string()}) {
    const auto ready = HttpClient(trusting(file)).prepare(url);
    REQUIRE(ready.has_error());
    CHECK(ready.error().message.find(file) != std::string::npos);
  }
  CHECK(HttpClient(trusting((folder.path / "missing").string())).prepare(parse_url("http://a").value()));
}

TEST_CASE("http goes through a proxy in absolute form") {
  std::string seen;
  ScriptedServer proxy({[&](Peer& peer) {
    seen = peer.read_request();
    peer.write(http_answer("by proxy"));
  }});
  HttpClient client(trusting("", {.http = "http://us%40er:pass@127.0.0.1:" + std::to_string(proxy.port())}));
  CHECK(client.send(get("http://server.example:8100/x?y=z")).value().body == "by proxy");
  CHECK(seen.starts_with("GET http://server.example:8100/x?y=z HTTP/1.1\r\n"));
  CHECK(seen.find("Host: server.example:8100\r\n") != std::string::npos);
  CHECK(seen.find("Proxy-Authorization: Basic dXNAZXI6cGFzcw==\r\n") != std::string::npos);
}

TEST_CASE("https goes through a tunnel, which sees nothing of it") {
  const TempFolder folder;
  const TlsServerContext tls("DNS:server.example");
  std::vector<std::string> seen;
  ScriptedServer proxy({tunnel(tls, seen)});
  HttpClient client(trusting(folder.write("ca.pem", tls.certificate_pem()),
                             {.https = "user:pass@127.0.0.1:" + std::to_string(proxy.port())}));
  HttpRequest request = get("https://server.example/x");
  request.fields = {{"Authorization", "Bearer t0ken"}};
  CHECK(client.send(request).value().body == "through the tunnel");
  CHECK(client.send(request).value().body == "through the tunnel");
  REQUIRE(seen.size() == 3);
  CHECK(seen[0].starts_with("CONNECT server.example:443 HTTP/1.1\r\n"));
  CHECK(seen[0].find("Proxy-Authorization: Basic dXNlcjpwYXNz\r\n") != std::string::npos);
  CHECK(seen[0].find("t0ken") == std::string::npos);
  CHECK(seen[1].starts_with("GET /x HTTP/1.1\r\n"));
  CHECK(seen[1].find("Proxy-Authorization") == std::string::npos);
}

TEST_CASE("a proxy that gives no tunnel is told of, without its password") {
  ScriptedServer proxy({always(http_answer("", "407 Proxy Authentication Required"))});
  HttpClient client(trusting("", {.https = "http://user:passw0rd@127.0.0.1:" + std::to_string(proxy.port())}));
  const auto response = client.send(get("https://server.example/"));
  REQUIRE(response.has_error());
  CHECK(response.error().code == ErrorCode::unauthorized);
  CHECK(response.error().message.find("407") != std::string::npos);
  CHECK(response.error().message.find("passw0rd") == std::string::npos);
}

TEST_CASE("a proxy that breaks off, or cuts the body") {
  ScriptedServer proxy(
      {[](Peer& peer) { peer.read_request(), peer.reset(); },
       [](Peer& peer) { peer.read_request(), peer.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut"); }});
  HttpClient client(trusting("", {.http = "127.0.0.1:" + std::to_string(proxy.port())}));
  for (int i = 0; i < 2; ++i) {
    const auto response = client.send(get("http://server.example/"));
    REQUIRE(response.has_error());
    CHECK(response.error().code == ErrorCode::unavailable);
    CHECK(response.error().message.find("the proxy") != std::string::npos);
  }
}
