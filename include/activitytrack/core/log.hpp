#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

namespace activitytrack {

enum class LogLevel { debug, info, warning, error };

/// A name and a value beside a message. Window titles, people's addresses and credentials never go in.
struct LogField {
  std::string_view name;
  std::variant<std::string_view, std::int64_t, double> value;

  LogField(std::string_view n, std::string_view v) : name(n), value(v) {}
  LogField(std::string_view n, const char* v) : name(n), value(std::string_view(v)) {}
  LogField(std::string_view n, double v) : name(n), value(v) {}
  template <std::integral I>
  LogField(std::string_view n, I v) : name(n), value(static_cast<std::int64_t>(v)) {}
};

/// Where log lines go. Implementations may be called from any thread and never throw; a line that cannot be written is
/// dropped.
class Log {
 public:
  virtual ~Log() = default;
  virtual void write(LogLevel level, std::string_view message, std::span<const LogField> fields) noexcept = 0;

  using Fields = std::initializer_list<LogField>;
  void debug(std::string_view m, Fields f = {}) noexcept { put(LogLevel::debug, m, f); }
  void info(std::string_view m, Fields f = {}) noexcept { put(LogLevel::info, m, f); }
  void warning(std::string_view m, Fields f = {}) noexcept { put(LogLevel::warning, m, f); }
  void error(std::string_view m, Fields f = {}) noexcept { put(LogLevel::error, m, f); }

 private:
  void put(LogLevel level, std::string_view m, Fields f) noexcept { write(level, m, {f.begin(), f.size()}); }
};

enum class LogFormat { text, json };

/// Lines on standard error: `2024-01-15T10:30:00Z info sent events=5`, or one JSON object a line.
std::unique_ptr<Log> make_stderr_log(LogLevel lowest, LogFormat format);

/// A log that keeps nothing. The object lives for the whole program.
Log& null_log() noexcept;

/// "debug", "info", "warning", "error"; nullopt for any other word.
std::optional<LogLevel> parse_log_level(std::string_view word) noexcept;
std::string_view to_string(LogLevel level) noexcept;

}  // namespace activitytrack
