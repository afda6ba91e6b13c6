#include "agent/tally.hpp"

#include "core/event_fields.hpp"
#include "core/text.hpp"

#include "core/json_writer.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <tuple>

namespace activitytrack {
namespace {

/// A window whose title counts up would else make a share of every second.
constexpr std::size_t most_windows = 64;

double seconds_in(std::chrono::microseconds duration) { return std::chrono::duration<double>(duration).count(); }

/// To the nearest whole, half up: what is left over lies in [-0.5, 0.5) and never makes a count negative.
double whole(double amount) { return std::floor(amount + 0.5); }

/// `amount` is at least -0.5. A device that reports absurd distances must not cost the whole event.
std::int64_t count_of(double amount) { return static_cast<std::int64_t>(std::min(whole(amount), max_count)); }

/// As many as a server accepts, and as long.
std::vector<std::string> acceptable(const std::vector<std::string>& reasons) {
  std::vector<std::string> some;
  for (const std::string& reason : reasons) {
    if (some.size() < max_reasons) some.push_back(clean_utf8(reason, max_reason_bytes));
  }
  return some;
}

}  // namespace

void Tally::add(const InputSample& sample, Classifier::Stretch stretch, Ticks now, Ticks active_until) {
  if (stretch >= parts_.size()) parts_.resize(stretch + std::size_t{1});
  Part& part = parts_[stretch];
  ++samples_;
  ++part.samples;
  if (is_release(sample.kind)) ++part.releases;
  if (sample.kind == InputKind::key_press) ++part.keys;
  if (sample.kind == InputKind::button_press) ++part.clicks;
  const bool number = std::isfinite(sample.dx) && std::isfinite(sample.dy);
  if (sample.kind == InputKind::scroll && number) part.scroll += std::abs(sample.dx) + std::abs(sample.dy);
  if (sample.kind == InputKind::motion && number) part.distance += std::hypot(double(sample.dx), double(sample.dy));
  part.active_until = std::max(part.active_until, active_until);
  extend_run(stretch, now, active_until);
}

/// A stretch is short: its last run is among the last few.
void Tally::extend_run(Classifier::Stretch stretch, Ticks now, Ticks until) {
  const auto last = std::ranges::find(runs_.rbegin(), runs_.rend(), stretch, &Run::stretch);
  if (last != runs_.rend() && now <= last->until) {
    last->until = std::max(last->until, until);
  } else if (until > now) {
    runs_.push_back({now, until, stretch});
  }
}

void Tally::set_focus(std::string_view app, std::string_view title) {
  if (windows_.size() >= most_windows) title = {};
  const auto same = [&](const Share& s) { return s.app == app && s.title == title; };
  const auto found = std::ranges::find_if(windows_, same);
  focused_ = static_cast<std::size_t>(found - windows_.begin());
  if (found == windows_.end()) windows_.push_back({std::string(app), std::string(title), {}, {}});
}

void Tally::pass(Ticks from, Ticks to) {
  if (!spans_.empty() && spans_.back().share == focused_) {
    spans_.back().to = to;
  } else {
    spans_.push_back({from, to, focused_});
  }
}

void Tally::next_interval(const Classifier::Judgement& judgement) {
  const Part genuine = genuine_part(judgement);
  Tally next;
  next.distance_over_ = genuine.distance - whole(genuine.distance);
  next.scroll_over_ = genuine.scroll - whole(genuine.scroll);
  next.active_before_ = active_until(judgement);
  next.windows_[0].app = std::move(windows_[focused_].app);
  next.windows_[0].title = std::move(windows_[focused_].title);
  *this = std::move(next);
}

/// All stretches that a person made, and what was left over.
Tally::Part Tally::genuine_part(const Classifier::Judgement& judgement) const {
  Part all{.distance = distance_over_, .scroll = scroll_over_};
  for (std::size_t n = 0; n < parts_.size(); ++n) {
    if (judgement.scripted[n]) continue;
    const Part& part = parts_[n];
    all.keys += part.keys, all.clicks += part.clicks, all.samples += part.samples;
    all.releases += part.releases, all.distance += part.distance, all.scroll += part.scroll;
    all.active_until = std::max(all.active_until, part.active_until);
  }
  return all;
}

/// In which somebody was active, in order of time and apart from each other.
std::vector<Tally::Run> Tally::active_runs(const Classifier::Judgement& judgement) const {
  std::vector<Run> runs{{Ticks::min(), active_before_, 0}};
  std::ranges::copy_if(runs_, std::back_inserter(runs), [&](const Run& r) { return !judgement.scripted[r.stretch]; });
  std::ranges::sort(runs, {}, &Run::from);
  std::vector<Run> merged;
  for (const Run& run : runs) {
    if (!merged.empty() && run.from <= merged.back().until) {
      merged.back().until = std::max(merged.back().until, run.until);
    } else {
      merged.push_back(run);
    }
  }
  return merged;
}

/// The windows with the time that they had the focus.
std::vector<Tally::Share> Tally::shares(const std::vector<Run>& active) const {
  std::vector<Share> shares = windows_;
  auto first = active.begin();
  for (const Span& span : spans_) {
    shares[span.share].total += span.to - span.from;
    while (first != active.end() && first->until <= span.from) ++first;
    for (auto run = first; run != active.end() && run->from < span.to; ++run)
      shares[span.share].active += std::min(run->until, span.to) - std::max(run->from, span.from);
  }
  return shares;
}

void Tally::write(Event& event, const Classifier::Judgement& judgement) const {
  const Part genuine = genuine_part(judgement);
  event.key_count = genuine.keys;
  event.mouse_clicks = genuine.clicks;
  event.mouse_distance_px = count_of(genuine.distance);
  event.scroll_count = count_of(genuine.scroll);

  const std::vector<Share> windows = shares(active_runs(judgement));
  std::chrono::microseconds active{};
  for (const Share& s : windows) active += s.active;
  const double least = genuine.samples > 0 ? 0.001 : 0;  // input in the last instant is activity all the same
  event.active_sec = std::min(std::max(rounded(seconds_in(active), 3), least), event.interval_sec);
  event.is_idle = event.active_sec == 0;
  const Share& window = longest_window(windows);
  event.active_app = window.app;
  event.active_window = window.title;

  const Part all = genuine_part({});
  event.scripted_count = all.inputs() - genuine.inputs();
  if (all.inputs() == 0) return;  // what was pressed in the interval before is judged there
  event.input_verdict = event.scripted_count == 0 ? Verdict::genuine
                        : genuine.inputs() == 0   ? Verdict::scripted
                                                  : Verdict::mixed;
  event.genuine_score = rounded(judgement.genuine_score, 3);
  if (event.scripted_count > 0) event.scripted_reasons = acceptable(judgement.reasons);
}

/// The window that had the focus longest within the application that had it longest; active time decides,
/// and all time where nobody was active.
const Tally::Share& Tally::longest_window(const std::vector<Share>& windows) {
  const auto time_of_app = [&](const Share& window) {
    std::chrono::microseconds active{}, total{};
    for (const Share& s : windows) {
      if (s.app == window.app) active += s.active, total += s.total;
    }
    return std::tuple(active, total);
  };
  const auto rank = [&](const Share& s) { return std::tuple_cat(time_of_app(s), std::tuple(s.active, s.total)); };
  return *std::ranges::max_element(windows, {}, rank);
}

}  // namespace activitytrack
