#pragma once

#include "net/http_client.hpp"
#include "server/openid/role_rules.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/result.hpp>

#include <boost/json/object.hpp>

#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The service by which people sign in: OpenID Connect Core 1.0, the authorization code flow with PKCE (RFC 7636).

namespace activitytrack::server {

struct OpenIdOptions {
  std::string issuer{};  ///< "https://login.example/realms/staff"; http only on this machine
  std::string client_id{};
  std::string client_secret{};  ///< "": a public client
  std::string scopes = "openid profile email";
  std::string name_claim = "preferred_username";
  std::vector<RoleRule> rules{};
  std::string redirect_url{};  ///< of this server
  std::string ca_file{};       ///< PEM file of the authorities to trust; "": the system's
  bool only = false;           ///< nobody signs in by password
};

/// What ties a provider's answer to the browser that began: all of them are made of the secret in its cookie.
struct SignInSecrets {
  std::string state, nonce, verifier;
};
SignInSecrets sign_in_secrets(std::string_view secret);

/// What a provider sent back through the browser.
struct ProviderAnswer {
  std::string code{};
  std::string issuer{};  ///< RFC 9207; "" if it did not say
};

/// Speaks to the provider; each call takes at most some seconds, and calls wait for each other. What the provider says
/// of itself, and its keys, are kept for some minutes.
class OpenIdProvider {
 public:
  explicit OpenIdProvider(OpenIdOptions options);

  const OpenIdOptions& options() const { return options_; }

  /// Where the browser is sent. `unavailable` and the like if the provider cannot be asked.
  Result<std::string> sign_in_url(const SignInSecrets& secrets, Time now);

  /// Trades the code for the claims of who signed in, checked (check_id_token). `unauthorized` if they are not good.
  Result<boost::json::object> claims_of(const ProviderAnswer& answer, const SignInSecrets& secrets, Time now);

  /// Whether that it cannot be asked is to be logged: once a minute, so that nobody fills the log by trying. From any
  /// thread.
  bool tells_outage(Time now) noexcept;

  /// Makes calls under way, and later ones, fail at once. From any thread.
  void cancel() noexcept { client_.cancel(); }

 private:
  struct Metadata {
    std::string authorization, token, keys, userinfo;
    bool names_itself = false;  ///< in each answer (RFC 9207)
    bool takes_basic = true;    ///< the client's secret by HTTP Basic, not in the body
  };

  Result<void> discover(Time now);
  Result<std::string> endpoint(const boost::json::object& document, std::string_view name) const;
  Result<boost::json::object> ask(HttpRequest request);
  Result<boost::json::object> trade(const std::string& code, const std::string& verifier);
  Result<boost::json::object> check(const std::string& token, const std::string& nonce, Time now);
  Result<void> load_keys(Time now);
  Result<void> add_userinfo(boost::json::object& claims, const std::string& access_token);
  bool lacks_claims(const boost::json::object& claims) const;

  const OpenIdOptions options_;
  std::atomic<Time> outage_told_at_{Time::min()};
  std::mutex mutex_;  ///< of all below
  HttpClient client_;
  std::optional<Metadata> metadata_{};
  std::string keys_{};
  Time metadata_at_{}, keys_at_{};
};

}  // namespace activitytrack::server
