#include "archive/event_files.hpp"

#include "archive/prefetch.hpp"
#include "core/file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

namespace activitytrack {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_object = 256 << 20;

class S3EventFiles final : public EventFiles {
 public:
  using Connect = std::function<Result<std::unique_ptr<S3Client>>()>;
  S3EventFiles(std::unique_ptr<S3Client> client, const S3Options& options, Connect connect)
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
