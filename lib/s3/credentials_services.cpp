#include "core/file.hpp"
#include "core/json_reader.hpp"
#include "core/text.hpp"
#include "net/http_client.hpp"
#include "s3/credentials.hpp"

#include <activitytrack/core/clock.hpp>

#include <arpa/inet.h>
#include <algorithm>
#include <array>

namespace activitytrack {
namespace {

using namespace std::chrono_literals;

/// For services that give credentials to anyone on the machine: no proxy, short time-outs, one host.
HttpClientOptions metadata_options(std::chrono::milliseconds patience) {
  HttpClientOptions options;
  options.proxies = {};
  options.timeouts.resolve = options.timeouts.connect = options.timeouts.write = patience;
  options.timeouts.read = 5 * patience;
  options.timeouts.total = 8 * patience;
  options.max_body_bytes = 64 << 10;
  options.redirects_are_answers = true;
  return options;
}

/// What container and instance services answer with: AccessKeyId, SecretAccessKey, Token, Expiration.
Result<S3Credentials> parse_credentials(std::string_view json) {
  const auto object = parse_json_object(json);
  if (!object) return Error{ErrorCode::unavailable, "its answer is no JSON object"};
  S3Credentials found(json_text(*object, "AccessKeyId"), json_text(*object, "SecretAccessKey"),
                      json_text(*object, "Token"));
  if (found.access_key.empty() || found.secret_key.empty()) {
    return Error{ErrorCode::unavailable, "its answer holds no AccessKeyId and SecretAccessKey"};
  }
  if (const Result<Time> expires = parse_timestamp(json_text(*object, "Expiration"))) found.expires = *expires;
  return found;
}

constexpr std::size_t max_container_token_bytes = 16 << 10;

/// Keys travel unencrypted only to these: they do not leave the machine.
bool is_near(const std::string& host) {
  static constexpr std::array<std::string_view, 5> near{"localhost", "::1", "169.254.170.2", "169.254.170.23",
                                                        "fd00:ec2::23"};
  in_addr address{};
  const bool loopback = inet_pton(AF_INET, host.c_str(), &address) == 1 && ntohl(address.s_addr) >> 24 == 127;
  return loopback || std::ranges::find(near, host) != near.end();
}

/// The role of a container: Amazon's ECS, EKS Pod Identity, Greengrass.
class ContainerSource final : public CredentialSource {
 public:
  explicit ContainerSource(GetVariable variable) : variable_(std::move(variable)), http_(metadata_options(2s)) {}

  std::string_view name() const noexcept override { return "the container's role"; }

  Result<S3Credentials> get() override {
    const std::string relative = value_of(variable_, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    const std::string full = relative.empty() ? value_of(variable_, "AWS_CONTAINER_CREDENTIALS_FULL_URI")
                                              : "http://169.254.170.2" + relative;
    if (full.empty()) return Error{ErrorCode::not_found, "no AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"};
    Result<Url> url = parse_url(full);
    if (!url) return Error{ErrorCode::invalid_input, "its URI is " + url.error().message};
    if (!url->secure() && !is_near(url->host)) {
      return Error{ErrorCode::invalid_input, "its URI is http and not of this machine: use https"};
    }
    HttpRequest request{.url = std::move(*url)};
    const Result<std::string> token = read_token();
    if (!token) return token.error();
    if (!token->empty()) request.fields.emplace_back("Authorization", *token);
    const Result<HttpResponse> answer = http_.send(request);
    if (!answer) return answer.error();
    if (answer->status == 200) return parse_credentials(answer->body);
    const bool is_transient = answer->status / 100 == 5 || answer->status == 429;
    return Error{is_transient ? ErrorCode::unavailable : ErrorCode::unauthorized,
                 "the service answered " + std::to_string(answer->status)};
  }

  void cancel() noexcept override { http_.cancel(); }

 private:
  /// Read anew each time: files like this are replaced while we run.
  Result<std::string> read_token() const {
    const std::string file = value_of(variable_, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    if (file.empty()) return value_of(variable_, "AWS_CONTAINER_AUTHORIZATION_TOKEN");
    Result<std::string> token = read_file_start(file, max_container_token_bytes);
    if (!token)
      return Error{token.error().code == ErrorCode::not_found ? ErrorCode::io : token.error().code,
                   file + ": " + token.error().message};
    while (!token->empty() && static_cast<unsigned char>(token->back()) <= ' ') token->pop_back();
    if (std::ranges::any_of(*token, [](char c) { return static_cast<unsigned char>(c) < ' '; })) {
      return Error{ErrorCode::invalid_input, file + " holds more than one line"};
    }
    return token;
  }

  GetVariable variable_;
  HttpClient http_;
};

/// The role of an EC2 instance, by version 2 of the Instance Metadata Service.
class InstanceSource final : public CredentialSource {
 public:
  explicit InstanceSource(GetVariable variable) : variable_(std::move(variable)), http_(metadata_options(1s)) {}

  std::string_view name() const noexcept override { return "the instance's role"; }

  Result<S3Credentials> get() override {
    if (lower_case(value_of(variable_, "AWS_EC2_METADATA_DISABLED")) == "true")
      return Error{ErrorCode::not_found, "AWS_EC2_METADATA_DISABLED is set"};
    std::string endpoint = value_of(variable_, "AWS_EC2_METADATA_SERVICE_ENDPOINT");
    if (endpoint.empty()) endpoint = "http://169.254.169.254";
    while (endpoint.ends_with('/')) endpoint.pop_back();
    const Result<HttpResponse> token =
        ask("PUT", endpoint + "/latest/api/token", {"X-aws-ec2-metadata-token-ttl-seconds", "300"});
    if (!token) return Error{ErrorCode::not_found, token.error().message};
    if (token->status != 200) return answered("the token", *token);
    return by_token(endpoint + "/latest/meta-data/iam/security-credentials/",
                    {"X-aws-ec2-metadata-token", token->body});
  }

  void cancel() noexcept override { http_.cancel(); }

 private:
  using Field = std::pair<std::string, std::string>;

  Result<S3Credentials> by_token(const std::string& place, const Field& token) {
    const Result<HttpResponse> role = ask("GET", place, token);
    if (!role) return role.error();
    if (role->status == 404) return Error{ErrorCode::not_found, "no role is attached to it"};
    if (role->status != 200) return answered("the role's name", *role);
    const Result<HttpResponse> found = ask("GET", place + role->body.substr(0, role->body.find('\n')), token);
    if (!found) return found.error();
    if (found->status != 200) return answered("the role's keys", *found);
    return parse_credentials(found->body);
  }

  Result<HttpResponse> ask(std::string method, const std::string& url, const Field& field) {
    Result<Url> parsed = parse_url(url);
    if (!parsed) return Error{ErrorCode::invalid_input, "the metadata service's URL is " + parsed.error().message};
    return http_.send({.method = std::move(method), .url = std::move(*parsed), .fields = {field}});
  }

  static Error answered(std::string_view wanted, const HttpResponse& response) {
    const ErrorCode code = response.status / 100 == 5 ? ErrorCode::unavailable : ErrorCode::not_found;
    return {code, "the metadata service answered " + std::to_string(response.status) + " when asked for " +
                      std::string(wanted)};
  }

  GetVariable variable_;
  HttpClient http_;
};

}  // namespace

std::unique_ptr<CredentialSource> make_container_source(GetVariable variable) {
  return std::make_unique<ContainerSource>(std::move(variable));
}

std::unique_ptr<CredentialSource> make_instance_source(GetVariable variable) {
  return std::make_unique<InstanceSource>(std::move(variable));
}

}  // namespace activitytrack
