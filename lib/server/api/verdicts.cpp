#include "server/api/verdicts.hpp"

#include "server/api/handlers.hpp"
#include "server/api/minutes.hpp"
#include "server/api/parameters.hpp"
#include "server/events/hours.hpp"

#include <algorithm>
#include <cmath>

// The verdicts about a machine's input, in several days, with what its person answered.

namespace activitytrack::server {
namespace {

using std::chrono::sys_days;

constexpr std::size_t most_verdicts = 100;
constexpr std::int64_t most_verdict_days = 92;

/// So many events a request reads, of hours with verdicts, and then looks no further back.
constexpr std::size_t most_verdict_events = 200'000;

struct DatedStretch {
  Date date;
  MinuteColumns::Scripted stretch;
};

/// A cause's word, for programs; all else among the reasons are sentences.
bool is_word(std::string_view reason) {
  return std::ranges::all_of(reason, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

/// [{"word":"constant_interval","texts":["clicks every 0.50 s"]}]
void write_reasons(JsonWriter& json, const std::vector<std::string>& reasons) {
  json.begin_array();
  for (auto reason = reasons.begin(); reason != reasons.end();) {
    const bool has_word = is_word(*reason);
    json.begin_object().field("word", has_word ? std::string_view(*reason) : std::string_view());
    if (has_word) ++reason;
    const auto end = std::find_if(reason, reasons.end(), is_word);
    json.field("texts", std::vector(reason, end)).end_object();
    reason = end;
  }
  json.end_array();
}

/// The answer to any event of the stretch that was given last; null for none.
const VerdictAnswer* latest_answer(const MinuteColumns::Scripted& stretch, std::span<const VerdictAnswer> answers) {
  const VerdictAnswer* last = nullptr;
  auto answer = std::ranges::lower_bound(answers, stretch.time.start, {}, &VerdictAnswer::timestamp);
  for (; answer != answers.end() && answer->timestamp < stretch.time.end; ++answer) {
    if (!last || answer->at >= last->at) last = &*answer;
  }
  return last;
}

/// Adds to `found` the stretches of a day, the newest first, of the hours that have any. Returns how many events it
/// read.
Result<std::size_t> add_day(StoreReader& reader, const std::string& machine_id, const DayReport& day,
                            std::vector<DatedStretch>& found) {
  MinuteColumns columns(day.range, std::chrono::hours(1), false);
  std::size_t read = 0;
  for (std::size_t i = 0; i < day.hours.size(); ++i) {
    const Totals& totals = day.hours[i].totals;
    if (totals.scripted_sec <= 0 && totals.sum(&Event::scripted_count) == 0) continue;
    const Time end = i + 1 < day.hours.size() ? day.hours[i + 1].start : day.range.end;
    const auto added = add_events(reader, machine_id, {day.hours[i].start, end}, columns);
    if (!added) return added.error();
    read += *added;
  }
  columns.finish();
  for (auto stretch = columns.scripted.rbegin(); stretch != columns.scripted.rend(); ++stretch)
    found.push_back({day.date, std::move(*stretch)});
  return read;
}

/// Of these days, the newest first.
Result<std::vector<DatedStretch>> find_verdicts(Services& services, const Machine& machine, const AskedDays& asked) {
  std::vector<DatedStretch> found;
  std::size_t read = 0;
  for (auto day = sys_days(*asked.to); day >= sys_days(*asked.from); day -= std::chrono::days(1)) {
    if (found.size() >= most_verdicts || read >= most_verdict_events) break;
    const auto report = read_day(services.reader, machine, Date(day), asked.zone, services.clock.now());
    if (!report) return report.error();
    const auto added = add_day(services.reader, machine.machine_id, *report, found);
    if (!added) return added.error();
    read += *added;
  }
  if (found.size() > most_verdicts) found.erase(found.begin() + most_verdicts, found.end());
  return found;
}

}  // namespace

void write_answer(JsonWriter& json, const VerdictAnswer* answer) {
  if (!answer) {
    json.null();
    return;
  }
  json.begin_object().field("text", answer->text).field("at", format_timestamp(answer->at)).field("by", answer->by);
  json.end_object();
}

void write_stretch(JsonWriter& json, const MinuteColumns::Scripted& stretch, std::span<const VerdictAnswer> answers,
                   std::optional<Date> date) {
  json.begin_object();
  if (date) json.field("date", format_date(*date));
  json.field("from", format_timestamp(stretch.time.start)).field("to", format_timestamp(stretch.time.end));
  json.field("scripted_sec", std::llround(stretch.scripted_sec)).key("score");
  stretch.score ? json.value(rounded(*stretch.score, 2)) : json.null();
  json.field("scripted_count", stretch.count);
  write_reasons(json.key("reasons"), stretch.reasons);
  const VerdictAnswer* answer = latest_answer(stretch, answers);
  json.key("answer");
  write_answer(json, answer);
  json.field("timestamp", format_timestamp(answer ? answer->timestamp : stretch.first_event)).end_object();
}

Result<Response> get_verdicts(const Request& request, Services& services) {
  Parameters parameters(request.target);
  const AskedDays asked = parameters.days();
  if (!asked.from || !asked.to) {
    parameters.refuse("from", "and to must be given");
  } else if (sys_days(*asked.to) - sys_days(*asked.from) >= std::chrono::days(most_verdict_days)) {
    parameters.refuse("to", "at most 92 days at a time");
  }
  if (parameters.wrong()) return *parameters.wrong();
  const auto machine = known_machine(services, request.arguments.at(0));
  if (!machine) return machine.error();
  const auto found = find_verdicts(services, *machine, asked);
  if (!found) return wrong_zone(found.error());
  std::vector<VerdictAnswer> answers;
  if (!found->empty()) {
    const TimeRange range{found->back().stretch.time.start, found->front().stretch.time.end};
    auto given = verdict_answers(services.database, machine->machine_id, range);
    if (!given) return given.error();
    answers = std::move(*given);
  }
  Response response;
  JsonWriter json(response.body);
  json.begin_object().key("verdicts").array(*found, [&](const DatedStretch& each) {
    write_stretch(json, each.stretch, answers, each.date);
  });
  json.end_object();
  return response;
}

}  // namespace activitytrack::server
