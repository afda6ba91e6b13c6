#include "server/screenshots/picture_store.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <vector>

namespace activitytrack::server {
namespace {

using SteadyClock = std::chrono::steady_clock;

/// An agent waits no longer for an answer, and has its own tries.
constexpr S3Limits bucket_limits{.keep_trying = std::chrono::seconds(10), .small_request = std::chrono::seconds(10)};

/// A service that did not answer is not asked for this long: requests would only wait, and make others wait.
constexpr auto rest_after_failure = std::chrono::seconds(5);

constexpr std::size_t piece_bytes = 1 << 20;

bool is_outage(const Error& error) { return error.code == ErrorCode::unavailable || error.code == ErrorCode::timeout; }

/// Presigned puts bring these along.
HttpFields fields_of(const Screenshot& shot) { return {{"Content-Type", std::string(media_type(shot.format))}}; }

class BucketStore : public PictureStore {
 public:
  BucketStore(S3Options options, std::chrono::seconds presigned_for, Clock& clock, Log& log,
              std::unique_ptr<S3Client> first)
      : options_(std::move(options)), presigned_for_(presigned_for), clock_(clock), log_(log) {
    idle_.push_back(first.get());
    clients_.push_back(std::move(first));
  }

  Result<void> put(const Screenshot& shot, const std::string& file) override {
    const auto bytes = bytes_of_file(file);
    if (!bytes) return bytes.error();
    return with_client([&](S3Client& client) {
      return client.put(screenshot_path(shot), {bytes->size, bytes->read}, fields_of(shot));
    });
  }

  Result<PictureBytes> open(const std::string& path) override {
    const auto size = this->size(path);
    if (!size) return size.error();
    if (!*size) return Error{ErrorCode::not_found, path + " is not in the bucket"};
    // Gets the object in pieces, and holds one of them.
    const auto read = [this, path, size = **size, piece = std::string(), begin = std::int64_t{0}](
                          std::int64_t offset, std::size_t length) mutable -> Result<std::string> {
      std::string bytes;
      while (bytes.size() < length && offset < size) {
        if (offset < begin || offset >= begin + static_cast<std::int64_t>(piece.size())) {
          const auto wanted = std::min(piece_bytes, static_cast<std::size_t>(size - offset));
          auto got = with_client([&](S3Client& client) { return client.get(path, offset, wanted); });
          if (!got) return got.error();
          piece = std::move(*got);
          begin = offset;
        }
        const auto before = bytes.size();
        bytes.append(piece, static_cast<std::size_t>(offset - begin), length - before);
        offset += static_cast<std::int64_t>(bytes.size() - before);
      }
      return bytes;
    };
    return PictureBytes{**size, read};
  }

  Result<std::optional<std::int64_t>> size(const std::string& path) override {
    return with_client([&](S3Client& client) { return client.head(path); });
  }

  Result<void> remove(const std::string& path) override {
    return with_client([&](S3Client& client) { return client.remove(path); });
  }

  Result<void> list(const std::string& below, const EachPicture& each) override {
    return with_client([&](S3Client& client) {
      return client.list(below, "", [&](const S3Object& object) { return each(object.key, object.size); });
    });
  }

  Result<std::optional<PresignedPut>> presign(const Screenshot& shot) override {
    if (presigned_for_.count() == 0) return std::optional<PresignedPut>();
    auto put = with_client([&](S3Client& client) {
      return client.presign_put(screenshot_path(shot), shot.size, shot.sha256, fields_of(shot), presigned_for_);
    });
    if (!put) return put.error();
    return std::optional(std::move(*put));
  }

  /// Whatever the settings say now: they may have said otherwise when an address was given out.
  std::chrono::seconds presigned_come_for() const override { return std::chrono::hours(1); }

  bool checks_hashes() const override { return options_.presign_body_hash; }

  Result<void> find_credentials() override {
    return with_client([](S3Client& client) { return client.find_credentials(); });
  }

  void cancel() noexcept override {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
    for (const auto& client : clients_) client->cancel();
  }

 private:
  /// A client serves one thread at a time: there are as many as were ever needed at once.
  Result<S3Client*> take() {
    const std::lock_guard lock(mutex_);
    if (cancelled_) return Error{ErrorCode::unavailable, "the server stops"};
    if (SteadyClock::now() < rests_until_)
      return Error{ErrorCode::unavailable, "the bucket did not answer just now, and is asked again in a moment"};
    if (!idle_.empty()) {
      S3Client* const client = idle_.back();
      idle_.pop_back();
      return client;
    }
    auto made = S3Client::make(options_, clock_, log_, bucket_limits);
    if (!made) return made.error();
    clients_.push_back(std::move(*made));
    return clients_.back().get();
  }

  template <class Work>
  auto with_client(Work work) -> decltype(work(std::declval<S3Client&>())) {
    const auto client = take();
    if (!client) return client.error();
    Use use{*this, *client};
    auto result = work(**client);
    use.failed = !result && is_outage(result.error());
    // To those who ask this server for a picture, its own credentials are no matter of theirs.
    if (!result && result.error().code == ErrorCode::unauthorized)
      return Error{ErrorCode::unavailable, result.error().message};
    return result;
  }

  /// Gives the client back at its end.
  struct Use {
    BucketStore& store;
    S3Client* client;
    bool failed = false;

    ~Use() {
      const std::lock_guard lock(store.mutex_);
      store.idle_.push_back(client);
      if (failed) store.rests_until_ = SteadyClock::now() + rest_after_failure;
    }
  };

  const S3Options options_;
  const std::chrono::seconds presigned_for_;
  Clock& clock_;
  Log& log_;
  std::mutex mutex_;
  bool cancelled_ = false;
  SteadyClock::time_point rests_until_{};
  std::vector<std::unique_ptr<S3Client>> clients_;
  std::vector<S3Client*> idle_;
};

}  // namespace

Result<std::unique_ptr<PictureStore>> make_bucket_store(S3Options options, std::chrono::seconds presigned_for,
                                                        Clock& clock, Log& log) {
  auto first = S3Client::make(options, clock, log, bucket_limits);
  if (!first) return first.error();
  return std::unique_ptr<PictureStore>(
      std::make_unique<BucketStore>(std::move(options), presigned_for, clock, log, std::move(*first)));
}

}  // namespace activitytrack::server
