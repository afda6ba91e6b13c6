#include "core/csv.hpp"
#include "core/event_batch.hpp"
#include "core/text.hpp"
#include "server/api/event_steps.hpp"
#include "server/api/handlers.hpp"
#include "server/api/parameters.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace activitytrack::server {
namespace {

struct Format {
  std::string_view name, content_type;
  void (*head)(std::string&);  ///< null: none
  void (*line)(std::string&, const Event&, CsvText);
};

void append_json_line(std::string& out, const Event& event, CsvText) {
  append_event_json(out, event);
  out += '\n';
}

constexpr Format formats[] = {
    {"csv", "text/csv; charset=utf-8; header=present", append_csv_header, append_event_csv},
    {"jsonl", "application/jsonl", nullptr, append_json_line},
};

/// Reads a machine's events as the client takes them. Throws on an error, which cannot be answered any more: the answer
/// has begun.
BodySource event_source(EventSteps steps, const Format& format, CsvText csv) {
  return [steps = std::move(steps), &format, csv, begun = false]() mutable {
    std::string text;
    if (!std::exchange(begun, true) && format.head) format.head(text);
    const auto events = steps.next();
    if (!events) throw std::runtime_error(events.error().message);
    for (const Event& event : *events) format.line(text, event, csv);
    steps.made(text.size());
    return text;
  };
}

}  // namespace

Result<Response> get_export(const Request& request, Services& services) {
  const std::string* asked = request.target.find("format");
  const auto* format = std::ranges::find(formats, asked ? std::string_view(*asked) : "csv", &Format::name);
  if (format == std::end(formats)) return Error{ErrorCode::invalid_input, "format: must be csv or jsonl"};
  Parameters parameters(request.target);
  const std::string* asked_csv = parameters.find("csv");
  const auto csv = asked_csv ? parse_enum<CsvText>(csv_text_names, *asked_csv) : CsvText::escaped;
  if (!csv) parameters.refuse("csv", "must be escaped or raw");
  const TimeRange range = parameters.range();
  if (parameters.wrong()) return *parameters.wrong();
  const std::string& machine_id = request.arguments.at(0);
  if (auto machine = known_machine(services, machine_id); !machine) return machine.error();

  Response response{.content_type = std::string(format->content_type)};
  response.headers.emplace_back("Content-Disposition", content_disposition("attachment", machine_id, format->name));
  response.stream = event_source({services.reader, machine_id, range}, *format, *csv);
  return response;
}

}  // namespace activitytrack::server
