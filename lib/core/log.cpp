#include <activitytrack/core/log.hpp>

#include "core/json_writer.hpp"
#include "core/text.hpp"

#include <activitytrack/core/clock.hpp>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>

namespace activitytrack {
namespace {

constexpr std::array<std::string_view, 4> level_names{"debug", "info", "warning", "error"};

Time log_time() { return std::chrono::floor<std::chrono::milliseconds>(system_clock().now()); }

bool needs_quotes(std::string_view text) {
  return text.empty() || text.find_first_of(" =\"\\\n\r\t") != std::string_view::npos;
}

void append_text(std::string& line, const Log::Field& field) {
  line += ' ';
  line += field.name;
  line += '=';
  const auto* text = std::get_if<std::string_view>(&field.value);
  if (text && !needs_quotes(*text)) {
    line += *text;
    return;
  }
  JsonWriter json(line);
  std::visit([&](auto value) { json.value(value); }, field.value);
}

std::string text_line(Log::Level level, std::string_view message, std::span<const Log::Field> fields) {
  std::string line = format_timestamp(log_time());
  line += ' ';
  line += to_string(level);
  line += ' ';
  line += message;
  for (const Log::Field& field : fields) append_text(line, field);
  return line;
}

std::string json_line(Log::Level level, std::string_view message, std::span<const Log::Field> fields) {
  std::string line;
  JsonWriter json(line);
  json.begin_object().field("time", format_timestamp(log_time())).field("level", to_string(level));
  json.field("message", message);
  for (const Log::Field& field : fields) {
    std::visit([&](auto value) { json.field(field.name, value); }, field.value);
  }
  json.end_object();
  return line;
}

class StderrLog final : public Log {
 public:
  StderrLog(Log::Level lowest, bool json) : lowest_(lowest), json_(json) {}

  void write(Log::Level level, std::string_view message, std::span<const Log::Field> fields) noexcept override {
    if (level < lowest_) return;
    try {
      std::string line = json_ ? json_line(level, message, fields) : text_line(level, message, fields);
      std::ranges::replace(line, '\n', ' ');
      line += '\n';
      // One write for a line keeps lines of several threads whole.
      [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
    } catch (...) {  // out of memory: a log line is not worth a crash
    }
  }

 private:
  Log::Level lowest_;
  bool json_;
};

class NullLog final : public Log {
 public:
  void write(Log::Level, std::string_view, std::span<const Log::Field>) noexcept override {}
};

}  // namespace

std::unique_ptr<Log> make_stderr_log(Log::Level lowest, bool json) { return std::make_unique<StderrLog>(lowest, json); }

Log& null_log() noexcept {
  static NullLog log;
  return log;
}

std::optional<Log::Level> parse_log_level(std::string_view word) noexcept {
  return parse_enum<Log::Level>(level_names, word);
}

std::string_view to_string(Log::Level level) noexcept { return level_names[static_cast<std::size_t>(level)]; }

}  // namespace activitytrack
