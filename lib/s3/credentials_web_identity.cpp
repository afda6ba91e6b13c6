#include "core/file.hpp"
#include "core/text.hpp"
#include "s3/address.hpp"
#include "s3/credentials.hpp"
#include "s3/signature.hpp"
#include "s3/xml.hpp"

#include <activitytrack/core/clock.hpp>

#include <algorithm>

namespace activitytrack {
namespace {

constexpr std::size_t max_token_bytes = 64 << 10;

HttpClientOptions token_http_options(const S3Options& options) {
  HttpClientOptions http;
  http.user_agent = options.user_agent;
  http.ca_file = options.ca_file;
  http.max_body_bytes = 256 << 10;
  http.redirects_are_answers = true;
  return http;
}

Result<S3Credentials> read_keys(const std::string& xml) {
  S3Credentials keys;
  const Result<void> read = read_xml(xml, [&](std::string_view path, std::string_view text) {
    constexpr std::string_view root = "AssumeRoleWithWebIdentityResponse/AssumeRoleWithWebIdentityResult/Credentials/";
    if (!path.starts_with(root)) return;
    path.remove_prefix(root.size());
    if (path == "AccessKeyId") keys.access_key = text;
    if (path == "SecretAccessKey") keys.secret_key = text;
    if (path == "SessionToken") keys.session_token = text;
    if (const Result<Time> time = parse_timestamp(text); path == "Expiration" && time) keys.expires = *time;
  });
  if (read && !keys.access_key.empty() && !keys.secret_key.empty()) return keys;
  return Error{ErrorCode::unavailable, "STS gave an answer without keys"};
}

Error refusal(const HttpResponse& response) {
  const std::string code = clean_utf8(xml_text(response.body, "ErrorResponse/Error/Code"), 64);
  const bool passes = response.status / 100 == 5 || response.status == 429 || code == "IDPCommunicationError";
  return {passes ? ErrorCode::unavailable : ErrorCode::unauthorized,
          "STS answered " + std::to_string(response.status) + (code.empty() ? "" : " " + code)};
}

class WebIdentitySource final : public CredentialSource {
 public:
  WebIdentitySource(const S3Options& options, GetVariable variable)
      : variable_(std::move(variable)), client_(options, variable_) {}

  std::string_view name() const noexcept override { return "web identity"; }

  Result<S3Credentials> get() override {
    const WebIdentity identity{value_of(variable_, "AWS_WEB_IDENTITY_TOKEN_FILE"), value_of(variable_, "AWS_ROLE_ARN"),
                               value_of(variable_, "AWS_ROLE_SESSION_NAME")};
    if (identity.token_file.empty()) return Error{ErrorCode::not_found, "no AWS_WEB_IDENTITY_TOKEN_FILE"};
    if (identity.role_arn.empty()) {
      return Error{ErrorCode::invalid_input, "AWS_WEB_IDENTITY_TOKEN_FILE needs AWS_ROLE_ARN beside it"};
    }
    return client_.get(identity);
  }

  void cancel() noexcept override { client_.cancel(); }

 private:
  GetVariable variable_;
  WebIdentityClient client_;
};

}  // namespace

WebIdentityClient::WebIdentityClient(const S3Options& options, GetVariable variable)
    : region_(options.region), variable_(std::move(variable)), http_(token_http_options(options)) {}

Result<S3Credentials> WebIdentityClient::get(const WebIdentity& identity) {
  const std::string given = value_of(variable_, "AWS_ENDPOINT_URL_STS");
  Result<Url> url = parse_url(given.empty() ? "https://" + aws_host("sts", region_) : given);
  if (!url) return Error{ErrorCode::invalid_input, "AWS_ENDPOINT_URL_STS is " + url.error().message};
  Result<std::string> token = read_file_start(identity.token_file, max_token_bytes);
  if (!token) return Error{ErrorCode::io, identity.token_file + ": " + token.error().message};
  while (!token->empty() && static_cast<unsigned char>(token->back()) <= ' ') token->pop_back();
  HttpRequest request{.method = "POST", .url = std::move(*url)};
  request.fields = {{"Content-Type", "application/x-www-form-urlencoded"}};
  const std::string session = identity.session_name.empty() ? "activitytrack" : identity.session_name;
  request.body = "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=" + uri_encode(identity.role_arn) +
                 "&RoleSessionName=" + uri_encode(session) + "&WebIdentityToken=" + uri_encode(*token);
  const Result<HttpResponse> answer = http_.send(request);
  if (!answer) return answer.error();
  return answer->status == 200 ? read_keys(answer->body) : refusal(*answer);
}

std::unique_ptr<CredentialSource> make_web_identity_source(const S3Options& options, GetVariable variable) {
  return std::make_unique<WebIdentitySource>(options, std::move(variable));
}

}  // namespace activitytrack
