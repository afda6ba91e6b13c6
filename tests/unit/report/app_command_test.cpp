#include "app_fixture.hpp"

#include "core/event_batch.hpp"
#include "views/views.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace activitytrack;
using namespace activitytrack::testing;
using report::read_invocation;
using report::ReportSettings;

namespace {

std::string refused(const std::vector<std::string>& words) {
  const auto invocation = read_invocation(words);
  return invocation ? "" : invocation.error().message;
}

}  // namespace

TEST_CASE("options are read") {
  const auto invocation = read_invocation({"summary", "--date", "yesterday", "--machine=m1", "--format", "csv"});
  REQUIRE(invocation.has_value());
  CHECK(invocation->command == "summary");
  CHECK(invocation->settings.date == "yesterday");
  CHECK(invocation->settings.machine == "m1");
  CHECK(invocation->settings.format == "csv");
  CHECK(invocation->settings.server == "http://127.0.0.1:8100");
}

TEST_CASE("help names every command and option") {
  const std::string help = read_invocation({"--help"})->answer;
  for (const auto& command : report::commands()) CHECK(contains(help, std::string(command.name)));
  for (const auto& row : report::report_settings_table()) CHECK(contains(help, "--" + option_name(row.key)));
  CHECK(contains(read_invocation({"--version"})->answer, "activitytrack-report "));
}

TEST_CASE("help of a command has its own options, and an example that is right") {
  for (const auto& command : report::commands()) {
    CAPTURE(command.name);
    const std::string name(command.name), help = read_invocation({name, "--help"})->answer;
    CHECK(help.starts_with("Usage: activitytrack-report " + name));
    for (const auto& row : report::report_settings_table()) {
      const std::string option = option_name(row.key);
      const bool taken = std::ranges::find(command.options, option) != command.options.end();
      CHECK(contains(help, "\n  --" + option + " ") == taken);
      if (!taken) CHECK(contains(refused({name, "x", "--" + option, "y"}), option + " is not for the command " + name));
    }
    std::vector<std::string> words;
    std::istringstream example((std::string(command.example)));
    for (std::string word; example >> word;) words.push_back(word);
    REQUIRE(words.size() > 1);
    CHECK(words[0] == "activitytrack-report");
    CHECK(words[1] == name);
    CHECK(refused({words.begin() + 1, words.end()}) == "");
    CHECK(contains(help, words[0] + " " + words[1]));
  }
}

TEST_CASE("wrong usage says what was wrong and what to do") {
  CHECK(contains(refused({}), "summary, timeline"));
  CHECK(contains(refused({"sumary"}), "did you mean summary?"));
  CHECK(contains(refused({"summary", "apps"}), "the command summary takes no 'apps'"));
  CHECK(contains(refused({"summary", "--dat", "2024-01-15"}), "--help"));
  CHECK(contains(refused({"summary", "--date", "15.1.2024"}), "option --date"));
  CHECK(contains(refused({"summary", "--format", "xml"}), "table, json, csv or html"));
  CHECK(contains(refused({"summary", "--server", "ftp://here"}), "option --server"));
  CHECK(contains(refused({"summary", "--tz", "Mars/Base"}), "Mars/Base"));
  CHECK(contains(refused({"summary", "--color", "blue"}), "auto, always or never"));
  CHECK(contains(refused({"summary", "--s3", "s3://no bucket/x"}), "option --s3: s3: has no name of a bucket"));
  CHECK(contains(refused({"summary", "--s3-region", "eu-west-1"}), "option --s3-region is only for --s3"));
}

TEST_CASE("a command on files takes files, and others take none") {
  const auto invocation = read_invocation({"open", "a.sealed", "--key", "k", "b.sealed"});
  REQUIRE(invocation.has_value());
  CHECK(invocation->files == std::vector<std::string>{"a.sealed", "b.sealed"});
  CHECK(invocation->settings.key == "k");
  CHECK(contains(refused({"open"}), "the command open needs FILE..."));
  CHECK(contains(refused({"keygen", "here"}), "the command keygen takes no 'here'"));
}

TEST_CASE("dates: today and yesterday are the machine's, ranges are whole") {
  const auto source = buffer_of(golden_events());
  const auto dates = [&](ReportSettings settings) {
    settings.format = "csv";
    const Ran ran = run(*source, "summary", settings);
    std::vector<std::string> found;
    std::istringstream lines(ran.out);
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line)) found.push_back(line.substr(line.find(',') + 1, 10));
    return ran.status == 0 ? found : std::vector<std::string>{ran.err};
  };
  using Strings = std::vector<std::string>;
  CHECK(dates({}) == Strings{"2024-01-16"});
  CHECK(dates({.date = "yesterday"}) == Strings{"2024-01-15"});
  CHECK(dates({.tz = "Pacific/Kiritimati"}) == Strings{"2024-01-17"});  // there it is 02:00
  CHECK(dates({.from = "2023-12-31", .to = "2024-01-01"}) == Strings{"2023-12-31", "2024-01-01"});
  CHECK(dates({.from = "yesterday"}) == Strings{"2024-01-15", "2024-01-16"});
}

