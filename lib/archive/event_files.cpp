#include "archive/event_files.hpp"

#include "core/file.hpp"
#include "s3/s3_client.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

namespace activitytrack {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_object = 256 << 20;

constexpr std::size_t most_threads = 12;
constexpr std::size_t most_ahead = 48;
constexpr std::size_t longest_ahead = 1 << 20;  // bytes; a larger object is worth a way of its own

/// Gets objects that will be asked for soon, several at a time: a bucket's small objects cost little but the
/// way there and back. What could not be got ahead is simply not there.
class Prefetch {
 public:
  using Connect = std::function<Result<std::unique_ptr<S3Client>>()>;
  explicit Prefetch(Connect connect) : connect_(std::move(connect)) {}
  Prefetch(const Prefetch&) = delete;

  ~Prefetch() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      for (S3Client* client : clients_) client->cancel();
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  /// Which objects will be asked for, in this order. Forgets what was expected before.
  void expect(const std::vector<std::string>& names) {
    const std::lock_guard lock(mutex_);
    names_.assign(names.begin(), names.end());
    std::erase_if(got_, [](const auto& each) { return each.second.done; });
    while (names.size() > 1 && threads_.size() < std::min(most_threads, names.size()))
      threads_.emplace_back([this] { work(); });
    changed_.notify_all();
  }

  /// The object, if it was expected and could be got: waits for it where it is under way.
  std::optional<std::string> take(const std::string& name) {
    std::unique_lock lock(mutex_);
    const auto found = got_.find(name);
    if (found == got_.end()) {
      if (!names_.empty() && names_.front() == name) names_.pop_front();
      return std::nullopt;
    }
    changed_.wait(lock, [&] { return found->second.done; });
    auto bytes = std::move(found->second.bytes);
    got_.erase(found);
    changed_.notify_all();
    return bytes;
  }

 private:
  struct Got {
    bool done = false;
    std::optional<std::string> bytes;
  };

  void work() {
    const auto client = connect_();
    if (!client) return;
    std::unique_lock lock(mutex_);
    clients_.push_back(client->get());
    while (true) {
      changed_.wait(lock, [&] { return stopping_ || (!names_.empty() && got_.size() < most_ahead); });
      if (stopping_) break;
      const std::string name = std::move(names_.front());
      names_.pop_front();
      if (!got_.try_emplace(name).second) continue;
      lock.unlock();
      auto bytes = (*client)->get(name, longest_ahead);
      lock.lock();
      Got& got = got_.at(name);
      got.done = true;
      if (bytes) got.bytes = std::move(*bytes);
      changed_.notify_all();
    }
    std::erase(clients_, client->get());
  }

  const Connect connect_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> names_;   ///< not begun yet
  std::map<std::string, Got> got_;  ///< begun, and not taken yet
  std::vector<S3Client*> clients_;  ///< of the threads, to be cancelled
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

class S3EventFiles final : public EventFiles {
 public:
  S3EventFiles(std::unique_ptr<S3Client> client, const S3Options& options, Prefetch::Connect connect)
      : client_(std::move(client)),
        ahead_(std::move(connect)),
        place_("s3://" + options.bucket + "/" + options.prefix + (options.prefix.empty() ? "" : "/")) {}

  Result<void> list(const std::string& below, const std::string& after, const EachName& each) override {
    bool enough = false;
    const auto listed = client_->list(below, after, [&](const S3Object& object) -> Result<void> {
      enough = !each(object.key);
      return enough ? Result<void>(Error{ErrorCode::io, "enough"}) : Result<void>();
    });
    return enough ? Result<void>() : listed;
  }

  Result<void> read(const std::string& name, const ByteSink& sink) override {
    if (const auto ahead = ahead_.take(name)) return sink(*ahead);
    const auto bytes = client_->get(name, longest_object);
    if (!bytes) return bytes.error();
    return sink(*bytes);
  }

  void expect(const std::vector<std::string>& names) override { ahead_.expect(names); }
  std::string title(const std::string& name) const override { return place_ + name; }

 private:
  std::unique_ptr<S3Client> client_;
  Prefetch ahead_;
  std::string place_;
};

class FolderEventFiles final : public EventFiles {
 public:
  explicit FolderEventFiles(fs::path folder) : folder_(std::move(folder)) {}

  Result<void> list(const std::string& below, const std::string& after, const EachName& each) override {
    std::vector<std::string> names;
    std::error_code failed;
    for (fs::recursive_directory_iterator entry(folder_, failed), end; !failed && entry != end;
         entry.increment(failed)) {
      if (!entry->is_regular_file(failed)) continue;
      std::string name = entry->path().lexically_relative(folder_).generic_string();
      if (name.starts_with(below) && name > after) names.push_back(std::move(name));
    }
    if (failed) return system_error(folder_.string() + " cannot be read", failed.value());
    std::ranges::sort(names);
    for (const std::string& name : names)
      if (!each(name)) break;
    return {};
  }

  Result<void> read(const std::string& name, const ByteSink& sink) override {
    const UniqueFd fd(::open((folder_ / name).c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) return system_error("cannot be read", errno);
    std::array<char, 65536> piece;
    while (true) {
      const ssize_t n = ::read(fd.get(), piece.data(), piece.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return system_error("cannot be read", errno);
      if (n == 0) return {};
      if (auto taken = sink({piece.data(), static_cast<std::size_t>(n)}); !taken) return taken;
    }
  }

  std::string title(const std::string& name) const override { return (folder_ / name).string(); }

 private:
  fs::path folder_;
};

}  // namespace

Result<std::unique_ptr<EventFiles>> make_s3_event_files(S3Options options, Clock& clock, Log& log) {
  auto client = S3Client::make(options, clock, log);
  if (!client) return client.error();
  // What does not come at once is asked for again when its turn has come.
  const auto connect = [options, &clock, &log] {
    return S3Client::make(options, clock, log, {.keep_trying = std::chrono::seconds(5)});
  };
  return std::unique_ptr<EventFiles>(std::make_unique<S3EventFiles>(std::move(*client), options, connect));
}

std::unique_ptr<EventFiles> make_folder_event_files(fs::path folder) {
  return std::make_unique<FolderEventFiles>(std::move(folder));
}

bool is_event_file(std::string_view name) {
  for (const std::string_view ending : {".sealed", ".zst"})
    if (name.ends_with(ending)) name.remove_suffix(ending.size());
  return name.ends_with(".jsonl");
}

}  // namespace activitytrack
