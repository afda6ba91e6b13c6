#include "net/address.hpp"
#include "net/proxy.hpp"
#include "net/url.hpp"

#include "print_error.hpp"

#include <doctest/doctest.h>

#include <map>

using namespace activitytrack;

TEST_CASE("URLs are taken apart") {
  const Url url = parse_url("HTTPS://us%3Aer:p%40ss@Host.Example:8443/a/b?c=d#e").value();
  CHECK(url.scheme == "https");
  CHECK(url.user == "us:er");
  CHECK(url.password == "p@ss");
  CHECK(url.host == "host.example");
  CHECK(url.port == 8443);
  CHECK(url.target == "/a/b?c=d");
  CHECK(url.origin() == "https://host.example:8443");

  CHECK(parse_url("http://a").value().port == 80);
  CHECK(parse_url("https://a").value().port == 443);
  CHECK(parse_url("http://a").value().target == "/");
  CHECK(parse_url("http://a?b").value().target == "/?b");
  CHECK(parse_url("http://a:80/").value().authority() == "a");
  CHECK(parse_url("https://a:80/").value().authority() == "a:80");
  CHECK(parse_url("http://[::1]:8100/x").value().host == "::1");
  CHECK(parse_url("http://[::1]:8100/x").value().authority() == "[::1]:8100");
  CHECK(parse_url("http://[2001:DB8::1]").value().authority() == "[2001:db8::1]");
}

TEST_CASE("what is no URL is refused, and never repeated") {
  for (const char* text :
       {"", "secret", "secret.example", "ftp://secret", "http://", "http:///secret", "http://:80/secret",
        "http://secret:0", "http://secret:65536", "http://secret:8x", "http://[::1", "http://[secret]", "http://[::1]8",
        "http://se cret", "http://secret/\r\nX: y", "http://user:secret@", "http://a%zz:secret@b",
        "http://secret\"/"}) {
    CAPTURE(text);
    const Result<Url> url = parse_url(text);
    REQUIRE(url.has_error());
    CHECK(url.error().code == ErrorCode::invalid_input);
    CHECK(url.error().message.find("secret") == std::string::npos);
  }
}

TEST_CASE("addresses of the internet are told from those that are set apart") {
  for (const char* text :
       {"1.1.1.1", "172.32.0.1", "11.0.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1"}) {
    CAPTURE(text);
    CHECK(is_public_address(text));
  }
  for (const char* text : {"",
                           "a.example",
                           "0.0.0.0",
                           "10.1.2.3",
                           "100.64.0.1",
                           "127.0.0.1",
                           "169.254.169.254",
                           "172.16.0.1",
                           "172.31.255.255",
                           "192.168.1.1",
                           "198.18.0.1",
                           "224.0.0.1",
                           "255.255.255.255",
                           "::",
                           "::1",
                           "fe80::1",
                           "fe80::1%eth0",
                           "fd00::1",
                           "ff02::1",
                           "2002:a00:1::",
                           "2001::1",
                           "::ffff:10.0.0.1",
                           "::ffff:127.0.0.1",
                           "64:ff9b::10.0.0.1",
                           "::10.0.0.1"}) {
    CAPTURE(text);
    CHECK(!is_public_address(text));
  }
}

TEST_CASE("NO_PROXY lists") {
  const auto matches = [](const char* list, const char* host, std::uint16_t port = 80) {
    return matches_no_proxy(list, host, port);
  };
  CHECK(matches("*", "any.example"));
  CHECK(matches("a.example, b.example", "b.example"));
  CHECK(matches("a.example b.example", "b.example"));
  CHECK(matches("Example.COM", "www.example.com"));
  CHECK(matches(".example.com", "example.com"));
  CHECK(matches("*.example.com", "www.example.com"));
  CHECK(!matches("example.com", "notexample.com"));
  CHECK(!matches("www.example.com", "example.com"));
  CHECK(!matches("", "example.com"));
  CHECK(!matches(",., ", "example.com"));
  CHECK(matches("example.com:8100", "example.com", 8100));
  CHECK(!matches("example.com:8100", "example.com", 80));
  CHECK(matches("192.0.2.7", "192.0.2.7"));
  CHECK(!matches("2.7", "192.0.2.7"));
  CHECK(matches("192.0.2.0/24", "192.0.2.7"));
  CHECK(!matches("192.0.2.0/24", "192.0.3.7"));
  CHECK(matches("192.0.2.0/23", "192.0.3.7"));
  CHECK(!matches("192.0.2.0/33", "192.0.2.0"));
  CHECK(matches("2001:db8::1", "2001:db8::1"));
  CHECK(matches("[2001:db8::1]", "2001:db8::1"));
  CHECK(matches("[2001:db8::1]:8100", "2001:db8::1", 8100));
  CHECK(!matches("[2001:db8::1]:8100", "2001:db8::1", 80));
  CHECK(matches("2001:db8::/32", "2001:db8:1::1"));
}

TEST_CASE("proxies come from the environment, the lower-case name first") {
  const std::map<std::string, const char*> variables = {{"http_proxy", "http://lower:1"},
                                                        {"HTTP_PROXY", "http://upper:1"},
                                                        {"HTTPS_PROXY", "secure.example:3128"},
                                                        {"NO_PROXY", "direct.example"}};
  const ProxyRules rules = ProxyRules::from([&](const char* name) -> const char* {
    const auto at = variables.find(name);
    return at == variables.end() ? nullptr : at->second;
  });
  const auto proxy_of = [&](const char* url) {
    const auto proxy = rules.proxy_for(parse_url(url).value()).value();
    return proxy ? proxy->origin() : "none";
  };
  CHECK(proxy_of("http://a.example") == "http://lower:1");
  CHECK(proxy_of("https://a.example") == "http://secure.example:3128");
  CHECK(proxy_of("https://x.direct.example") == "none");
  CHECK(proxy_of("http://localhost:8100") == "none");
  CHECK(proxy_of("http://127.1.2.3:8100") == "none");
  CHECK(proxy_of("http://[::1]:8100") == "none");
}

TEST_CASE("only TLS and this machine itself are trustworthy") {
  const auto is_trusted = [](std::string_view url) { return is_trustworthy(parse_url(url).value()); };
  CHECK(is_trusted("https://sso.example"));
  CHECK(is_trusted("http://localhost:8100"));
  CHECK(is_trusted("http://127.1.2.3"));
  CHECK(is_trusted("http://[::1]:8100"));
  CHECK_FALSE(is_trusted("http://sso.example"));
  CHECK_FALSE(is_trusted("http://127.sso.example"));
  CHECK_FALSE(is_trusted("http://128.0.0.1"));
}

TEST_CASE("a proxy that cannot be used is an error, without its password") {
  for (const char* proxy : {"socks5://user:secret@p:1", "https://user:secret@p:1", "http://user:secret@:1"}) {
    const auto found = ProxyRules{.http = proxy}.proxy_for(parse_url("http://a.example").value());
    REQUIRE(found.has_error());
    CHECK(found.error().message.find("http_proxy") != std::string::npos);
    CHECK(found.error().message.find("secret") == std::string::npos);
  }
}
