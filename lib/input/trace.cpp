#include "core/file.hpp"
#include "input/trace_parser.hpp"

#include <zlib.h>

#include <fcntl.h>
#include <unistd.h>
#include <array>
#include <cerrno>

namespace activitytrack {
namespace {

constexpr std::size_t max_unpacked_bytes = std::size_t{1} << 30;
constexpr std::size_t piece_bytes = 64 << 10;

/// Hands text on to the parser, and stops it where it grows beyond all bounds.
class Text {
 public:
  Result<void> feed(std::string_view piece) {
    if (piece.size() > max_unpacked_bytes - taken_)
      return Error{ErrorCode::invalid_input, "more than 1 GiB unpacked; split the trace"};
    taken_ += piece.size();
    return parser_.feed(piece);
  }
  Result<std::vector<InputSample>> finish() { return parser_.finish(); }

 private:
  TraceParser parser_;
  std::size_t taken_ = 0;
};

/// Unpacks gzip (RFC 1952), any number of members after each other.
class Gunzip {
 public:
  explicit Gunzip(Text& text) : text_(text) {
    constexpr int gzip_only = 16;
    if (inflateInit2(&stream_, MAX_WBITS + gzip_only) != Z_OK) throw std::bad_alloc();
  }
  ~Gunzip() { inflateEnd(&stream_); }
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;

  Result<void> feed(std::string_view packed) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream_.avail_in = static_cast<uInt>(packed.size());
    // A full buffer of output may leave more behind, also when all input is taken.
    bool more = true;
    while (stream_.avail_in > 0 || more) {
      if (member_ended_) {
        if (stream_.avail_in == 0) return {};
        inflateReset(&stream_);
        member_ended_ = false;
      }
      stream_.next_out = reinterpret_cast<Bytef*>(out_.data());
      stream_.avail_out = static_cast<uInt>(out_.size());
      int outcome = inflate(&stream_, Z_NO_FLUSH);
      if (outcome != Z_OK && outcome != Z_STREAM_END && outcome != Z_BUF_ERROR)
        return Error{ErrorCode::corrupt, "the gzip data is damaged; make the file anew"};
      member_ended_ = outcome == Z_STREAM_END;
      more = stream_.avail_out == 0;
      if (auto fed = text_.feed({out_.data(), out_.size() - stream_.avail_out}); !fed) return fed;
    }
    return {};
  }

  Result<void> finish() const {
    if (member_ended_) return {};
    return Error{ErrorCode::corrupt, "the gzip data is cut short; make the file anew"};
  }

 private:
  Text& text_;
  z_stream stream_{};
  bool member_ended_ = false;
  std::array<char, piece_bytes> out_;
};

/// Fills `piece` as far as the file goes, so that a pipe's short reads do not hide the gzip mark.
Result<std::size_t> read_piece(int fd, std::array<char, piece_bytes>& piece) {
  std::size_t filled = 0;
  while (filled < piece.size()) {
    auto got = ::read(fd, piece.data() + filled, piece.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error("cannot read the trace", errno);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  return filled;
}

Result<std::vector<InputSample>> read_open_trace(int fd) {
  auto piece = std::make_unique<std::array<char, piece_bytes>>();
  Text text;
  std::unique_ptr<Gunzip> gunzip;
  for (bool first = true;; first = false) {
    auto got = read_piece(fd, *piece);
    if (!got) return got.error();
    if (*got == 0) break;
    std::string_view bytes(piece->data(), *got);
    if (first && bytes.starts_with("\x1f\x8b")) gunzip = std::make_unique<Gunzip>(text);
    auto fed = gunzip ? gunzip->feed(bytes) : text.feed(bytes);
    if (!fed) return fed.error();
  }
  if (gunzip)
    if (auto whole = gunzip->finish(); !whole) return whole.error();
  return text.finish();
}

class ReplaySource final : public InputSource {
 public:
  ReplaySource(std::vector<InputSample> trace, Ticks start)
      : trace_(std::move(trace)), start_(start.time_since_epoch()) {}

  int fd() const noexcept override { return -1; }

  Result<void> drain(ClockReading now, std::vector<InputSample>& out) override {
    for (; next_ < trace_.size(); ++next_) {
      InputSample sample = trace_[next_];
      sample.at += start_;
      if (sample.at > now.ticks) break;
      out.push_back(sample);
    }
    return {};
  }

 private:
  std::vector<InputSample> trace_;
  std::chrono::microseconds start_;
  std::size_t next_ = 0;
};

}  // namespace

Result<std::vector<InputSample>> parse_trace(std::string_view csv) {
  TraceParser parser;
  if (auto fed = parser.feed(csv); !fed) return fed.error();
  return parser.finish();
}

Result<std::vector<InputSample>> read_trace(const std::filesystem::path& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return system_error("cannot open the trace " + path.string(), errno);
  auto trace = read_open_trace(file.get());
  if (!trace) return Error{trace.error().code, path.string() + ": " + trace.error().message};
  return trace;
}

std::unique_ptr<InputSource> make_replay_source(std::vector<InputSample> trace, Ticks start) {
  return std::make_unique<ReplaySource>(std::move(trace), start);
}

}  // namespace activitytrack
