#pragma once

#include "core/file.hpp"

#include <activitytrack/core/result.hpp>

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace activitytrack {

/// Notices when one of some files was written, replaced, made, removed or touched, by inotify on its folder: editors
/// replace files rather than write them. Symbolic links on the way to a file are watched too, and a file or folder that
/// is not there yet is waited for. Not thread-safe.
class FileWatch {
 public:
  static Result<FileWatch> open(const std::filesystem::path& file) { return open(std::vector{file}); }
  static Result<FileWatch> open(std::vector<std::filesystem::path> files);

  /// Readable when something happened in a watched folder. Never blocks.
  int fd() const noexcept { return fd_.get(); }

  /// Takes what happened; true if it concerned a file. A new file counts once its writer has closed it.
  bool changed();

 private:
  struct Place {
    std::filesystem::path folder;
    std::set<std::string> names;  ///< that matter in it
  };
  using Places = std::map<int, Place>;  ///< by watch

  FileWatch(UniqueFd fd, std::vector<std::filesystem::path> files) : fd_(std::move(fd)), files_(std::move(files)) {}
  bool take_events(bool& moved);
  Result<void> add(const std::filesystem::path& folder, const std::string& name, Places& places);
  Result<void> follow(const std::filesystem::path& file, Places& places);
  Result<void> follow_all();

  UniqueFd fd_;
  std::vector<std::filesystem::path> files_;
  Places places_;
};

}  // namespace activitytrack
