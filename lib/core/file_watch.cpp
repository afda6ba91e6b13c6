#include "core/file_watch.hpp"

#include <limits.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <deque>

namespace activitytrack {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t wanted = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_ATTRIB |
                                 IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
constexpr std::uint32_t folder_gone = IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT;
constexpr int most_links = 40;  // as the kernel has it

/// A plain file that was just made has no content yet: what counts is that its writer closes it.
bool still_being_written(const fs::path& file) {
  struct stat status {};
  return ::lstat(file.c_str(), &status) == 0 && S_ISREG(status.st_mode) && status.st_nlink == 1;
}

}  // namespace

Result<FileWatch> FileWatch::open(std::vector<fs::path> files) {
  UniqueFd fd(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (!fd) return system_error("cannot watch files by inotify", errno);
  for (fs::path& file : files) {
    std::error_code ignored;  // only a working directory that was removed has no absolute path
    file = fs::absolute(file, ignored);
  }
  FileWatch watch(std::move(fd), std::move(files));
  if (const auto followed = watch.follow_all(); !followed) return followed.error();
  return watch;
}

bool FileWatch::changed() {
  bool concerned = false;
  for (bool moved = true; moved;) {
    moved = false;
    concerned |= take_events(moved);
    if (moved) (void)follow_all();  // a place that cannot be watched now is tried again at the next change
  }
  return concerned;
}

/// Sets `moved` when what is to be watched may be other places now.
bool FileWatch::take_events(bool& moved) {
  bool concerned = false;
  alignas(inotify_event) std::array<char, 16 * (sizeof(inotify_event) + NAME_MAX + 1)> events;
  for (ssize_t size; (size = ::read(fd_.get(), events.data(), events.size())) > 0;) {
    for (ssize_t at = 0; at < size;) {
      const auto* event = reinterpret_cast<const inotify_event*>(events.data() + at);
      at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
      if (event->mask & IN_Q_OVERFLOW) concerned = moved = true;
      const auto place = places_.find(event->wd);
      if (place == places_.end()) continue;
      if (event->mask & folder_gone) concerned = moved = true;
      const std::string name = event->len > 0 ? event->name : "";
      if (!place->second.names.contains(name)) continue;
      moved = true;
      if ((event->mask & IN_CREATE) == 0 || !still_being_written(place->second.folder / name)) concerned = true;
    }
  }
  return concerned;
}

Result<void> FileWatch::add(const fs::path& folder, const std::string& name, Places& places) {
  const int watch = ::inotify_add_watch(fd_.get(), folder.c_str(), wanted);
  if (watch < 0) return system_error("cannot watch " + folder.string(), errno);
  places[watch].folder = folder;
  places[watch].names.insert(name);
  return {};
}

/// Walks to the file as the kernel would, and adds each place where another file could take its place: its own, those
/// of symbolic links on the way, and the first that does not exist.
Result<void> FileWatch::follow(const fs::path& file, Places& places) {
  fs::path folder = "/";
  const fs::path relative = file.relative_path();
  std::deque<fs::path> rest(relative.begin(), relative.end());
  for (int links = 0; !rest.empty() && links < most_links;) {
    const fs::path name = rest.front();
    rest.pop_front();
    if (name.empty() || name == ".") continue;
    if (name == "..") {
      folder = folder.parent_path();
      continue;
    }
    const fs::path place = folder / name;
    std::error_code failed;
    if (rest.empty() || fs::symlink_status(place, failed).type() != fs::file_type::directory) {
      if (auto added = add(folder, name, places); !added) return added;
    }
    const fs::path target = fs::read_symlink(place, failed);  // after the watch began: no change is missed
    if (!failed) {
      ++links;
      if (target.is_absolute()) folder = "/";
      const fs::path way = target.relative_path();
      rest.insert(rest.begin(), way.begin(), way.end());
    } else if (failed != std::errc::invalid_argument) {  // it does not exist, or cannot be reached
      return {};
    } else {
      folder = place;
    }
  }
  return {};
}

Result<void> FileWatch::follow_all() {
  Places places;
  for (const fs::path& file : files_) {
    if (auto followed = follow(file, places); !followed) return followed;
  }
  for (const auto& [watch, place] : places_) {
    if (!places.contains(watch)) ::inotify_rm_watch(fd_.get(), watch);
  }
  places_ = std::move(places);
  return {};
}

}  // namespace activitytrack
