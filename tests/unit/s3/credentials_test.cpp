#include "s3/credentials.hpp"

#include "fakes.hpp"
#include "print_error.hpp"
#include "scripted_server.hpp"
#include "temp_folder.hpp"

#include <doctest/doctest.h>

#include <map>
#include <mutex>

using namespace activitytrack;
using namespace activitytrack::test;

namespace {

/// An environment of the test's own; without what is set here, and with no metadata service.
struct Variables {
  std::map<std::string, std::string> values{{"HOME", "/nonexistent"}, {"AWS_EC2_METADATA_DISABLED", "true"}};

  GetVariable get() {
    return [this](const char* name) {
      const auto found = values.find(name);
      return found == values.end() ? nullptr : found->second.c_str();
    };
  }
};

/// Answers by the first line of a request, and keeps the requests.
class Service {
 public:
  explicit Service(std::map<std::string, std::string> answers)
      : answers_(std::move(answers)), server_({[this](Peer& peer) { serve(peer); }}) {}

  std::string url(const std::string& path = "") const { return server_.url(path); }
  std::vector<std::string> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void serve(Peer& peer) {
    for (std::string request; !(request = peer.read_request()).empty();) {
      const auto found = answers_.find(request.substr(0, request.find(" HTTP")));
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(std::move(request));
      }
      peer.write(found == answers_.end() ? http_answer("none", "404 Not Found") : found->second);
    }
  }

  std::map<std::string, std::string> answers_;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  ScriptedServer server_;  // last: its thread uses the others
};

const char* role_keys =
    R"({"Code":"Success","AccessKeyId":"AK","SecretAccessKey":"SK","Token":"T","Expiration":"2024-01-15T16:00:00Z"})";

Result<S3Credentials> chain_get(Variables& variables, const S3Options& options = {}) {
  FakeClock clock("2024-01-15T10:00:00Z");
  return CredentialChain::usual(options, clock, variables.get()).get();
}

/// A source under the test's control.
struct FakeSource final : CredentialSource {
  explicit FakeSource(int& calls, Result<S3Credentials>& next) : calls_(calls), next_(next) {}
  std::string_view name() const noexcept override { return "the fake"; }
  Result<S3Credentials> get() override {
    ++calls_;
    return next_;
  }
  int& calls_;
  Result<S3Credentials>& next_;
};

}  // namespace

TEST_CASE("the settings come before the environment") {
  Variables variables;
  variables.values["AWS_ACCESS_KEY_ID"] = "ENV";
  variables.values["AWS_SECRET_ACCESS_KEY"] = "SK";
  variables.values["AWS_SESSION_TOKEN"] = "T";
  CHECK(chain_get(variables).value() == S3Credentials("ENV", "SK", "T"));
  CHECK(chain_get(variables, {.access_key = "A", .secret_key = "S"}).value() == S3Credentials("A", "S", ""));
  const auto half = chain_get(variables, {.access_key = "A"});
  REQUIRE(half.has_error());
  CHECK(half.error().message.find("s3.secret_key") != std::string::npos);
  variables.values.erase("AWS_SECRET_ACCESS_KEY");
  CHECK(chain_get(variables).error().message.find("AWS_SECRET_ACCESS_KEY") != std::string::npos);
}

