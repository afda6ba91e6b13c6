#include "s3/credentials.hpp"

#include <openssl/crypto.h>

#include <algorithm>

namespace activitytrack {
namespace {

using namespace std::chrono_literals;

constexpr auto refresh_before = 5min;  // that long before they expire, services have newer ones
constexpr auto between_refreshes = 30s;

/// Keys go into header fields as they are.
bool fits_a_field(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F; });
}

/// Keys that are given as they are, under these two names.
class GivenSource final : public CredentialSource {
 public:
  GivenSource(std::string_view name, std::string access, std::string secret, std::function<S3Credentials()> read)
      : name_(name), access_(std::move(access)), secret_(std::move(secret)), read_(std::move(read)) {}

  std::string_view name() const noexcept override { return name_; }

  Result<S3Credentials> get() override {
    S3Credentials found = read_();
    if (!found.access_key.empty() && !found.secret_key.empty()) return found;
    if (found.access_key.empty() && found.secret_key.empty()) return Error{ErrorCode::not_found, "no " + access_};
    return Error{ErrorCode::invalid_input, access_ + " and " + secret_ + " must be given together"};
  }

 private:
  std::string_view name_;
  std::string access_, secret_;
  std::function<S3Credentials()> read_;
};

}  // namespace

S3Credentials::S3Credentials(std::string access, std::string secret, std::string token, std::optional<Time> until)
    : access_key(std::move(access)), secret_key(std::move(secret)), session_token(std::move(token)), expires(until) {}

S3Credentials::~S3Credentials() {
  OPENSSL_cleanse(secret_key.data(), secret_key.size());
  OPENSSL_cleanse(session_token.data(), session_token.size());
}

std::unique_ptr<CredentialSource> make_settings_source(const S3Options& options) {
  const S3Credentials given(options.access_key, options.secret_key, options.session_token);
  return std::make_unique<GivenSource>("the settings", "s3.access_key", "s3.secret_key", [given] { return given; });
}

std::unique_ptr<CredentialSource> make_environment_source(GetVariable variable) {
  constexpr const char *access = "AWS_ACCESS_KEY_ID", *secret = "AWS_SECRET_ACCESS_KEY";
  return std::make_unique<GivenSource>("the environment", access, secret, [variable = std::move(variable)] {
    return S3Credentials(value_of(variable, access), value_of(variable, secret),
                         value_of(variable, "AWS_SESSION_TOKEN"));
  });
}

CredentialChain::CredentialChain(std::vector<std::unique_ptr<CredentialSource>> sources, Clock& clock)
    : sources_(std::move(sources)), clock_(&clock) {}

CredentialChain CredentialChain::usual(const S3Options& options, Clock& clock, GetVariable variable) {
  std::vector<std::unique_ptr<CredentialSource>> sources;
  if (!options.access_key.empty() || !options.secret_key.empty()) sources.push_back(make_settings_source(options));
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
  return Error{ErrorCode::unauthorized, "no credentials for S3 found (" + tried +
                                            "): set one of these up, or in the agent s3.access_key and s3.secret_key"};
}

void CredentialChain::cancel() noexcept {
  for (const std::unique_ptr<CredentialSource>& source : sources_) source->cancel();
}

}  // namespace activitytrack
