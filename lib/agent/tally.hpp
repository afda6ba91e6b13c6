#pragma once

#include <activitytrack/core/event.hpp>
#include <activitytrack/desktop/desktop.hpp>
#include <activitytrack/input/classifier.hpp>
#include <activitytrack/input/input_source.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack {

/// What one interval holds so far, by stretches of input: which of them count is known when the interval is
/// judged. Time moves by `pass`; what happens in between is put in by `add` and `set_focus`.
class Tally {
 public:
  /// A sample of the stretch `stretch`, after which the person who made it is active until `active_until`.
  void add(const InputSample& sample, Classifier::Stretch stretch, Ticks now, Ticks active_until);
  void set_focus(std::string_view app, std::string_view title);

  /// Time went by from `from` to `to`, which is where the next begins.
  void pass(Ticks from, Ticks to);

  /// Begins the next interval. The focus stays, as do fractions of pixels and notches that were not yet
  /// counted, and activity that lasts beyond the end.
  void next_interval(const Classifier::Judgement& judgement);

  /// Nobody is active from now on.
  void end_activity() { active_before_ = Ticks::min(); }

  /// Until when the person is active by what is known.
  Ticks active_until(const Classifier::Judgement& judgement) const {
    return std::max(active_before_, genuine_part(judgement).active_until);
  }

  bool empty() const { return samples_ == 0; }

  /// Fills in what a tally knows of an event.
  void write(Event& event, const Classifier::Judgement& judgement) const;

 private:
  struct Part {
    std::int64_t keys = 0, clicks = 0, samples = 0, releases = 0;
    double distance = 0, scroll = 0;
    Ticks active_until = Ticks::min();

    std::int64_t inputs() const { return samples - releases; }  ///< as they are counted, all kinds together
  };

  /// Time in which somebody was active.
  struct Run {
    Ticks from, until;
    Classifier::Stretch stretch = 0;
  };

  struct Share {
    std::string app, title;
    std::chrono::microseconds active{}, total{};
  };

  /// Time in which a window had the focus.
  struct Span {
    Ticks from, to;
    std::size_t share = 0;
  };

  void extend_run(Classifier::Stretch stretch, Ticks now, Ticks until);
  Part genuine_part(const Classifier::Judgement& judgement) const;
  std::vector<Run> active_runs(const Classifier::Judgement& judgement) const;
  std::vector<Share> shares(const std::vector<Run>& active) const;
  static const Share& longest_window(const std::vector<Share>& windows);

  std::vector<Part> parts_;  ///< by stretch
  std::vector<Run> runs_;
  std::int64_t samples_ = 0;
  double distance_over_ = 0, scroll_over_ = 0;  ///< what rounding left over
  Ticks active_before_ = Ticks::min();          ///< until when the interval before made active
  std::vector<Share> windows_{1};               ///< never empty; one for each window that had the focus
  std::vector<Span> spans_;
  std::size_t focused_ = 0;
};

}  // namespace activitytrack
