#pragma once

#include "settings.hpp"

#include <activitytrack/seal/seal.hpp>

#include <filesystem>
#include <optional>

namespace activitytrack::report {

/// ~/.config/activity-tracker/screenshots.key.
std::filesystem::path usual_key_file();

/// Writes a key, with a line that names its public key, to a new file for its owner alone; `already_exists` if the file
/// is there already.
Result<void> write_key_file(const std::filesystem::path& file, const PrivateKey& key);

/// The private key of --key, or of the usual file. The error names the file and says what to do.
Result<PrivateKey> read_key_file(const ReportSettings& settings);

/// The same, but it is no error if none is named and the usual file does not exist.
Result<std::optional<PrivateKey>> key_if_there(const ReportSettings& settings);

}  // namespace activitytrack::report
