#include "s3/credentials.hpp"
#include "s3/variable.hpp"
#include "s3/web_identity.hpp"

namespace activitytrack {
namespace {

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

std::unique_ptr<CredentialSource> make_web_identity_source(const S3Options& options, GetVariable variable) {
  return std::make_unique<WebIdentitySource>(options, std::move(variable));
}

}  // namespace activitytrack
