#pragma once

#include <activitytrack/core/cpp20.hpp>

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

namespace activitytrack {

/// Where log lines go. Implementations may be called from any thread and never throw; a line that cannot be written is
/// dropped.
class Log {
 public:
  enum class Level { debug, info, warning, error };

  /// A name and a value beside a message. Never titles or credentials; people's addresses only where they are refused.
  struct Field {
    std::string_view name;
    std::variant<std::string_view, std::int64_t, double> value;

    Field(std::string_view n, std::string_view v) : name(n), value(v) {}
    Field(std::string_view n, const char* v) : name(n), value(std::string_view(v)) {}
    Field(std::string_view n, double v) : name(n), value(v) {}
    template <std::integral I>
    Field(std::string_view n, I v) : name(n), value(static_cast<std::int64_t>(v)) {}
  };
  using Fields = std::initializer_list<Field>;

  virtual ~Log() = default;
  virtual void write(Level level, std::string_view message, std::span<const Field> fields) noexcept = 0;

  void debug(std::string_view m, Fields f = {}) noexcept { put(Level::debug, m, f); }
  void info(std::string_view m, Fields f = {}) noexcept { put(Level::info, m, f); }
  void warning(std::string_view m, Fields f = {}) noexcept { put(Level::warning, m, f); }
  void error(std::string_view m, Fields f = {}) noexcept { put(Level::error, m, f); }

 private:
  void put(Level level, std::string_view m, Fields f) noexcept { write(level, m, {f.begin(), f.size()}); }
};

/// Lines on standard error: `2024-01-15T10:30:00Z info sent events=5`; with `json`, one object a line.
std::unique_ptr<Log> make_stderr_log(Log::Level lowest, bool json = false);

/// A log that keeps nothing. The object lives for the whole program.
Log& null_log() noexcept;

/// "debug", "info", "warning", "error"; nullopt for any other word.
std::optional<Log::Level> parse_log_level(std::string_view word) noexcept;
std::string_view to_string(Log::Level level) noexcept;

}  // namespace activitytrack
