#include "s3/credentials.hpp"
#include "s3/metadata.hpp"
#include "s3/variable.hpp"

#include <algorithm>

namespace activitytrack {
namespace {

using namespace std::chrono_literals;

/// The role of an EC2 instance, by version 2 of the Instance Metadata Service.
class InstanceSource final : public CredentialSource {
 public:
  explicit InstanceSource(GetVariable variable) : variable_(std::move(variable)), http_(metadata_options(1s)) {}

  std::string_view name() const noexcept override { return "the instance's role"; }

  Result<S3Credentials> get() override {
    std::string disabled = value_of(variable_, "AWS_EC2_METADATA_DISABLED");
    std::ranges::transform(disabled, disabled.begin(), [](char c) { return static_cast<char>(c | 0x20); });
    if (disabled == "true") return Error{ErrorCode::not_found, "AWS_EC2_METADATA_DISABLED is set"};
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

std::unique_ptr<CredentialSource> make_instance_source(GetVariable variable) {
  return std::make_unique<InstanceSource>(std::move(variable));
}

}  // namespace activitytrack
