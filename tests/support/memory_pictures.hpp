#pragma once

#include "server/screenshots/picture_store.hpp"

#include <algorithm>
#include <map>
#include <mutex>

namespace activitytrack::server {

/// Keeps pictures in memory.
class MemoryPictureStore : public PictureStore {
 public:
  Result<void> put(const Screenshot& shot, const std::string& file) override {
    const auto bytes = bytes_of_file(file);
    if (!bytes) return bytes.error();
    auto all = bytes->read(0, static_cast<std::size_t>(bytes->size));
    if (!all) return all.error();
    const std::lock_guard lock(mutex_);
    pictures_[screenshot_path(shot)] = std::move(*all);
    return {};
  }

  Result<PictureBytes> open(const std::string& path) override {
    const std::lock_guard lock(mutex_);
    const auto found = pictures_.find(path);
    if (found == pictures_.end()) return Error{ErrorCode::not_found, path + " is not there"};
    const auto read = [all = found->second](std::int64_t offset, std::size_t length) -> Result<std::string> {
      return all.substr(std::min(all.size(), static_cast<std::size_t>(offset)), length);
    };
    return PictureBytes{static_cast<std::int64_t>(found->second.size()), read};
  }

  Result<std::optional<std::int64_t>> size(const std::string& path) override {
    const std::lock_guard lock(mutex_);
    const auto found = pictures_.find(path);
    if (found == pictures_.end()) return std::optional<std::int64_t>();
    return std::optional(static_cast<std::int64_t>(found->second.size()));
  }

  Result<void> remove(const std::string& path) override {
    const std::lock_guard lock(mutex_);
    pictures_.erase(path);
    return {};
  }

  Result<void> list(const std::string& below, const EachPicture& each) override {
    const auto pictures = [this] {
      const std::lock_guard lock(mutex_);
      return pictures_;
    }();
    for (auto at = pictures.lower_bound(below); at != pictures.end() && at->first.starts_with(below); ++at) {
      if (auto done = each(at->first, static_cast<std::int64_t>(at->second.size())); !done) return done;
    }
    return {};
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::string> pictures_;
};

inline std::unique_ptr<PictureStore> make_memory_picture_store() { return std::make_unique<MemoryPictureStore>(); }

}  // namespace activitytrack::server
