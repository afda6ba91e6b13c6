#include "command.hpp"
#include "report/hours.hpp"
#include "report/wall_clock.hpp"
#include "text/units.hpp"
#include "views/views.hpp"

#include <activitytrack/core/event.hpp>

namespace activitytrack::report {
namespace {

/// Events are printed as they come, and there may be many: the columns' widths are settled beforehand.
class EventLines {
 public:
  EventLines(Screen& screen, const Request& request) : screen_(screen), request_(request) {
    columns_ = {{"Time", false, request.dates.one() ? 8 : 19}, {"Active", true, 6}};
    add_input_columns(columns_);
    columns_.push_back({"Window"});
  }

  void titles() {
    std::vector<Spans> cells;
    for (const Column& column : columns_) cells.push_back({{column.title, Paint::dim}});
    print(std::move(cells));
  }

  void event(const Event& event) {
    const int offset = offset_of(event);
    std::string when = clock_text(event.timestamp, offset, true);
    if (!request_.dates.one()) when = format_date(date_at(event.timestamp, offset)) + " " + when;
    const Paint paint = event.is_idle ? Paint::dim : Paint::none;
    std::vector<Spans> cells{{{when, Paint::dim}}, {{event.is_idle ? "idle" : duration_text(event.active_sec), paint}}};
    add_input_cells(
        cells, [&](const SummedField& row) { return event.*row.field; }, paint);
    cells.push_back({{event.active_app, paint},
                     {event.active_app.empty() || event.active_window.empty() ? "" : ": ", Paint::dim},
                     {event.active_window, Paint::dim}});
    print(std::move(cells));
    if (event.scripted_count > 0 && !event.scripted_reasons.empty())
      screen_.line({{"          looks scripted: ", Paint::dim}, {words_text(event.scripted_reasons), Paint::scripted}});
  }

 private:
  int offset_of(const Event& event) const {
    if (request_.zone.empty()) return own_offset_min(event);
    return offset_in_zone(event.timestamp, request_.zone).value_or(0);
  }

  void print(std::vector<Spans> cells) {
    Spans line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      line += padded(std::move(cells[i]), columns_[i].least, columns_[i].right);
      line += {{"  "}};
    }
    screen_.line(line);
  }

  Screen& screen_;
  const Request& request_;
  std::vector<Column> columns_;
};

Result<void> show_events(const Request& request) {
  Screen screen(request.out, request.look);
  show_header(screen, request.machine, dates_text(request.dates) + "  " + zone_of(request));
  EventLines lines(screen, request);
  WrittenEvents written(request);
  bool any = false;
  const auto shown = each_event(request.source, request, [&](const Event& event) -> Result<void> {
    if (!any) lines.titles();
    any = true;
    lines.event(event);
    return written.add(event);
  });
  if (shown && !any) screen.line("Nothing was recorded.");
  return shown;
}

Result<void> write_csv(const Request& request) {
  std::string line;
  append_csv_header(line);
  request.out << line;
  WrittenEvents written(request);
  return each_event(request.source, request, [&](const Event& event) -> Result<void> {
    line.clear();
    append_event_csv(line, event, request.csv);
    request.out << line;
    return written.add(event);
  });
}

/// The API's own shape, one event a line.
Result<void> write_json(const Request& request) {
  request.out << "{\"events\":[";
  WrittenEvents written(request);
  bool first = true;
  const auto done = each_event(request.source, request, [&](const Event& event) -> Result<void> {
    request.out << (first ? "\n" : ",\n") << encode_event(event);
    first = false;
    return written.add(event);
  });
  if (done) request.out << "\n],\"next_cursor\":null}\n";
  return done;
}

}  // namespace

Result<void> run_events(const Request& request) {
  if (request.format == Format::table) return show_events(request);
  return request.format == Format::html ? write_events_html(request) : run_export(request);
}

Result<void> run_export(const Request& request) {
  return request.format == Format::json ? write_json(request) : write_csv(request);
}

}  // namespace activitytrack::report
