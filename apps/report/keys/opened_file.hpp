#pragma once

#include "core/file.hpp"

#include <activitytrack/core/result.hpp>

#include <filesystem>
#include <string_view>

namespace activitytrack::report {

/// A file that takes its place when it is whole, for its owner alone. Until then it is hidden beside that
/// place, and goes with the object.
class OpenedFile {
 public:
  static Result<OpenedFile> create(std::filesystem::path place);
  OpenedFile(OpenedFile&& other) noexcept;
  ~OpenedFile();

  Result<void> write(std::string_view bytes);

  /// Puts it in its place, and in place of what is there.
  Result<void> keep();

 private:
  OpenedFile() = default;

  std::filesystem::path place_;
  std::string temporary_;  ///< "" when it is kept
  UniqueFd fd_;
};

}  // namespace activitytrack::report
