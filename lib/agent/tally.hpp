#pragma once

#include <activitytrack/core/event.hpp>
#include <activitytrack/desktop/focus_source.hpp>
#include <activitytrack/input/classifier.hpp>
#include <activitytrack/input/input_source.hpp>

#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack {

/// What one interval holds so far. Time moves by `pass`; what happens in between is put in by `add` and
/// `set_focus`.
class Tally {
 public:
  using Duration = std::chrono::microseconds;

  void add(const InputSample& sample, const Judgement& judgement);
  void set_focus(std::string_view app, std::string_view title);

  /// So much time went by, and in so much of it the person was active.
  void pass(Duration total, Duration active);

  /// Begins the next interval. The focus stays, as do fractions of pixels and notches that were not yet
  /// counted.
  void next_interval();

  bool empty() const { return genuine_ + scripted_ == 0; }

  /// Fills in what a tally knows of an event.
  void write(Event& event) const;

 private:
  struct Share {
    std::string app, title;
    Duration active{}, total{};
  };

  const Share* longest_window() const;

  std::int64_t keys_ = 0, clicks_ = 0, scripted_count_ = 0;
  double distance_ = 0, scroll_ = 0;         ///< may begin a little off 0: what rounding left over
  std::int64_t genuine_ = 0, scripted_ = 0;  ///< samples of any kind
  std::set<std::string_view> reasons_;
  Duration active_{};
  std::vector<Share> shares_{1};  ///< never empty; one for each window that had the focus
  std::size_t focused_ = 0;
};

}  // namespace activitytrack
