#include "archive/event_reader.hpp"
#include "seal/stream.hpp"

#include <activitytrack/core/event.hpp>

#include <zstd.h>

#include <array>
#include <new>

namespace activitytrack {
namespace {

constexpr std::string_view zstd_magic = "\x28\xb5\x2f\xfd";
constexpr std::size_t longest_magic = 8;

/// One step on the way from a file's bytes to its content: takes bytes piece by piece and gives what it makes
/// of them to a sink.
class Stage {
 public:
  virtual ~Stage() = default;
  virtual Result<void> write(std::string_view bytes) = 0;
  /// Comes last: an error if something is missing.
  virtual Result<void> finish() = 0;
};

class Through final : public Stage {
 public:
  explicit Through(ByteSink sink) : sink_(std::move(sink)) {}
  Result<void> write(std::string_view bytes) override { return bytes.empty() ? Result<void>() : sink_(bytes); }
  Result<void> finish() override { return {}; }

 private:
  ByteSink sink_;
};

class Unpack final : public Stage {
 public:
  explicit Unpack(ByteSink sink) : stream_(ZSTD_createDStream(), ZSTD_freeDStream), sink_(std::move(sink)) {
    if (!stream_) throw std::bad_alloc();
  }

  Result<void> write(std::string_view bytes) override {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    for (bool full = false; in.pos < in.size || full;) {
      ZSTD_outBuffer out{piece_.data(), piece_.size(), 0};
      left_ = ZSTD_decompressStream(stream_.get(), &out, &in);
      if (ZSTD_isError(left_)) return Error{ErrorCode::corrupt, "is damaged: zstd cannot unpack it"};
      full = out.pos == out.size && left_ != 0;
      if (out.pos == 0) continue;
      if (auto taken = sink_({piece_.data(), out.pos}); !taken) return taken;
    }
    return {};
  }

  Result<void> finish() override {
    if (left_ == 0) return {};
    return Error{ErrorCode::corrupt, "is cut off: its end is missing"};
  }

 private:
  std::unique_ptr<ZSTD_DStream, decltype(&ZSTD_freeDStream)> stream_;
  ByteSink sink_;
  std::array<char, 65536> piece_;
  std::size_t left_ = 1;  ///< 0 at the end of a frame
};

class Open final : public Stage {
 public:
  Open(const PrivateKey& key, std::unique_ptr<Stage> next)
      : next_(std::move(next)), opener_(key, [this](std::string_view plain) { return next_->write(plain); }) {}

  Result<void> write(std::string_view bytes) override { return opener_.write(bytes); }
  Result<void> finish() override {
    if (auto finished = opener_.finish(); !finished) return finished;
    return next_->finish();
  }

 private:
  std::unique_ptr<Stage> next_;
  Opener opener_;
};

/// Gathers the first bytes, and has a stage made by them.
class Look final : public Stage {
 public:
  using Choose = std::function<Result<std::unique_ptr<Stage>>(std::string_view head)>;
  explicit Look(Choose choose) : choose_(std::move(choose)) {}

  Result<void> write(std::string_view bytes) override {
    if (chosen_) return chosen_->write(bytes);
    const std::string_view part = bytes.substr(0, longest_magic - head_.size());
    head_ += part;
    bytes.remove_prefix(part.size());
    if (head_.size() < longest_magic) return {};
    if (auto chosen = choose(); !chosen) return chosen;
    return bytes.empty() ? Result<void>() : chosen_->write(bytes);
  }

  Result<void> finish() override {
    if (!chosen_) {
      if (auto chosen = choose(); !chosen) return chosen;
    }
    return chosen_->finish();
  }

 private:
  Result<void> choose() {
    auto chosen = choose_(head_);
    if (!chosen) return chosen.error();
    chosen_ = std::move(*chosen);
    return chosen_->write(head_);
  }

  Choose choose_;
  std::string head_;
  std::unique_ptr<Stage> chosen_;
};

std::unique_ptr<Stage> make_unpacking_stage(ByteSink sink) {
  return std::make_unique<Look>([sink](std::string_view head) -> Result<std::unique_ptr<Stage>> {
    if (head.starts_with(zstd_magic)) return std::make_unique<Unpack>(sink);
    return std::make_unique<Through>(sink);
  });
}

/// Opens what is sealed, then unpacks what is packed by zstd, and lets all else through: its first bytes say what it
/// is. `key` may be null, where nothing sealed is expected; it is borrowed.
std::unique_ptr<Stage> make_content_stage(const PrivateKey* key, ByteSink sink) {
  return std::make_unique<Look>([key, sink](std::string_view head) -> Result<std::unique_ptr<Stage>> {
    auto unpacking = make_unpacking_stage(sink);
    if (!is_sealed(head)) return unpacking;
    if (key) return std::make_unique<Open>(*key, std::move(unpacking));
    return Error{ErrorCode::unauthorized, "is sealed: give the private key that opens it with --key FILE"};
  });
}

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