TEST_CASE("dates that contradict each other are wrong usage, before anything is asked") {
  for (const auto& [arguments, part] : std::initializer_list<std::pair<std::vector<std::string>, const char*>>{
           {{"--date", "today", "--from", "yesterday"}, "not both"},
           {{"--to", "2024-01-15"}, "--to needs --from"},
           {{"--from", "2024-01-16", "--to", "2024-01-15"}, "--from is after --to"},
           {{"--from", "1999-01-01", "--to", "2024-01-15"}, "1100 days"}}) {
    std::vector<std::string> line{"summary"};
    line.insert(line.end(), arguments.begin(), arguments.end());
    const std::string error = refused(line);
    CHECK(contains(error, part));
    CHECK(error.find('\n') == error.npos);
  }
}

TEST_CASE("what today is, only the machine knows") {
  CHECK(refused({"summary", "--from", "today", "--to", "yesterday"}) == "");
  const auto source = buffer_of(golden_events());
  for (const ReportSettings& settings :
       {ReportSettings{.from = "today", .to = "yesterday"}, ReportSettings{.from = "1999-01-01"}}) {
    const Ran ran = run(*source, "summary", settings);
    CHECK(ran.status == 2);
    CHECK(ran.out == "");
    CHECK(std::ranges::count(ran.err, '\n') == 1);
  }
}

TEST_CASE("the machine is the only one, or has to be named") {
  std::vector<Event> events = golden_events();
  events.resize(1);
  CHECK(run(*buffer_of(events), "summary", {}).status == 0);
  events.push_back(minute("2024-01-15T10:00:00Z"));
  const auto both = buffer_of(events);
  const Ran ambiguous = run(*both, "summary", {});
  CHECK(ambiguous.status == 2);
  CHECK(contains(ambiguous.err, "--machine: m1, vm-abc123-user1"));
  CHECK(run(*both, "summary", {.machine = "m1"}).status == 0);
  const Ran unknown = run(*both, "summary", {.machine = "none"});
  CHECK(unknown.status == 1);
  CHECK(contains(unknown.err, "no machine 'none' that you may read; there is: m1, vm-abc123-user1"));
  const Ran near = run(*both, "summary", {.buffer = "buffer.db", .machine = "vm-abc123-usre1"});
  CHECK(contains(near.err, "no machine 'vm-abc123-usre1' (did you mean vm-abc123-user1?); there is: "));
  const Ran none = run(*buffer_of({}), "summary", {.buffer = "buffer.db"});
  CHECK(none.status == 1);
  CHECK(contains(none.err, "no unsent events in buffer.db"));
}

TEST_CASE("export gives csv or json, and says so") {
  const auto source = buffer_of(golden_events());
  CHECK(run(*source, "export", {}).out.starts_with("machine_id,timestamp,key_count,"));
  for (const char* format : {"table", "html"}) {
    const Ran ran = run(*source, "export", {.format = format});
    CHECK(ran.status == 2);
    CHECK(contains(ran.err, "--format csv or --format json"));
  }
}

TEST_CASE("exported JSON holds the events of the days, and no others") {
  const auto events = golden_events();
  const auto source = buffer_of(events);
  const Ran all = run(*source, "export", {.from = "2024-01-15", .to = "2024-10-27", .format = "json"});
  CHECK(all.status == 0);
  std::vector<Event> back = decode_batch(all.out).value().events;
  CHECK(back == events);
  const Ran one = run(*source, "export", {.date = "2024-10-27", .format = "json"});
  back = decode_batch(one.out).value().events;
  CHECK(back.size() == 30);  // every ten minutes from 00:30 on, for five hours
  CHECK(back.front().timestamp == at("2024-10-26T22:30:00Z"));
  CHECK(run(*source, "export", {.date = "2000-01-01", .format = "json"}).out ==
        "{\"events\":[\n],\"next_cursor\":null}\n");
}

TEST_CASE("JSON is the API's own, and a range is an array of it") {
  const auto events = golden_events();
  const auto source = buffer_of(events);
  DayReport day = testing::report("2024-01-15", events);
  day.machine_id = "vm-abc123-user1";
  CHECK(run(*source, "summary", {.date = "2024-01-15", .format = "json"}).out == encode_summary(day) + "\n");
  CHECK(run(*source, "timeline", {.date = "2024-01-15", .format = "json"}).out == encode_timeline(day) + "\n");
  const Ran range = run(*source, "summary", {.from = "2024-01-15", .to = "2024-01-16", .format = "json"});
  CHECK(range.out.starts_with("[\n" + encode_summary(day) + ",\n"));
}

