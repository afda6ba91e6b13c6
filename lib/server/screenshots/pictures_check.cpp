#include "server/screenshots/pictures_care.hpp"

#include <algorithm>
#include <map>

namespace activitytrack::server {
namespace {

constexpr std::size_t page = 1000;

/// A machine's pictures by their paths, each until it is found.
struct Expected {
  std::map<std::string, std::int64_t> stored{};  ///< with its size
  std::map<std::string, std::int64_t> other{};   ///< that may be there or not
};

Result<Expected> expect(Database& database, const std::string& machine_id) {
  Expected expected;
  std::optional<std::pair<Time, std::string>> after;
  while (true) {
    const auto rows = every_screenshot(database, machine_id, after, page);
    if (!rows) return rows.error();
    for (const ScreenshotRow& row : *rows) {
      if (row.shot.format == ScreenshotFormat::none) continue;
      auto& into = row.state == ScreenshotState::stored ? expected.stored : expected.other;
      into.emplace(screenshot_path(row.shot), row.shot.size);
    }
    if (rows->size() < page) return expected;
    after.emplace(rows->back().shot.taken_at, rows->back().shot.id);
  }
}

/// Goes along what the store has, a machine at a time.
class Comparison {
 public:
  Comparison(Database& database, PicturesCheck& check) : database_(database), check_(check) {}

  Result<void> begin() {
    const auto machines = machines_with_screenshots(database_);
    if (!machines) return machines.error();
    for (const std::string& id : *machines) machines_.emplace(path_segment(id), id);
    return {};
  }

  Result<void> found(const std::string& path, std::int64_t size) {
    if (auto turned = turn_to(path.substr(0, path.find('/'))); !turned) return turned;
    const auto known = expected_.stored.find(path);
    if (known != expected_.stored.end()) {
      if (known->second != size) check_.damaged.push_back(path);
      expected_.stored.erase(known);
    } else if (!expected_.other.contains(path)) {
      check_.unknown.push_back(path);
    }
    return {};
  }

  /// What was expected of machines of which nothing was found.
  Result<void> end() {
    while (!machines_.empty()) {
      if (auto turned = turn_to(std::string(machines_.begin()->first)); !turned) return turned;
    }
    return turn_to("");
  }

 private:
  Result<void> turn_to(const std::string& segment) {
    if (segment == segment_) return {};
    for (const auto& [path, size] : expected_.stored) check_.missing.push_back(path);
    expected_ = {};
    segment_ = segment;
    const auto machine = machines_.find(segment);
    if (machine == machines_.end()) return {};
    auto expected = expect(database_, machine->second);
    if (!expected) return expected.error();
    expected_ = std::move(*expected);
    check_.pictures += static_cast<std::int64_t>(expected_.stored.size());
    machines_.erase(machine);
    return {};
  }

  Database& database_;
  PicturesCheck& check_;
  std::map<std::string, std::string> machines_;  ///< not looked at yet, by their part of a path
  std::string segment_;
  Expected expected_;
};

Result<PicturesCheck> check_once(Database& database, PictureStore& pictures) {
  PicturesCheck check;
  Comparison comparison(database, check);
  if (auto begun = comparison.begin(); !begun) return begun.error();
  const auto listed =
      pictures.list("", [&](const std::string& path, std::int64_t size) { return comparison.found(path, size); });
  if (!listed) return listed.error();
  if (auto ended = comparison.end(); !ended) return ended.error();
  return check;
}

void keep_common(std::vector<std::string>& paths, const std::vector<std::string>& others) {
  std::erase_if(paths, [&](const std::string& path) { return std::ranges::find(others, path) == others.end(); });
}

}  // namespace

Result<PicturesCheck> check_pictures(Database& database, PictureStore& pictures) {
  auto check = check_once(database, pictures);
  if (!check || check->is_good()) return check;
  // A server may run beside: what is amiss is so a second time.
  const auto again = check_once(database, pictures);
  if (!again) return again;
  keep_common(check->missing, again->missing);
  keep_common(check->damaged, again->damaged);
  keep_common(check->unknown, again->unknown);
  return check;
}

}  // namespace activitytrack::server
