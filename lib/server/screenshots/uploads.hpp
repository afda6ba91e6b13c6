#pragma once

#include "core/file.hpp"
#include "seal/sodium.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/result.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace activitytrack::server {

/// What has come of one picture, in a file that outlives the object. Used only while claim() holds.
class Upload {
 public:
  /// One caller at a time works with it. Empty if another has taken the upload over: nothing may be done then.
  std::unique_lock<std::mutex> claim();

  std::int64_t size() const { return size_; }
  std::string sha256() const { return hash_.hex(); }
  const std::string& file() const { return file_; }

  Result<void> write(std::string_view piece);

  /// What was written survives a power loss when this returns. After an error it is gone, and has to come anew: the
  /// kernel reports a failed write once, and the next sync would say that all is well.
  Result<void> sync();

  /// Removes the file, if it is still there; nothing more is to be done.
  void end();

 private:
  friend class Uploads;
  explicit Upload(std::string file) : file_(std::move(file)) {}
  Result<void> open();

  std::mutex mutex_;
  bool is_taken_over_ = false;
  const std::string file_;
  UniqueFd fd_;
  Sha256 hash_;
  std::int64_t size_ = 0;
};

/// The pictures that have not come whole yet: a file each, in a folder that only this server uses. From any
/// thread.
class Uploads {
 public:
  /// Makes the folder if it is missing (0700).
  static Result<std::unique_ptr<Uploads>> make(std::string folder);

  /// The same, to remove from: makes nothing.
  static std::unique_ptr<Uploads> open(std::string folder) {
    return std::unique_ptr<Uploads>(new Uploads(std::move(folder)));
  }

  /// A name for a machine's picture; of one, the machine_key() and the picture's id.
  static std::string name_of(std::string_view machine_id, std::string_view id);
  static std::optional<std::pair<std::int64_t, std::string>> parse_name(std::string_view name);

  /// How many bytes of it there are.
  std::int64_t size(const std::string& name) const;

  /// Goes on with it where it ended, and takes it over from the one before. `busy`: that one is working just now, or as
  /// many as possible are under way, of the machine or in all.
  Result<std::shared_ptr<Upload>> begin(const std::string& name);

  void remove(const std::string& name);

  const std::string& folder() const { return folder_; }

  /// The names of those that were not written to since `before`.
  std::vector<std::string> left_since(Time before) const;

 private:
  explicit Uploads(std::string folder) : folder_(std::move(folder)) {}
  Result<void> make_room(const std::string& name);

  const std::string folder_;
  std::mutex mutex_;
  std::map<std::string, std::weak_ptr<Upload>> under_way_;
};

}  // namespace activitytrack::server