TEST_CASE("a report ends when its output takes no more, which is reported by who opened it") {
  /// A year of events, which counts those that were asked for.
  struct Endless final : report::Source {
    Result<report::Machines> machines() override { return report::Machines{{{"m1", "", "", {}, {}}}, ""}; }
    Result<std::vector<report::Day>> days(const report::MachineDays&, report::Want) override {
      return Error{ErrorCode::unsupported, "not asked for"};
    }
    Result<Totals> sum(const report::MachineDays&) override { return Totals(); }
    Result<void> events(const report::Machine&, TimeRange range, const report::EventSink& sink) override {
      for (Time time = range.start; time < range.end; time += std::chrono::seconds(1)) {
        Event event;
        event.machine_id = "m1";
        event.timestamp = time;
        ++asked;
        if (auto taken = sink(event); !taken) return taken;
      }
      return {};
    }
    int asked = 0;
  };
  for (const char* format : {"table", "json", "csv", "html"}) {
    Endless source;
    StoppedClock clock;
    std::ostringstream out, err;
    out.setstate(std::ios::badbit);
    CHECK(report::run_command({"events", {.date = "2024-01-15", .tz = "UTC", .format = format}, {}}, source, clock, {},
                              out, err) == 0);
    CHECK(err.str() == "");
    CHECK(source.asked == 1);
  }
}

TEST_CASE("in CSV of each command no text is a formula, unless it is asked for as it is") {
  Event event = minute("2024-01-15T10:00:00Z", "Europe/Berlin", 60);
  event.machine_id = "=m";
  event.active_window = "-title";
  event.active_app = "+app";
  event.utc_offset_min = -300;
  const auto source = buffer_of({event});
  for (const auto& [command, escaped] : std::initializer_list<std::pair<const char*, std::vector<std::string>>>{
           {"summary", {"\r\n'=m,"}},
           {"timeline", {"\r\n'=m,"}},
           {"apps", {"\r\n'+app,"}},
           {"machines", {"\r\n'=m,"}},
           {"events", {"\r\n'=m,", ",'-title,'+app,", ",-300,"}},
           {"export", {"\r\n'=m,", ",'-title,'+app,", ",-300,"}}}) {
    CAPTURE(command);
    ReportSettings settings{.format = "csv"};
    if (std::string_view(command) != "machines") settings.date = "2024-01-15";
    const std::string text = run(*source, command, settings).out;
    settings.csv = "raw";
    const std::string raw = run(*source, command, settings).out;
    CHECK(raw.find('\'') == raw.npos);
    for (std::string each : escaped) {
      CHECK(contains(text, each));
      std::erase(each, '\'');
      CHECK(contains(raw, each));
    }
  }
  CHECK(read_invocation({"events", "--format", "csv", "--csv", "raw"})->settings.csv == "raw");
  CHECK(contains(refused({"events", "--csv", "exact"}), "escaped or raw"));
}

TEST_CASE("an apostrophe stands wherever a spreadsheet could begin a cell with a formula") {
  for (const auto& [text, escaped] :
       std::initializer_list<std::pair<const char*, const char*>>{{"", ""},
                                                                  {"plain - title; a=b", "plain - title; a=b"},
                                                                  {"=1", "'=1"},
                                                                  {"+1", "'+1"},
                                                                  {"-3", "'-3"},
                                                                  {"@x", "'@x"},
                                                                  {"\tx", "'\tx"},
                                                                  {"\rx", "'\rx"},
                                                                  {"\nx", "'\nx"},
                                                                  {"\uFF1D1", "'\uFF1D1"},
                                                                  {"\uFF20x", "'\uFF20x"},
                                                                  {"'=1", "'=1"},
                                                                  {"\"=1", "\"'=1"},
                                                                  {"a;=1", "a;'=1"},
                                                                  {"a;\"=1", "a;\"'=1"},
                                                                  {"a\r\n=1", "a\r'\n'=1"}}) {
    CHECK(csv_text(text, CsvText::escaped) == escaped);
    CHECK(csv_text(text, CsvText::raw) == text);
  }
}

TEST_CASE("CSV quotes what RFC 4180 wants quoted, and nothing else") {
  const std::string lines = csv_line({"plain", "a,b", "say \"hi\"", "two\nlines", ""}) + csv_line({"next"});
  CHECK(lines == "plain,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\r\nnext\r\n");
  CHECK(number_text(0.1 + 0.2) == "0.30000000000000004");
  CHECK(number_text(9e15) == "9000000000000000");
  CHECK(number_text(std::optional<double>()) == "");
}
