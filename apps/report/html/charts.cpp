#include "html/charts.hpp"

#include "html/page.hpp"
#include "text/screen.hpp"
#include "text/units.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <set>

namespace activitytrack::report {
namespace {

// In the units of the viewBox, which the page scales to its width.
constexpr double view_width = 760, view_height = 220, left = 54, right = 6, top = 8, bottom = 24;
constexpr double plot_width = view_width - left - right, plot_height = view_height - top - bottom;

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

std::string rect(const char* kind, double x, double y, double w, double h) {
  if (h < 0.05 || w < 0.05) return "";
  return "<rect class=\"" + std::string(kind) + "\" x=\"" + number(x) + "\" y=\"" + number(y) + "\" width=\"" +
         number(w) + "\" height=\"" + number(h) + "\"/>";
}

std::string svg_open(double w, double h, const std::string& label) {
  return "<svg viewBox=\"0 0 " + number(w) + " " + number(h) + "\" role=\"img\" aria-label=\"" + escaped(label) +
         "\">\n";
}

std::string text_at(double x, double y, const char* anchor, const std::string& text, const char* kind = "tick") {
  return "<text class=\"" + std::string(kind) + "\" x=\"" + number(x) + "\" y=\"" + number(y) + "\" text-anchor=\"" +
         anchor + "\">" + escaped(text) + "</text>";
}

/// A line across the plot at `share` of its height, with its value.
std::string grid_line(double share, const std::string& value) {
  const double y = top + plot_height * (1 - share);
  return "<line class=\"grid\" x1=\"" + number(left) + "\" x2=\"" + number(view_width - right) + "\" y1=\"" +
         number(y) + "\" y2=\"" + number(y) + "\"/>" + text_at(left - 6, y + 4, "end", value) + "\n";
}

/// What `draw(slot, x, width)` draws for each slot, after the slot's name in a tooltip; nothing for "". Below them
/// stand as many of their labels as there is room for.
template <class Draw>
std::string bars(const std::vector<Slot>& slots, Draw draw) {
  const double pitch = plot_width / static_cast<double>(std::max<std::size_t>(slots.size(), 1)), width = pitch * 0.76;
  const auto x_of = [&](std::size_t slot) { return left + pitch * (static_cast<double>(slot) + 0.12); };
  std::string svg;
  std::size_t longest = 1;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    longest = std::max(longest, slots[i].label.size());
    const std::string drawn = draw(slots[i], x_of(i), width);
    if (!drawn.empty()) svg += "<g><title>" + escaped(slots[i].full_label) + drawn + "</g>\n";
  }
  const double needed = 7.0 * static_cast<double>(longest) + 6;
  const auto step = static_cast<std::size_t>(std::max(1.0, std::ceil(needed / pitch)));
  for (std::size_t i = 0; i < slots.size(); i += step)
    svg += text_at(x_of(i) + width / 2, view_height - 8, "middle", slots[i].label);
  return svg + "\n";
}

/// The least of 1, 2, 4, 6, 8, 10, 20, 40, ... that is not below `value`.
double round_up(double value) {
  for (double power = 1;; power *= 10)
    for (const double step : {1.0, 2.0, 4.0, 6.0, 8.0})
      if (step * power >= value) return step * power;
}

/// "0", "30 min", "60 min", "2.5 h".
std::string axis_time(double seconds) {
  if (seconds <= 3600) return seconds <= 0 ? "0" : std::to_string(std::lround(seconds / 60)) + " min";
  std::string hours = number(seconds / 3600);
  if (hours.ends_with(".0")) hours.resize(hours.size() - 2);
  return hours + " h";
}

std::int64_t keys(const Slot& slot) { return slot.totals->sum(&Event::key_count); }
std::int64_t clicks(const Slot& slot) { return slot.totals->sum(&Event::mouse_clicks); }

std::string legend_item(const char* kind, const char* text) {
  return "<span><i class=\"" + std::string(kind) + "\"></i>" + text + "</span>";
}

double seconds_of(Time::duration time) { return std::chrono::duration<double>(time).count(); }

std::string meaning(Gap name) {
  switch (name) {
    case Gap::asleep:
      return "the machine slept";
    case Gap::paused:
      return "the person paused the agent";
    case Gap::stopped:
      return "no agent ran";
    case Gap::off:
      return "the machine was off";
    case Gap::blind:
      return "the agent could not see the input";
    case Gap::clock:
      return "the clock was set";
  }
  return {};
}

std::string title_of(const DayReport& day, const UnobservedTime& gap) {
  const std::string name(to_string(gap.name));
  const std::string from = clock_text(gap.from, offset_at(day, gap.from));
  if (gap.from == gap.to) return name + " at " + from;
  return name + " from " + from + " to " + clock_text(gap.to, offset_at(day, gap.to)) + ", " +
         duration_text(seconds_of(gap.to - gap.from));
}

}  // namespace

