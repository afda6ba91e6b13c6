#include "server/screenshots/uploads.hpp"

#include "core/file.hpp"
#include "core/text.hpp"
#include "server/events/event_row.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <filesystem>

namespace activitytrack::server {
namespace {

namespace fs = std::filesystem;

/// Each holds an open file and its connection a buffer.
constexpr std::size_t max_under_way = 64;
constexpr std::ptrdiff_t max_of_a_machine = 4;

constexpr std::size_t hash_bytes = 256 * 1024;  // that are read at a time

}  // namespace

std::unique_lock<std::mutex> Upload::claim() {
  std::unique_lock lock(mutex_);
  if (is_taken_over_) return {};
  return lock;
}

/// Reads what is there, for its hash.
Result<void> Upload::open() {
  fd_ = UniqueFd(::open(file_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd_) return system_error("cannot keep an upload in " + file_, errno);
  std::string piece(hash_bytes, '\0');
  while (true) {
    const ssize_t n = ::read(fd_.get(), piece.data(), piece.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error("cannot read " + file_, errno);
    if (n == 0) return {};
    hash_.add(std::string_view(piece).substr(0, static_cast<std::size_t>(n)));
    size_ += n;
  }
}

Result<void> Upload::write(std::string_view piece) {
  if (auto written = write_all(fd_.get(), piece); !written) {
    // Part of the piece may be there, and is not in the hash.
    if (::ftruncate(fd_.get(), size_) != 0) is_taken_over_ = true;
    return Error{written.error().code, file_ + ": " + written.error().message};
  }
  hash_.add(piece);
  size_ += static_cast<std::int64_t>(piece.size());
  return {};
}

Result<void> Upload::sync() {
  if (::fsync(fd_.get()) == 0) return {};
  const Error error = system_error("cannot sync " + file_, errno);
  end();
  return error;
}

void Upload::end() {
  ::unlink(file_.c_str());
  is_taken_over_ = true;
}

Result<std::unique_ptr<Uploads>> Uploads::make(std::string folder) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return system_error("cannot make the folder " + folder, errno);
  return open(std::move(folder));
}

std::string Uploads::name_of(std::string_view machine_id, std::string_view id) {
  char key[17];
  std::snprintf(key, sizeof key, "%016" PRIx64, static_cast<std::uint64_t>(machine_key(machine_id)));
  return std::string(key) + "-" + std::string(id);
}

std::optional<std::pair<std::int64_t, std::string>> Uploads::parse_name(std::string_view name) {
  const auto dash = name.find('-');
  if (dash == name.npos) return std::nullopt;
  const auto machine = parse_number<std::uint64_t>(name.substr(0, dash), 16);
  if (!machine) return std::nullopt;
  return std::pair(static_cast<std::int64_t>(*machine), std::string(name.substr(dash + 1)));
}

std::int64_t Uploads::size(const std::string& name) const {
  std::error_code none;
  const auto size = fs::file_size(folder_ + "/" + name, none);
  return none ? 0 : static_cast<std::int64_t>(size);
}

Result<std::shared_ptr<Upload>> Uploads::begin(const std::string& name) {
  std::shared_ptr<Upload> upload;
  std::unique_lock<std::mutex> claim;
  {
    const std::lock_guard lock(mutex_);
    if (auto room = make_room(name); !room) return room.error();
    upload.reset(new Upload(folder_ + "/" + name));
    claim = upload->claim();  // without waiting: nobody else knows it yet
    under_way_[name] = upload;
  }
  if (auto opened = upload->open(); !opened) return opened.error();
  return upload;
}

/// Ends the upload of that name that is under way, and refuses one more where there are too many.
Result<void> Uploads::make_room(const std::string& name) {
  std::erase_if(under_way_, [](const auto& each) { return each.second.expired(); });
  if (const auto found = under_way_.find(name); found != under_way_.end()) {
    const auto former = found->second.lock();
    if (former) {
      const std::unique_lock lock(former->mutex_, std::try_to_lock);
      if (!lock) return Error{ErrorCode::busy, "the picture is being taken in just now"};
      former->is_taken_over_ = true;
    }
    under_way_.erase(found);
  }
  const auto machine = name.substr(0, name.find('-') + 1);
  const auto of_machine =
      std::ranges::count_if(under_way_, [&](const auto& each) { return each.first.starts_with(machine); });
  if (under_way_.size() >= max_under_way || of_machine >= max_of_a_machine)
    return Error{ErrorCode::busy, "as many pictures are on their way as can be"};
  return {};
}

void Uploads::remove(const std::string& name) { ::unlink((folder_ + "/" + name).c_str()); }

std::vector<std::string> Uploads::left_since(Time before) const {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator at(folder_, error), end; !error && at != end; at.increment(error)) {
    struct stat status {};
    if (::lstat(at->path().c_str(), &status) != 0) continue;
    if (Time(std::chrono::seconds(status.st_mtim.tv_sec)) < before) names.push_back(at->path().filename().string());
  }
  return names;
}

}  // namespace activitytrack::server
