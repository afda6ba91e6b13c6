#pragma once

#include "settings.hpp"

#include <activitytrack/seal/seal.hpp>

#include <optional>

namespace activitytrack::report {

/// The private key of --key, or of the user's own file. None where no key is named and the user has none.
Result<std::optional<PrivateKey>> key_if_there(const ReportSettings& settings);

}  // namespace activitytrack::report
