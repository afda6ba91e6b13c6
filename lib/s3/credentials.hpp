#pragma once

#include "net/http_client.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/result.hpp>
#include <activitytrack/s3/s3_options.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack {

/// What requests are signed with. The secrets are erased from memory when it goes.
struct S3Credentials {
  std::string access_key;
  std::string secret_key;
  std::string session_token;      ///< of temporary credentials
  std::optional<Time> expires{};  ///< nullopt: not known to

  S3Credentials() = default;
  S3Credentials(std::string access, std::string secret, std::string token, std::optional<Time> until = {});
  S3Credentials(const S3Credentials&) = default;
  S3Credentials& operator=(const S3Credentials&) = default;
  ~S3Credentials();

  friend bool operator==(const S3Credentials&, const S3Credentials&) = default;
};

/// One place where credentials may be. Blocks while it asks a service.
class CredentialSource {
 public:
  virtual ~CredentialSource() = default;

  virtual std::string_view name() const noexcept = 0;  ///< for people: "the environment"

  /// `not_found` if nothing is set up there, with what is missing; the next one is asked then. Any other
  /// error ends the search: something is set up there, and does not work.
  virtual Result<S3Credentials> get() = 0;

  virtual void cancel() noexcept {}
};

using GetVariable = std::function<const char*(const char*)>;

/// Every source reads the environment through `variable`, which it keeps.
std::unique_ptr<CredentialSource> make_settings_source(const S3Options& options);
std::unique_ptr<CredentialSource> make_environment_source(GetVariable variable);
std::unique_ptr<CredentialSource> make_web_identity_source(const S3Options& options, GetVariable variable);
std::unique_ptr<CredentialSource> make_shared_files_source(const S3Options& options, GetVariable variable);
std::unique_ptr<CredentialSource> make_container_source(GetVariable variable);
std::unique_ptr<CredentialSource> make_instance_source(GetVariable variable);

/// Asks the sources in turn, keeps what the first one gave, and asks again shortly before it expires. One
/// thread uses it; `cancel` may come from any.
class CredentialChain {
 public:
  CredentialChain(std::vector<std::unique_ptr<CredentialSource>> sources, Clock& clock);

  /// The usual chain for these options.
  static CredentialChain usual(const S3Options& options, Clock& clock, GetVariable variable);

  /// The error names what was tried. When asking again fails, what is not expired yet is used on.
  Result<S3Credentials> get();

  /// The service does not take what get() gave: the next get() asks again.
  void doubt() { ask_again_ = Time::min(); }

  void cancel() noexcept;

 private:
  Result<S3Credentials> ask();

  std::vector<std::unique_ptr<CredentialSource>> sources_;
  Clock* clock_;
  std::optional<S3Credentials> known_;
  Time ask_again_ = Time::max();
};

/// A variable of the environment; "" if it is not set.
inline std::string value_of(const GetVariable& variable, const char* name) {
  const char* value = variable(name);
  return value == nullptr ? "" : value;
}

using Profile = std::map<std::string, std::string, std::less<>>;

/// Adds to `profile` what a shared file of AWS says of it, for keys not known yet. The file `config` heads
/// its sections "[profile NAME]", the other one "[NAME]"; "[default]" is the same in both. False: there is
/// none of that name.
bool read_profile(std::string_view file, std::string_view name, bool config, Profile& profile);

/// What a service gives for a token of another one: a role's keys for some time.
struct WebIdentity {
  std::string token_file;
  std::string role_arn;
  std::string session_name;  ///< "": our own
};

/// Asks the Security Token Service by AssumeRoleWithWebIdentity.
class WebIdentityClient {
 public:
  WebIdentityClient(const S3Options& options, GetVariable variable);

  Result<S3Credentials> get(const WebIdentity& identity);
  void cancel() noexcept { http_.cancel(); }

 private:
  std::string region_;
  GetVariable variable_;
  HttpClient http_;
};

}  // namespace activitytrack
