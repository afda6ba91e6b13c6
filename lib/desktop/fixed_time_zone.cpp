#include <activitytrack/desktop/time_zone.hpp>

#include "desktop/zone_data.hpp"

#include <date/tz.h>

#include <stdexcept>

namespace activitytrack {

const date::time_zone* find_zone(const std::string& name) noexcept {
  try {
    return date::locate_zone(name);
  } catch (const std::exception&) {  // no such name, or no database
    return nullptr;
  }
}

int zone_offset_min(const date::time_zone& zone, Time time) {
  const auto offset = zone.get_info(std::chrono::floor<std::chrono::seconds>(time)).offset;
  return static_cast<int>(std::chrono::floor<std::chrono::minutes>(offset).count());
}

namespace {

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

}  // namespace

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