TEST_CASE("nothing set up: the error names what was tried") {
  Variables variables;
  const auto found = chain_get(variables);
  REQUIRE(found.has_error());
  CHECK(found.error().code == ErrorCode::unauthorized);
  for (const char* tried : {"s3.access_key", "AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE", "/.aws/credentials",
                            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_EC2_METADATA_DISABLED"}) {
    CAPTURE(found.error().message);
    CHECK(found.error().message.find(tried) != std::string::npos);
  }
}

TEST_CASE("a key that would break a header field is refused, and not repeated") {
  Variables variables;
  const auto found = chain_get(variables, {.access_key = "A\r\nX: y", .secret_key = "S"});
  REQUIRE(found.has_error());
  CHECK(found.error().message.find("X: y") == std::string::npos);
}

TEST_CASE("shared files with profiles") {
  Variables variables;
  TempFolder folder;
  variables.values["HOME"] = folder.path;
  folder.write(".aws/credentials",
               "[default]\naws_access_key_id=D\naws_secret_access_key=S\n"
               "[work]\naws_access_key_id=W\naws_secret_access_key=S\naws_session_token=T\n");
  folder.write(".aws/config",
               "[profile half]\naws_access_key_id=H\n[profile sso]\nsso_session=x\n"
               "[profile work]\naws_access_key_id=no\nregion=x\n");
  CHECK(chain_get(variables).value().access_key == "D");
  CHECK(chain_get(variables, {.profile = "work"}).value() == S3Credentials("W", "S", "T"));
  variables.values["AWS_PROFILE"] = "work";
  CHECK(chain_get(variables).value().access_key == "W");
  CHECK(chain_get(variables, {.profile = "default"}).value().access_key == "D");
  CHECK(chain_get(variables, {.profile = "none"}).error().message.find("no profile none") != std::string::npos);
  CHECK(chain_get(variables, {.profile = "half"}).has_error());
  CHECK(chain_get(variables, {.profile = "sso"}).error().code == ErrorCode::unsupported);
  variables.values["AWS_SHARED_CREDENTIALS_FILE"] =
      folder.write("other", "[work]\naws_access_key_id=O\naws_secret_access_key=S\n");
  CHECK(chain_get(variables).value().access_key == "O");
}

TEST_CASE("a profile that is asked for comes before the environment") {
  Variables variables;
  TempFolder folder;
  variables.values["AWS_ACCESS_KEY_ID"] = "ENV";
  variables.values["AWS_SECRET_ACCESS_KEY"] = "SK";
  variables.values["AWS_SHARED_CREDENTIALS_FILE"] =
      folder.write("credentials", "[work]\naws_access_key_id=W\naws_secret_access_key=S\n");
  variables.values["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/nonexistent";
  CHECK(chain_get(variables, {.profile = "work"}).value().access_key == "W");
}

TEST_CASE("the role of an instance, by a token") {
  Service service({{"PUT /latest/api/token", http_answer("t0ken")},
                   {"GET /latest/meta-data/iam/security-credentials/", http_answer("my-role")},
                   {"GET /latest/meta-data/iam/security-credentials/my-role", http_answer(role_keys)}});
  Variables variables;
  variables.values.erase("AWS_EC2_METADATA_DISABLED");
  variables.values["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = service.url();
  const ScopedEnv proxy("http_proxy", "http://127.0.0.1:1");  // never for metadata
  const S3Credentials keys = chain_get(variables).value();
  CHECK(keys == S3Credentials("AK", "SK", "T", at("2024-01-15T16:00:00Z")));
  const auto requests = service.requests();
  REQUIRE(requests.size() == 3);
  CHECK(requests[0].find("X-aws-ec2-metadata-token-ttl-seconds: ") != std::string::npos);
  CHECK(requests[1].find("X-aws-ec2-metadata-token: t0ken\r\n") != std::string::npos);
  CHECK(requests[2].find("X-aws-ec2-metadata-token: t0ken\r\n") != std::string::npos);
}

TEST_CASE("an instance without a role has no credentials") {
  Service service({{"PUT /latest/api/token", http_answer("t0ken")}});
  Variables variables;
  variables.values.erase("AWS_EC2_METADATA_DISABLED");
  variables.values["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = service.url("/");
  const auto found = chain_get(variables);
  REQUIRE(found.has_error());
  CHECK(found.error().message.find("no role") != std::string::npos);
}

TEST_CASE("the role of a container, with the token of its file") {
  Service service({{"GET /keys?x=1", http_answer(role_keys)}});
  TempFolder folder;
  Variables variables;
  variables.values["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = service.url("/keys?x=1");
  variables.values["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "unused";
  const auto file = folder.write("token", "Bearer a\n");
  variables.values["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = file;
  CHECK(chain_get(variables).value().access_key == "AK");
  folder.write("token", "Bearer b\n");  // it is replaced now and then
  CHECK(chain_get(variables).value().access_key == "AK");
  variables.values.erase("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
  variables.values["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "plain";
  CHECK(chain_get(variables).value().access_key == "AK");
  const auto requests = service.requests();
  REQUIRE(requests.size() == 3);
  CHECK(requests[0].find("Authorization: Bearer a\r\n") != std::string::npos);
  CHECK(requests[1].find("Authorization: Bearer b\r\n") != std::string::npos);
  CHECK(requests[2].find("Authorization: plain\r\n") != std::string::npos);
  for (const char* far : {"http://example.com/keys", "http://127.evil.example/keys", "http://127.1/keys"}) {
    variables.values["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = far;
    CHECK(chain_get(variables).error().message.find("use https") != std::string::npos);
  }
}

TEST_CASE("web identity: a role for a token") {
  Service service({{"POST /", http_answer(R"(<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/">
    <AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>AK</AccessKeyId><SecretAccessKey>S/K</SecretAccessKey>
    <SessionToken>T==</SessionToken><Expiration>2024-01-15T16:00:00Z</Expiration></Credentials>
    </AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>)")}});
  TempFolder folder;
  Variables variables;
  variables.values["AWS_WEB_IDENTITY_TOKEN_FILE"] = folder.write("token", "ey.J+\n");
  CHECK(chain_get(variables).error().message.find("AWS_ROLE_ARN") != std::string::npos);
  variables.values["AWS_ROLE_ARN"] = "arn:aws:iam::1:role/x";
  variables.values["AWS_ENDPOINT_URL_STS"] = service.url();
  CHECK(chain_get(variables).value() == S3Credentials("AK", "S/K", "T==", at("2024-01-15T16:00:00Z")));
  CHECK(body_of(service.requests().at(0)) ==
        "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fx"
        "&RoleSessionName=activitytrack&WebIdentityToken=ey.J%2B");
  variables.values["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/nonexistent";
  CHECK(chain_get(variables).error().message.find("/nonexistent") != std::string::npos);
}

TEST_CASE("STS's refusal is told, and its troubles pass") {
  TempFolder folder;
  Variables variables;
  variables.values["AWS_WEB_IDENTITY_TOKEN_FILE"] = folder.write("token", "t");
  variables.values["AWS_ROLE_ARN"] = "arn";
  const std::string error = "<ErrorResponse><Error><Code>ExpiredTokenException</Code></Error></ErrorResponse>";
  Service refusing({{"POST /", http_answer(error, "400 Bad Request")}});
  variables.values["AWS_ENDPOINT_URL_STS"] = refusing.url();
  const auto refused = chain_get(variables);
  CHECK(refused.error().code == ErrorCode::unauthorized);
  CHECK(refused.error().message.find("400 ExpiredTokenException") != std::string::npos);
  Service down({{"POST /", http_answer("", "503 Service Unavailable")}});
  variables.values["AWS_ENDPOINT_URL_STS"] = down.url();
  CHECK(chain_get(variables).error().code == ErrorCode::unavailable);
}

TEST_CASE("credentials are renewed before they expire, and used to their end when that fails") {
  using namespace std::chrono_literals;
  FakeClock clock("2024-01-15T10:00:00Z");
  int calls = 0;
  Result<S3Credentials> next = S3Credentials("A1", "S", "T", at("2024-01-15T11:00:00Z"));
  std::vector<std::unique_ptr<CredentialSource>> sources;
  sources.push_back(std::make_unique<FakeSource>(calls, next));
  CredentialChain chain(std::move(sources), clock);
  CHECK(chain.get().value().access_key == "A1");
  clock.pass(50min);
  CHECK(chain.get().value().access_key == "A1");
  CHECK(calls == 1);
  next = Error{ErrorCode::unavailable, "down"};
  clock.pass(6min);
  CHECK(chain.get().value().access_key == "A1");  // down, but good for four minutes more
  CHECK(chain.get().value().access_key == "A1");
  CHECK(calls == 2);
  clock.pass(1min);
  next = S3Credentials("A2", "S", "T", at("2024-01-15T12:00:00Z"));
  CHECK(chain.get().value().access_key == "A2");
  next = Error{ErrorCode::unavailable, "down"};
  clock.pass(2h);
  CHECK(chain.get().error().code == ErrorCode::unavailable);
  next = S3Credentials("A3", "S", "T");
  CHECK(chain.get().value().access_key == "A3");
  clock.pass(1000h);
  CHECK(chain.get().value().access_key == "A3");
  const int before = calls;
  chain.doubt();
  next = Error{ErrorCode::unavailable, "down"};
  CHECK(chain.get().value().access_key == "A3");  // there is nothing better
  chain.doubt();
  next = S3Credentials("A4", "S", "T");
  CHECK(chain.get().value().access_key == "A4");
  CHECK(calls == before + 2);
}
