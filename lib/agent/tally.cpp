#include "agent/tally.hpp"

#include "core/json_writer.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace activitytrack {
namespace {

/// A window whose title counts up would else make a share of every second.
constexpr std::size_t most_windows = 64;

double seconds(Tally::Duration duration) { return std::chrono::duration<double>(duration).count(); }

/// To the nearest whole, half up: what is left over lies in [-0.5, 0.5) and never makes a count negative.
double whole(double amount) { return std::floor(amount + 0.5); }

bool is_release(InputKind kind) {
  return kind == InputKind::key_release || kind == InputKind::button_release;
}

}  // namespace

void Tally::add(const InputSample& sample, const Judgement& judgement) {
  if (judgement.scripted) {
    ++scripted_;
    if (!is_release(sample.kind)) ++scripted_count_;
    reasons_.insert(judgement.reason);
    return;
  }
  ++genuine_;
  switch (sample.kind) {
    case InputKind::key_press:
      ++keys_;
      break;
    case InputKind::button_press:
      ++clicks_;
      break;
    case InputKind::scroll:
      scroll_ += std::abs(sample.dx) + std::abs(sample.dy);
      break;
    case InputKind::motion:
      distance_ += std::hypot(double(sample.dx), double(sample.dy));
      break;
    case InputKind::key_release:
    case InputKind::button_release:
      break;
  }
}

void Tally::set_focus(std::string_view app, std::string_view title) {
  if (shares_.size() >= most_windows) title = {};
  const auto same = [&](const Share& s) { return s.app == app && s.title == title; };
  const auto found = std::ranges::find_if(shares_, same);
  focused_ = static_cast<std::size_t>(found - shares_.begin());
  if (found == shares_.end()) shares_.push_back({std::string(app), std::string(title), {}, {}});
}

void Tally::pass(Duration total, Duration active) {
  active_ += active;
  shares_[focused_].active += active;
  shares_[focused_].total += total;
}

void Tally::next_interval() {
  Tally next;
  next.distance_ = distance_ - whole(distance_);
  next.scroll_ = scroll_ - whole(scroll_);
  next.shares_[0].app = std::move(shares_[focused_].app);
  next.shares_[0].title = std::move(shares_[focused_].title);
  *this = std::move(next);
}

/// The window that had the focus longest within the application that had it longest; active time decides,
/// and all time where nobody was active.
const Tally::Share* Tally::longest_window() const {
  const auto time_of_app = [&](const Share& window) {
    Duration active{}, total{};
    for (const Share& s : shares_) {
      if (s.app == window.app) active += s.active, total += s.total;
    }
    return std::tuple(active, total);
  };
  const auto rank = [&](const Share& s) {
    return std::tuple_cat(time_of_app(s), std::tuple(s.active, s.total));
  };
  return &*std::ranges::max_element(shares_, {}, rank);
}

void Tally::write(Event& event) const {
  event.key_count = keys_;
  event.mouse_clicks = clicks_;
  event.mouse_distance_px = static_cast<std::int64_t>(whole(distance_));
  event.scroll_count = static_cast<std::int64_t>(whole(scroll_));
  const double least = genuine_ > 0 ? 0.001 : 0;  // input in the last instant is activity all the same
  event.active_sec = std::min(std::max(rounded(seconds(active_), 3), least), event.interval_sec);
  event.is_idle = event.active_sec == 0;
  const Share* window = longest_window();
  event.active_app = window->app;
  event.active_window = window->title;

  event.scripted_count = scripted_count_;
  event.scripted_reasons.assign(reasons_.begin(), reasons_.end());
  if (empty()) return;
  event.input_verdict = scripted_ == 0  ? Verdict::genuine
                        : genuine_ == 0 ? Verdict::scripted
                                        : Verdict::mixed;
  event.genuine_score = rounded(double(genuine_) / double(genuine_ + scripted_), 3);
}

}  // namespace activitytrack
