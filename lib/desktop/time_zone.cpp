// Zones of the system's tz database. The system's own: $TZ when set (a name, ":name", a path or a POSIX rule), else
// the link /etc/localtime, else /etc/timezone, else UTC; a change of the link or of the file is noticed by inotify.
// Where there is an offset but no name (a POSIX rule, a file of no database) the offset is libc's.
#include <activitytrack/desktop/desktop.hpp>

#include "core/file.hpp"
#include "core/file_watch.hpp"

#include <date/tz.h>
#include <time.h>

#include <cstdlib>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace activitytrack {
namespace {

namespace fs = std::filesystem;

/// The zone of this name in the system's tz database, or null. It lives as long as the program.
/// The database's list of names costs 160 KB once, each zone that is asked for about 10 KB.
const date::time_zone* find_zone(const std::string& name) noexcept {
  try {
    return date::locate_zone(name);
  } catch (const std::exception&) {  // no such name, or no database
    return nullptr;
  }
}

/// Minutes east of Greenwich in `zone` at `time`.
int zone_offset_min(const date::time_zone& zone, Time time) {
  const auto offset = zone.get_info(std::chrono::floor<std::chrono::seconds>(time)).offset;
  return static_cast<int>(std::chrono::floor<std::chrono::minutes>(offset).count());
}

class FixedTimeZone final : public TimeZoneSource {
 public:
  explicit FixedTimeZone(const date::time_zone& zone) : zone_(zone) {}

  int fd() const noexcept override { return -1; }
  bool refresh() override { return false; }
  std::string name() const override { return zone_.name(); }
  int utc_offset_min(Time time) const override { return zone_offset_min(zone_, time); }

 private:
  const date::time_zone& zone_;
};

/// What was found. `data` is null for UTC, and where the zone has no name: then libc knows its offset.
struct Zone {
  std::string name;
  const date::time_zone* data = nullptr;
};

const Zone utc{"UTC", nullptr};
const Zone unnamed{};

Zone named(std::string_view name) {
  for (const std::string_view variant : {"posix/", "right/"}) {
    if (name.starts_with(variant)) name.remove_prefix(variant.size());
  }
  const date::time_zone* data = find_zone(std::string(name));
  return data ? Zone{std::string(name), data} : unnamed;
}

/// The zone whose file in a tz database this is: what follows "zoneinfo/" is its name.
Zone zone_of_path(const std::string& path) {
  constexpr std::string_view database = "/zoneinfo/";
  const auto at = path.rfind(database);
  return at == path.npos ? unnamed : named(std::string_view(path).substr(at + database.size()));
}

Zone zone_of_link(const fs::path& link) {
  std::error_code failed;
  const Zone direct = zone_of_path(fs::read_symlink(link, failed));
  return direct.data ? direct : zone_of_path(fs::canonical(link, failed));
}

Zone zone_of_file(const fs::path& timezone) {
  const auto text = read_file_start(timezone, 256);
  return text ? named(text->substr(0, text->find_first_of(" \t\r\n"))) : unnamed;
}

bool same_content(const fs::path& one, const fs::path& other) {
  constexpr std::size_t largest = 64 << 10;  // the largest zones have 4 KB
  const auto a = read_file_start(one, largest);
  return a && a == read_file_start(other, largest);
}

Zone zone_of_system(const fs::path& etc) {
  const fs::path localtime = etc / "localtime";
  std::error_code failed;
  if (fs::is_symlink(localtime, failed)) return zone_of_link(localtime);
  const Zone noted = zone_of_file(etc / "timezone");
  if (!fs::exists(localtime, failed)) return noted.data ? noted : utc;
  // A copy of a zone's file says no name, and the note beside it may be of another time.
  return noted.data && same_content(localtime, "/usr/share/zoneinfo/" + noted.name) ? noted : unnamed;
}

/// The value of $TZ that overrides the system's zone; null if there is none.
const char* zone_variable(const fs::path& etc) {
  const char* value = std::getenv("TZ");
  if (!value) return nullptr;
  if (*value == ':') ++value;
  return value == etc / "localtime" ? nullptr : value;  // set so by some to spare libc a stat(2) a call
}

Zone current_zone(const fs::path& etc) {
  const char* variable = zone_variable(etc);
  if (!variable) return zone_of_system(etc);
  if (*variable == '\0') return utc;
  return *variable == '/' ? zone_of_path(variable) : named(variable);
}

class SystemTimeZone final : public TimeZoneSource {
 public:
  explicit SystemTimeZone(fs::path etc) : etc_(std::move(etc)) {
    if (!zone_variable(etc_)) {
      if (auto watch = FileWatch::open({etc_ / "localtime", etc_ / "timezone"})) watch_ = std::move(*watch);
    }
    read();
  }

  int fd() const noexcept override { return watch_ ? watch_->fd() : -1; }

  bool refresh() override {
    if (watch_) watch_->changed();
    const std::string name_before = zone_.name;
    const int offset_before = utc_offset_min(system_clock().now());
    read();
    return zone_.name != name_before || utc_offset_min(system_clock().now()) != offset_before;
  }

  std::string name() const override { return zone_.name; }

  int utc_offset_min(Time time) const override {
    if (zone_.data) return zone_offset_min(*zone_.data, time);
    if (zone_.name == utc.name) return 0;
    const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
    std::tm local{};
    ::localtime_r(&seconds, &local);
    return static_cast<int>(std::chrono::floor<std::chrono::minutes>(std::chrono::seconds(local.tm_gmtoff)).count());
  }

 private:
  void read() {
    ::tzset();  // libc keeps what it read of /etc/localtime until it has to look again
    zone_ = current_zone(etc_);
  }

  fs::path etc_;
  std::optional<FileWatch> watch_;
  Zone zone_;
};

}  // namespace

std::unique_ptr<TimeZoneSource> make_system_time_zone(fs::path settings) {
  return std::make_unique<SystemTimeZone>(settings.empty() ? "/etc" : std::move(settings));
}

Result<std::unique_ptr<TimeZoneSource>> make_fixed_time_zone(const std::string& name) {
  const date::time_zone* zone = find_zone(name);
  if (!zone) {
    return Error{
        ErrorCode::not_found,
        "no time zone \"" + name + "\" in the system's tz database; give an Area/City name, and install tzdata"};
  }
  return std::make_unique<FixedTimeZone>(*zone);
}

}  // namespace activitytrack
