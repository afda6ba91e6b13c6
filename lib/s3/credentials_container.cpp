#include "s3/credentials.hpp"
#include "s3/metadata.hpp"
#include "s3/variable.hpp"

#include "core/file.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace activitytrack {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t max_token_bytes = 16 << 10;

/// Keys travel openly to these alone: they do not leave the machine.
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
    const bool may_pass = answer->status / 100 == 5 || answer->status == 429;
    return Error{may_pass ? ErrorCode::unavailable : ErrorCode::permission,
                 "the service answered " + std::to_string(answer->status)};
  }

  void cancel() noexcept override { http_.cancel(); }

 private:
  /// Read anew each time: files like this are replaced while we run.
  Result<std::string> read_token() const {
    const std::string file = value_of(variable_, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    if (file.empty()) return value_of(variable_, "AWS_CONTAINER_AUTHORIZATION_TOKEN");
    Result<std::string> token = read_file_start(file, max_token_bytes);
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

}  // namespace

std::unique_ptr<CredentialSource> make_container_source(GetVariable variable) {
  return std::make_unique<ContainerSource>(std::move(variable));
}

}  // namespace activitytrack
