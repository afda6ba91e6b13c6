#include "s3/credentials.hpp"
#include "s3/variable.hpp"

namespace activitytrack {
namespace {

class EnvironmentSource final : public CredentialSource {
 public:
  explicit EnvironmentSource(GetVariable variable) : variable_(std::move(variable)) {}

  std::string_view name() const noexcept override { return "the environment"; }

  Result<S3Credentials> get() override {
    S3Credentials found(value_of(variable_, "AWS_ACCESS_KEY_ID"), value_of(variable_, "AWS_SECRET_ACCESS_KEY"),
                        value_of(variable_, "AWS_SESSION_TOKEN"));
    if (found.access_key.empty() && found.secret_key.empty()) {
      return Error{ErrorCode::not_found, "no AWS_ACCESS_KEY_ID"};
    }
    if (found.access_key.empty() || found.secret_key.empty()) {
      return Error{ErrorCode::invalid_input, "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be given together"};
    }
    return found;
  }

 private:
  GetVariable variable_;
};

}  // namespace

std::unique_ptr<CredentialSource> make_environment_source(GetVariable variable) {
  return std::make_unique<EnvironmentSource>(std::move(variable));
}

}  // namespace activitytrack
