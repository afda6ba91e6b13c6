#include "app_fixture.hpp"
#include "text/units.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace activitytrack;
using namespace activitytrack::testing;
using report::Look;
using report::ReportSettings;

namespace {

bool accepting() {
  const char* update = std::getenv("ACTIVITYTRACK_UPDATE_GOLDEN");
  return update && std::string_view(update) == "1";
}

void check_golden(const std::string& name, const std::string& command, const ReportSettings& settings, Look look = {}) {
  CAPTURE(name);
  const auto source = buffer_of(golden_events());
  const Ran ran = run(*source, command, settings, look);
  CHECK(ran.err == "");
  CHECK(ran.status == 0);
  if (accepting()) std::ofstream(golden_path(name), std::ios::binary) << ran.out;
  // One bool, so that a failure prints a name and not two documents.
  const bool same = ran.out == read_file(golden_path(name));
  CHECK_MESSAGE(same, "differs from tests/golden/report/" << name << "; ACTIVITYTRACK_UPDATE_GOLDEN=1 accepts it");
}

const ReportSettings workday{.date = "2024-01-15"};
const ReportSettings clock_change{.date = "2024-10-27"};
const ReportSettings range{.from = "2024-01-14", .to = "2024-01-16"};

ReportSettings as(ReportSettings settings, const char* format) {
  settings.format = format;
  return settings;
}

}  // namespace

TEST_CASE("tables are as they were accepted") {
  check_golden("summary.txt", "summary", workday);
  check_golden("summary-clock-change.txt", "summary", clock_change);
  check_golden("summary-range.txt", "summary", range);
  check_golden("summary-colour.txt", "summary", workday, {.colour = true});
  check_golden("summary-ascii.txt", "summary", workday, {.utf8 = false});
  check_golden("summary-200.txt", "summary", workday, {.width = 200});
  check_golden("timeline.txt", "timeline", workday);
  check_golden("timeline-clock-change.txt", "timeline", clock_change);
  check_golden("apps.txt", "apps", workday);
  check_golden("events.txt", "events", workday);
  check_golden("machines.txt", "machines", {});
}

TEST_CASE("CSV is as it was accepted") {
  check_golden("summary.csv", "summary", as(range, "csv"));
  check_golden("timeline.csv", "timeline", as(clock_change, "csv"));
  check_golden("apps.csv", "apps", as(workday, "csv"));
  check_golden("export.csv", "export", as(clock_change, "csv"));
  check_golden("machines.csv", "machines", as({}, "csv"));
}

TEST_CASE("HTML is as it was accepted") {
  check_golden("summary.html", "summary", as(workday, "html"));
  check_golden("summary-range.html", "summary", as(range, "html"));
  check_golden("apps.html", "apps", as(workday, "html"));
  check_golden("events.html", "events", as(clock_change, "html"));
}

TEST_CASE("each summed field arrives in JSON, CSV, tables and HTML") {
  Event event = minute("2024-01-15T10:00:00Z", "Europe/Berlin", 60);
  for (std::size_t i = 0; i < summed_fields.size(); ++i)
    event.*summed_fields[i].field = static_cast<std::int64_t>(1111 * (i + 1));
  event.cpu_percent = 5;
  const auto source = buffer_of({event});
  const auto shown = [&](ReportSettings settings, const char* command = "summary") {
    return run(*source, command, settings, {.width = 200}).out;
  };
  const std::string json = shown(as(workday, "json")), csv = shown(as(workday, "csv")), table = shown(workday),
                    days = shown(range), events = shown(workday, "events"), html = shown(as(workday, "html"));
  const auto cells = [](const std::string& line) {
    std::vector<std::string> all(1);
    for (const char c : line.substr(0, line.find("\r\n")))
      c == ',' ? void(all.emplace_back()) : all.back().push_back(c);
    return all;
  };
  const auto names = cells(csv), values = cells(csv.substr(csv.find("\r\n") + 2));
  for (const SummedField& row : summed_fields) {
    CAPTURE(row.name);
    const std::int64_t sum = event.*row.field;
    const std::string amount = report::amount_text(sum, row.unit);
    CHECK(contains(json, '"' + std::string(row.name) + "\":" + std::to_string(sum)));
    const auto column = std::ranges::find(names, row.name);
    REQUIRE(column != names.end());
    CHECK(values[static_cast<std::size_t>(column - names.begin())] == std::to_string(sum));
    CHECK(contains(table, amount));
    CHECK(contains(days, amount));
    if (row.of_input()) CHECK(contains(days, std::string(row.short_title)));
    if (row.of_input()) CHECK(contains(events, amount));
    CHECK(contains(html, "<th scope=\"col\">" + std::string(row.title) + "</th>"));
    CHECK(contains(html, ">" + amount + "</td>"));
    CHECK(contains(html, "<span>" + std::string(row.caption) + "</span>"));
  }
}

TEST_CASE("a day's summary fits one screen, each line the width") {
  const auto source = buffer_of(golden_events());
  for (const auto& settings : {workday, clock_change}) {
    for (const int width : {80, 120, 200}) {
      CAPTURE(width);
      std::istringstream lines(run(*source, "summary", settings, {.width = width, .utf8 = false}).out);
      int count = 0;
      for (std::string line; std::getline(lines, line); ++count) CHECK(line.size() <= std::size_t(width));
      CHECK(count <= 23);
    }
  }
}

TEST_CASE("HTML needs nothing from elsewhere, and what came from outside stays text") {
  const auto source = buffer_of(golden_events());
  for (const char* command : {"summary", "timeline", "apps", "events"}) {
    CAPTURE(command);
    const std::string page = run(*source, command, as(workday, "html")).out;
    CHECK(page.find("</html>") != std::string::npos);
    CHECK(page.find("evil&quot;app,&lt;/script&gt;") != std::string::npos);
    for (const char* never : {"<script", "</script", "http:", "https:", "<link", "@import", "url(", "<b>\xE8"}) {
      CAPTURE(never);
      CHECK(page.find(never) == std::string::npos);
    }
  }
}
