#include "archive/event_reader.hpp"

#include "archive/stages.hpp"

#include <activitytrack/core/event_json.hpp>

namespace activitytrack {
namespace {

constexpr std::size_t longest_line = 1 << 20;

class LineCutter {
 public:
  explicit LineCutter(const EventLines& lines) : lines_(lines) {}

  Result<void> write(std::string_view bytes) {
    for (auto end = bytes.find('\n'); end != bytes.npos; end = bytes.find('\n')) {
      pending_ += bytes.substr(0, end);
      bytes.remove_prefix(end + 1);
      if (auto taken = take_line(); !taken) return taken;
    }
    pending_ += bytes;
    if (pending_.size() <= longest_line) return {};
    return Error{ErrorCode::invalid_input,
                 "line " + std::to_string(number_ + 1) + " is longer than 1 MiB: are these JSON Lines?"};
  }

  Result<void> finish() { return pending_.empty() ? Result<void>() : take_line(); }

 private:
  Result<void> take_line() {
    ++number_;
    const bool empty = pending_.find_first_not_of(" \t\r") == std::string::npos;
    auto event = empty ? Result<Event>(Event{}) : decode_event(pending_);
    pending_.clear();
    if (empty) return {};
    return event ? lines_.event(std::move(*event), number_) : lines_.fault(event.error(), number_);
  }

  const EventLines& lines_;
  std::string pending_;
  std::size_t number_ = 0;
};

}  // namespace

Result<void> read_events(EventFiles& files, const std::string& name, const PrivateKey* key, const EventLines& lines) {
  LineCutter cutter(lines);
  const auto content = make_content_stage(key, [&](std::string_view text) { return cutter.write(text); });
  auto read = files.read(name, [&](std::string_view bytes) { return content->write(bytes); });
  if (read) read = content->finish();
  if (read) read = cutter.finish();
  return read;
}

}  // namespace activitytrack
