#include "server/http/access_log.hpp"

#include "core/json_writer.hpp"

#include <activitytrack/core/clock.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace activitytrack::server {
namespace {

constexpr std::size_t max_pending_bytes = 4 * 1024 * 1024;
constexpr std::size_t max_text_bytes = 1024;
constexpr std::string_view standard_output = "-";

/// As nginx does it: quotes, backslashes and what is not printable as \xHH, so that a line can be taken apart.
void append_escaped(std::string& line, std::string_view text, bool escapes_spaces = false) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  if (text.empty()) line += '-';
  for (const unsigned char c : text.substr(0, max_text_bytes)) {
    if (c > ' ' && c < 0x7f && c != '"' && c != '\\') {
      line += static_cast<char>(c);
    } else if (c == ' ' && !escapes_spaces) {
      line += ' ';
    } else {
      line.append("\\x").append(1, digits[c >> 4]).append(1, digits[c & 15]);
    }
  }
}

void append_quoted(std::string& line, std::string_view text) {
  line += '"';
  append_escaped(line, text);
  line += '"';
}

/// "[10/Oct/2000:13:55:36 +0000]"
void append_time(std::string& line, Time at) {
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count();
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 40> text;
  line.append(text.data(), std::strftime(text.data(), text.size(), "[%d/%b/%Y:%H:%M:%S +0000]", &parts));
}

std::string_view version_of(const AccessEntry& entry) { return entry.version == 10 ? "HTTP/1.0" : "HTTP/1.1"; }

UniqueFd open_file(const std::string& place) {
  if (place == standard_output) return UniqueFd(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0));
  return UniqueFd(::open(place.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640));
}

std::string last_error() { return std::generic_category().message(errno); }

}  // namespace

std::string_view without_query(std::string_view target) noexcept {
  return target.substr(0, target.find_first_of("?#"));
}

std::string combined_line(const AccessEntry& entry) {
  std::string line;
  line.reserve(256);
  append_escaped(line, entry.client, true);
  line += " - ";
  append_escaped(line, entry.user, true);
  line += ' ';
  append_time(line, entry.at);
  line += " \"";
  if (entry.method.empty()) {
    line += '-';
  } else {
    append_escaped(line, entry.method, true);
    line += ' ';
    append_escaped(line, entry.path, true);
    line.append(" ").append(version_of(entry));
  }
  line.append("\" ").append(std::to_string(entry.status)).append(" ").append(std::to_string(entry.bytes)).append(" ");
  append_quoted(line, entry.referer);
  line += ' ';
  append_quoted(line, entry.user_agent);
  line.append(" ").append(entry.request_id).append(" ").append(std::to_string(entry.took.count()));
  return line;
}

std::string json_line(const AccessEntry& entry) {
  const auto cut = [](const std::string& text) { return std::string_view(text).substr(0, max_text_bytes); };
  std::string line;
  JsonWriter(line)
      .begin_object()
      .field("time", format_timestamp(std::chrono::floor<std::chrono::milliseconds>(entry.at)))
      .field("client", entry.client)
      .field("user", cut(entry.user))
      .field("method", cut(entry.method))
      .field("path", cut(entry.path))
      .field("protocol", version_of(entry))
      .field("status", entry.status)
      .field("bytes", entry.bytes)
      .field("referer", cut(entry.referer))
      .field("user_agent", cut(entry.user_agent))
      .field("request_id", entry.request_id)
      .field("us", entry.took.count())
      .end_object();
  return line;
}

Result<std::shared_ptr<AccessLog>> AccessLog::open(const std::string& place, Format format, Log& log) {
  UniqueFd file = open_file(place);
  if (!file) return Error{ErrorCode::invalid_input, "access_log: " + place + ": " + last_error()};
  return std::shared_ptr<AccessLog>(new AccessLog(place, format, std::move(file), log));
}

AccessLog::AccessLog(std::string place, Format format, UniqueFd file, Log& log)
    : place_(std::move(place)), format_(format), log_(log), file_(std::move(file)), worker_("the access log", log) {
  worker_.start([this](Worker::Lock& lock) { return write_some(lock); });
}

void AccessLog::note(const AccessEntry& entry) noexcept {
  try {
    std::string line = format_ == Format::json ? json_line(entry) : combined_line(entry);
    line += '\n';
    const auto held = worker_.lock();
    if (pending_.size() + line.size() > max_pending_bytes) {
      ++dropped_;
    } else {
      pending_ += line;
    }
    if (pending_.size() == line.size()) worker_.wake();
  } catch (const std::bad_alloc&) {  // a line is not worth the request
  }
}

void AccessLog::reopen() {
  if (place_ != standard_output) worker_.change([this] { reopening_ = true; });
}

bool AccessLog::write_some(Worker::Lock& lock) {
  if (!worker_.wait(lock, [this] { return !pending_.empty() || reopening_; })) return false;
  const std::string lines = std::exchange(pending_, {});
  const bool reopens = std::exchange(reopening_, false);
  const auto dropped = std::exchange(dropped_, 0);
  lock.unlock();
  if (reopens) open_again();
  write_all(lines);
  if (dropped > 0) log_.warning("the access log is too slow; lines are left out", {{"lines", dropped}});
  return true;
}

void AccessLog::open_again() {
  UniqueFd file = open_file(place_);
  if (!file) {
    const std::string error = last_error();
    return log_.warning("the access log cannot be opened anew",
                        {{"place", std::string_view(place_)}, {"error", std::string_view(error)}});
  }
  file_ = std::move(file);
}

void AccessLog::write_all(std::string_view lines) {
  while (!lines.empty()) {
    const auto written = ::write(file_.get(), lines.data(), lines.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const std::string error = last_error();
      if (!std::exchange(failing_, true))
        log_.warning("the access log cannot be written; lines are left out",
                     {{"place", std::string_view(place_)}, {"error", std::string_view(error)}});
      return;
    }
    lines.remove_prefix(static_cast<std::size_t>(written));
  }
  failing_ = false;
}

}  // namespace activitytrack::server
