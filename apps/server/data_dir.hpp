#pragma once

#include "core/file.hpp"

#include <activitytrack/core/result.hpp>

#include <string>

namespace activitytrack::server {

/// The server's folder, made if missing (mode 0700), and held for this process as long as the object lives.
class DataDir {
 public:
  /// `busy` if another server holds it; its message names that process.
  static Result<DataDir> open(const std::string& path);

 private:
  explicit DataDir(UniqueFd lock) : lock_(std::move(lock)) {}
  UniqueFd lock_;
};

}  // namespace activitytrack::server
