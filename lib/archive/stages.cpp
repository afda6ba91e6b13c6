#include "archive/stages.hpp"

#include <zstd.h>

#include <array>
#include <new>

namespace activitytrack {
namespace {

constexpr std::string_view zstd_magic = "\x28\xb5\x2f\xfd";
constexpr std::size_t longest_magic = 8;

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

}  // namespace

std::unique_ptr<Stage> make_content_stage(const PrivateKey* key, ByteSink sink) {
  return std::make_unique<Look>([key, sink](std::string_view head) -> Result<std::unique_ptr<Stage>> {
    auto unpacking = make_unpacking_stage(sink);
    if (!is_sealed(head)) return unpacking;
    if (key) return std::make_unique<Open>(*key, std::move(unpacking));
    return Error{ErrorCode::permission, "is sealed: give the private key that opens it with --key FILE"};
  });
}

}  // namespace activitytrack