std::string time_chart(const std::vector<Slot>& slots, double whole_sec) {
  std::string svg =
      svg_open(view_width, view_height,
               "Active time, time that looks scripted, and idle time; the numbers are in the table below");
  for (const double share : {0.0, 0.5, 1.0}) svg += grid_line(share, axis_time(whole_sec * share));
  const auto draw = [&](const Slot& slot, double x, double width) -> std::string {
    const Totals& t = *slot.totals;
    if (t.events == 0) return "";
    const double idle = std::max(0.0, t.idle_sec() - t.scripted_sec);
    std::string bar = ": active " + duration_text(t.active_sec) + ", looks scripted " + duration_text(t.scripted_sec) +
                      ", idle " + duration_text(idle) + "</title>";
    double y = top + plot_height;
    const auto stack = [&](const char* kind, double seconds) {
      const double h = std::min(plot_height * seconds / whole_sec, y - top);
      y -= h;
      bar += rect(kind, x, y, width, h);
    };
    stack("active", t.active_sec);
    stack("scripted", t.scripted_sec);
    stack("idle", idle);
    return bar;
  };
  return svg + bars(slots, draw) + "</svg>\n";
}

std::string time_legend() {
  return legend_item("active", "active") + legend_item("scripted", "looks scripted") + legend_item("idle", "idle");
}

std::string input_chart(const std::vector<Slot>& slots) {
  std::int64_t most = 1;
  for (const Slot& slot : slots) most = std::max({most, keys(slot), clicks(slot)});
  const double whole = round_up(static_cast<double>(most));
  std::string svg = svg_open(view_width, view_height, "Keys and clicks; the numbers are in the table below");
  for (const double share : {0.0, 0.5, 1.0})
    if (whole > 1 || share != 0.5) svg += grid_line(share, short_count(std::llround(whole * share)));
  const auto draw = [&](const Slot& slot, double x, double width) -> std::string {
    if (keys(slot) == 0 && clicks(slot) == 0) return "";
    const auto bar = [&](const char* kind, double left_edge, std::int64_t count) {
      const double h = plot_height * static_cast<double>(count) / whole;
      return rect(kind, left_edge, top + plot_height - h, width / 2, h);
    };
    return ": " + counted(keys(slot), "key", "keys") + ", " + counted(clicks(slot), "click", "clicks") + "</title>" +
           bar("keys", x, keys(slot)) + bar("clicks", x + width / 2, clicks(slot));
  };
  return svg + bars(slots, draw) + "</svg>\n";
}

std::string input_legend() { return legend_item("keys", "keys") + legend_item("clicks", "clicks"); }

std::string apps_chart(const std::vector<AppRow>& rows, double active_sec) {
  constexpr double line = 24, names = 170, numbers = 100;
  std::string svg = svg_open(view_width, line * static_cast<double>(rows.size()),
                             "Active time by application; the numbers are in the table below");
  const double most = rows.empty() ? 1 : std::max(1e-9, rows.front().totals.active_sec);
  double y = 0;
  for (const AppRow& row : rows) {
    const double share = active_sec > 0 ? 100 * row.totals.active_sec / active_sec : 0;
    svg += "<g><title>" + escaped(row.app) + ": " + duration_text(row.totals.active_sec) + ", " + percent_text(share) +
           " of the active time</title>" + text_at(names - 10, y + 16, "end", fit(row.app, 24, true), "name") +
           rect("active", names, y + 4, (view_width - names - numbers) * row.totals.active_sec / most, line - 8) +
           text_at(view_width - right, y + 16, "end", duration_text(row.totals.active_sec)) + "</g>\n";
    y += line;
  }
  return svg + "</svg>\n";
}

std::string gap_strip(const DayReport& day) {
  constexpr double bar_height = 22, strip_height = 40, letter = 6.5;
  constexpr double thinnest = 1.5;  // also a clock that was set, in no time, is seen
  if (day.hours.empty()) return {};
  const Time start = day.hours.front().start, end = day.hours.back().start + std::chrono::hours(1);
  const auto x_of = [&](Time time) {
    return left + plot_width * std::clamp(seconds_of(time - start) / seconds_of(end - start), 0.0, 1.0);
  };
  std::string svg = svg_open(view_width, strip_height, "What was not observed; the times are in the table below") +
                    rect("strip", left, 0, plot_width, bar_height) + "\n";
  for (const UnobservedTime& gap : day.gaps) {
    const double x = x_of(gap.from), width = std::max(x_of(gap.to) - x, thinnest);
    const std::string name(to_string(gap.name));
    svg += "<g><title>" + escaped(title_of(day, gap)) + "</title>" +
           rect(("gap " + name).c_str(), x, 0, width, bar_height);
    if (width > letter * static_cast<double>(name.size()))
      svg += text_at(x + width / 2, bar_height - 7, "middle", name, "name");
    svg += "</g>\n";
  }
  for (std::size_t i = 0; i < day.hours.size(); i += 6) {
    const DayReport::HourRow& row = day.hours[i];
    svg += text_at(x_of(row.start), strip_height - 4, "start", clock_text(row.start, row.offset_min));
  }
  return svg + "\n</svg>\n";
}

std::string gap_legend(const DayReport& day) {
  std::set<Gap> names;
  for (const UnobservedTime& gap : day.gaps) names.insert(gap.name);
  std::string legend;
  for (const Gap name : names) {
    const std::string word(to_string(name));
    legend += legend_item(("gap " + word).c_str(), (word + ": " + meaning(name)).c_str());
  }
  return legend;
}

}  // namespace activitytrack::report
