#include "s3/credentials.hpp"

#include <openssl/crypto.h>

#include <algorithm>

namespace activitytrack {
namespace {

using namespace std::chrono_literals;

constexpr auto refresh_before = 5min;  // that long before they expire, services have newer ones
constexpr auto between_refreshes = 30s;

class SettingsSource final : public CredentialSource {
 public:
  explicit SettingsSource(const S3Options& options)
      : given_(options.access_key, options.secret_key, options.session_token) {}

  std::string_view name() const noexcept override { return "the settings"; }

  Result<S3Credentials> get() override {
    if (given_.access_key.empty() && given_.secret_key.empty()) {
      return Error{ErrorCode::not_found, "no s3.access_key"};
    }
    if (given_.access_key.empty() || given_.secret_key.empty()) {
      return Error{ErrorCode::invalid_input, "s3.access_key and s3.secret_key must be given together"};
    }
    return given_;
  }

 private:
  S3Credentials given_;
};

/// Keys go into header fields as they are.
bool fits_a_field(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F; });
}

}  // namespace

S3Credentials::S3Credentials(std::string access, std::string secret, std::string token, std::optional<Time> until)
    : access_key(std::move(access)), secret_key(std::move(secret)), session_token(std::move(token)), expires(until) {}

S3Credentials::~S3Credentials() {
  OPENSSL_cleanse(secret_key.data(), secret_key.size());
  OPENSSL_cleanse(session_token.data(), session_token.size());
}

std::unique_ptr<CredentialSource> make_settings_source(const S3Options& options) {
  return std::make_unique<SettingsSource>(options);
}

CredentialChain::CredentialChain(std::vector<std::unique_ptr<CredentialSource>> sources, Clock& clock)
    : sources_(std::move(sources)), clock_(&clock) {}

CredentialChain CredentialChain::usual(const S3Options& options, Clock& clock, GetVariable variable) {
  std::vector<std::unique_ptr<CredentialSource>> sources;
  sources.push_back(make_settings_source(options));
  // A profile that was asked for is meant, whatever the environment holds.
  if (options.profile.empty()) {
    sources.push_back(make_environment_source(variable));
    sources.push_back(make_web_identity_source(options, variable));
  }
  sources.push_back(make_shared_files_source(options, variable));
  sources.push_back(make_container_source(variable));
  sources.push_back(make_instance_source(variable));
  return {std::move(sources), clock};
}

Result<S3Credentials> CredentialChain::get() {
  const Time now = clock_->now();
  if (known_ && now < ask_again_) return *known_;
  Result<S3Credentials> fresh = ask();
  if (fresh) {
    known_ = *fresh;
    ask_again_ = fresh->expires ? std::max(*fresh->expires - refresh_before, now + between_refreshes) : Time::max();
    return fresh;
  }
  if (!known_ || (known_->expires && *known_->expires <= now)) return fresh;
  ask_again_ = now + between_refreshes;
  return *known_;
}

Result<S3Credentials> CredentialChain::ask() {
  std::string tried;
  for (const std::unique_ptr<CredentialSource>& source : sources_) {
    Result<S3Credentials> found = source->get();
    if (found && fits_a_field(found->access_key) && fits_a_field(found->session_token)) return found;
    const Error error =
        found ? Error{ErrorCode::invalid_input, "a key holds a space or control character"} : found.error();
    if (error.code != ErrorCode::not_found) {
      return Error{error.code, "no credentials for S3 from " + std::string(source->name()) + ": " + error.message};
    }
    tried += (tried.empty() ? "" : "; ") + std::string(source->name()) + ": " + error.message;
  }
  return Error{ErrorCode::unauthorized,
               "no credentials for S3 found (" + tried + "): set s3.access_key and s3.secret_key, or one of these up"};
}

void CredentialChain::cancel() noexcept {
  for (const std::unique_ptr<CredentialSource>& source : sources_) source->cancel();
}

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
