#include "core/csv.hpp"
#include "events.hpp"
#include "html/html.hpp"
#include "text/display_width.hpp"
#include "text/units.hpp"
#include "views/views.hpp"

#include <activitytrack/core/event_json.hpp>

#include <array>

namespace activitytrack::report {
namespace {

/// Events are printed as they come, and there may be many: the columns' widths are settled beforehand.
class EventLines {
 public:
  EventLines(Screen& screen, const Request& request) : screen_(screen), request_(request) {}

  void titles() {
    std::vector<Spans> cells;
    for (const char* title : {"Time", "Active", "Keys", "Clicks", "Pointer", "Scroll", "Scripted", "Window"})
      cells.push_back({{title, Paint::dim}});
    print(std::move(cells));
  }

  void event(const Event& event) {
    const int offset = offset_of(event);
    std::string when = clock_text(event.timestamp, offset, true);
    if (!request_.dates.one()) when = format_date(date_at(event.timestamp, offset)) + " " + when;
    const Paint paint = event.is_idle ? Paint::dim : Paint::none;
    print({{{when, Paint::dim}},
           {{event.is_idle ? "idle" : duration_text(event.active_sec), paint}},
           {{short_count(event.key_count), paint}},
           {{short_count(event.mouse_clicks), paint}},
           {{short_count(event.mouse_distance_px), paint}},
           {{short_count(event.scroll_count), paint}},
           {{short_count(event.scripted_count), event.scripted_count > 0 ? Paint::scripted : Paint::dim}},
           {{event.active_app, paint},
            {event.active_app.empty() || event.active_window.empty() ? "" : ": ", Paint::dim},
            {event.active_window, Paint::dim}}});
    if (event.scripted_count > 0 && !event.scripted_reasons.empty())
      screen_.line({{"          looks scripted: ", Paint::dim}, {words_text(event.scripted_reasons), Paint::scripted}});
  }

 private:
  int offset_of(const Event& event) const {
    if (request_.zone.empty()) return own_offset_min(event);
    const auto offset = offset_in_zone(event.timestamp, request_.zone);
    return offset ? *offset : 0;
  }

  void print(std::vector<Spans> cells) {
    const std::array widths{request_.dates.one() ? 8 : 19, 6, 6, 6, 7, 6, 8};
    Spans line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i < widths.size())
        line += padded(std::move(cells[i]), widths[i], i > 0);
      else
        line += std::move(cells[i]);
      line += {{"  "}};
    }
    screen_.line(line);
  }

  Screen& screen_;
  const Request& request_;
};

Result<void> show_events(const Request& request) {
  Screen screen(request.out, request.look);
  const std::string zone = request.zone.empty() ? request.machine.timezone : request.zone;
  show_header(screen, request.machine, dates_text(request.dates) + "  " + (zone.empty() ? "UTC" : zone));
  EventLines lines(screen, request);
  bool any = false;
  const auto shown = each_event(request, [&](const Event& event) -> Result<void> {
    if (!any) lines.titles();
    any = true;
    lines.event(event);
    return {};
  });
  if (shown && !any) screen.line("Nothing was recorded.");
  return shown;
}

Result<void> write_csv(const Request& request) {
  std::string line;
  append_csv_header(line);
  request.out << line;
  return each_event(request, [&](const Event& event) -> Result<void> {
    line.clear();
    append_event_csv(line, event);
    request.out << line;
    return {};
  });
}

/// The API's own shape, one event a line.
Result<void> write_json(const Request& request) {
  request.out << "{\"events\":[";
  bool first = true;
  auto written = each_event(request, [&](const Event& event) -> Result<void> {
    request.out << (first ? "\n" : ",\n") << encode_event(event);
    first = false;
    return {};
  });
  if (written) request.out << "\n],\"next_cursor\":null}\n";
  return written;
}

}  // namespace

Result<void> run_events(const Request& request) {
  switch (request.format) {
    case Format::json:
      return write_json(request);
    case Format::csv:
      return write_csv(request);
    case Format::html:
      return write_events_html(request);
    case Format::table:
      break;
  }
  return show_events(request);
}

Result<void> run_export(const Request& request) {
  return request.format == Format::json ? write_json(request) : write_csv(request);
}

}  // namespace activitytrack::report
