#pragma once

#include "server/openid/provider.hpp"
#include "server/serve/settings.hpp"

#include <optional>

namespace activitytrack::server {

/// The checks of single settings.
Result<void> check_openid_issuer(std::string_view text);
Result<void> check_openid_role(std::string_view text);

/// What several settings of signing in need of each other.
Result<void> check_sign_in(const ServerSettings& settings);

/// The sign-in service as the settings want it, with the client's secret read; nullopt without oidc_issuer.
Result<std::optional<OpenIdOptions>> openid_options(const ServerSettings& settings);

}  // namespace activitytrack::server
