#include "sender/http_outcome.hpp"

#include "fakes.hpp"
#include "net/http_client.hpp"

#include <doctest/doctest.h>

using namespace activitytrack;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

SendOutcome outcome_for(HttpResponse response, std::size_t sent = 3) {
  return outcome_of(response, sent, "https://server.example", "t0ken");
}

HttpResponse problem(int status, std::string body, HttpFields fields = {}) {
  fields.emplace_back("Content-Type", "application/problem+json");
  return {status, std::move(fields), std::move(body)};
}

}  // namespace

TEST_CASE("an answer that adds up settles the batch") {
  const SendOutcome all = outcome_for({200, {}, R"({"accepted":2,"duplicates":1,"rejected":[]})"});
  CHECK(all.status == SendOutcome::settled);
  CHECK(all.answer.accepted == 2);
  CHECK(all.answer.duplicates == 1);
  const SendOutcome some = outcome_for(
      {200, {}, R"({"accepted":1,"duplicates":1,"rejected":[{"index":2,"field":"key_count","error":"no"}]})"});
  CHECK(some.status == SendOutcome::settled);
  REQUIRE(some.answer.rejected.size() == 1);
  CHECK(some.answer.rejected[0] == BatchAnswer::Rejected{2, "key_count", "no"});
}

TEST_CASE("an answer that does not is no answer: everything is kept") {
  for (
      const char* body : {
          "",
          "<html>Welcome to the hotel's network</html>",
          "{}",
          "[]",
          "null",
          R"({"accepted":2,"duplicates":0,"rejected":[]})",
          R"({"accepted":4,"duplicates":0,"rejected":[]})",
          R"({"accepted":-1,"duplicates":4,"rejected":[]})",
          R"({"accepted":18446744073709551615,"duplicates":4,"rejected":[]})",
          R"({"accepted":2,"duplicates":0,"rejected":[{"index":3,"field":"","error":"x"}]})",
          R"({"accepted":1,"duplicates":0,"rejected":[{"index":1,"field":"","error":"x"},{"index":1,"field":"","error":"x"}]})",
      }) {
    CAPTURE(body);
    const SendOutcome got = outcome_for({200, {}, body});
    CHECK(got.status == SendOutcome::retry);
    CHECK(got.error.message.find("https://server.example") != std::string::npos);
  }
}

TEST_CASE("each status has its outcome") {
  for (const int status : {400, 413, 415, 422}) CHECK(outcome_for({status, {}, ""}).status == SendOutcome::refused);
  CHECK(outcome_for({403, {}, ""}).status == SendOutcome::forbidden);
  for (const int status : {100, 201, 202, 204, 401, 404, 405, 408, 409, 429, 500, 501, 502, 503, 504, 599}) {
    CAPTURE(status);
    const SendOutcome got = outcome_for({status, {}, R"({"accepted":3,"duplicates":0,"rejected":[]})"});
    CHECK(got.status == SendOutcome::retry);
    CHECK(got.error.message.find(std::to_string(status)) != std::string::npos);
  }
  CHECK(outcome_for({401, {}, ""}).error.message.find("enroll") != std::string::npos);
}

TEST_CASE("errors hold the server's words, short and clean, and never the credential") {
  const Error told = outcome_for(problem(503, R"({"title":"Busy","detail":"the disk\nis full","status":503})")).error;
  CHECK(told.message == "https://server.example answered 503: Busy: the disk is full");
  CHECK(outcome_for(problem(500, R"({"title":")" + std::string(5000, 'x') + "\"}")).error.message.size() < 300);
  for (const char* body : {"", "{", "[1]", R"({"title":5})", R"({"title":"you sent Bearer t0ken"})"}) {
    CHECK(outcome_for(problem(500, body)).error.message == "https://server.example answered 500");
  }
  CHECK(outcome_for({500, {{"Content-Type", "text/html"}}, R"({"title":"x"})"}).error.message ==
        "https://server.example answered 500");
}

TEST_CASE("Retry-After is seen by the server's own clock") {
  CHECK(outcome_for(problem(503, "", {{"Retry-After", "17"}})).retry_after == 17s);
  CHECK(outcome_for(
            {429, {{"Date", "Mon, 15 Jan 2024 10:30:00 GMT"}, {"Retry-After", "Mon, 15 Jan 2024 10:31:30 GMT"}}, ""})
            .retry_after == 90s);
  CHECK(outcome_for({429, {}, ""}).retry_after == std::nullopt);
}

TEST_CASE("Retry-After in all its forms") {
  const Time now = at("1994-11-06T08:49:00Z");
  CHECK(parse_retry_after("0", now) == 0s);
  CHECK(parse_retry_after("120", now) == 120s);
  CHECK(parse_retry_after("999999", now) == 3600s);
  CHECK(parse_retry_after("99999999999999999999999", now) == 3600s);
  CHECK(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now) == 37s);
  CHECK(parse_retry_after("Sunday, 06-Nov-94 08:49:37 GMT", now) == 37s);
  CHECK(parse_retry_after("Sun Nov  6 08:49:37 1994", now) == 37s);
  CHECK(parse_retry_after("Sun, 06 Nov 1994 08:48:37 GMT", now) == 0s);
  CHECK(parse_retry_after("Sun, 06 Nov 2044 08:48:37 GMT", now) == 3600s);
  for (const char* junk :
       {"", "-5", "+5", "1.5", "soon", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 31 Feb 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:49:37", "06 Nov 1994"}) {
    CAPTURE(junk);
    CHECK(parse_retry_after(junk, now) == std::nullopt);
  }
}
