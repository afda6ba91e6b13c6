#include "server/screenshots/picture_store.hpp"

#include "core/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>

namespace activitytrack::server {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t copy_bytes = 256 * 1024;
constexpr int max_tries = 3;

/// Copies under way, beside the folders of machines, none of which begins with a dot.
constexpr std::string_view parts_folder = ".parts";

/// Copies that a killed process left.
void remove_old_parts(const fs::path& folder) {
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::error_code gone;
    const auto written = fs::last_write_time(at->path(), gone);
    if (!gone && written < fs::file_time_type::clock::now() - std::chrono::hours(1)) fs::remove(at->path(), gone);
  }
}

/// Copies from another file system to this one, under a name that nothing else has.
Result<fs::path> copy_into(const fs::path& folder, const fs::path& from) {
  const auto bytes = bytes_of_file(from);
  if (!bytes) return bytes.error();
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return system_error("cannot make " + folder.string(), errno);
  remove_old_parts(folder);
  std::string part = folder / "XXXXXX";
  const UniqueFd fd(::mkostemp(part.data(), O_CLOEXEC));
  if (!fd) return system_error("cannot make a file in " + folder.string(), errno);
  Result<void> done;
  for (std::int64_t offset = 0; done && offset < bytes->size; offset += copy_bytes) {
    const auto piece = bytes->read(offset, copy_bytes);
    done = piece ? write_all(fd.get(), *piece) : piece.error();
  }
  if (done && ::fsync(fd.get()) != 0) done = system_error("cannot write", errno);
  if (done) return fs::path(part);
  ::unlink(part.c_str());
  return Error{done.error().code, part + ": " + done.error().message};
}

class FolderStore : public PictureStore {
 public:
  explicit FolderStore(fs::path folder) : folder_(std::move(folder)) {}

  Result<void> put(const Screenshot& shot, const std::string& file) override {
    const fs::path name = screenshot_path(shot), to = folder_ / name, day = to.parent_path();
    // A folder that is empty goes with its last picture (remove()), perhaps just now.
    Result<void> moved = Error{};
    for (int tries = 0; !moved && tries < max_tries; ++tries) {
      for (const fs::path& part : {day.parent_path(), day}) {
        if (::mkdir(part.c_str(), 0700) != 0 && errno != EEXIST)
          return system_error("cannot make " + part.string(), errno);
      }
      moved = move(file, to);
    }
    return moved ? sync_folders(name) : moved;
  }

  Result<void> sync(const std::string& path) override {
    auto synced = sync_part(path, folder_ / path, O_NOFOLLOW);
    return synced ? sync_folders(path) : synced;
  }

  std::string folder() const override { return folder_; }

  Result<PictureBytes> open(const std::string& path) override { return bytes_of_file(folder_ / path); }

  Result<std::optional<std::int64_t>> size(const std::string& path) override {
    const fs::path file = folder_ / path;
    struct stat status {};
    if (::lstat(file.c_str(), &status) == 0) return std::optional<std::int64_t>(status.st_size);
    if (errno == ENOENT || errno == ENOTDIR) return std::optional<std::int64_t>();
    return system_error(file.string(), errno);
  }

  Result<void> remove(const std::string& path) override {
    const fs::path file = folder_ / path;
    if (::unlink(file.c_str()) != 0 && errno != ENOENT && errno != ENOTDIR)
      return system_error("cannot remove " + file.string(), errno);
    // As far as they are empty now.
    const fs::path day = file.parent_path();
    if (::rmdir(day.c_str()) == 0) ::rmdir(day.parent_path().c_str());
    return {};
  }

  Result<void> list(const std::string& below, const EachPicture& each) override {
    return list_below(folder_ / below, each);
  }

 private:
  /// Files and folders may go meanwhile.
  Result<void> list_below(const fs::path& folder, const EachPicture& each) {
    std::error_code error;
    fs::directory_iterator at(folder, error), end;
    for (; !error && at != end; at.increment(error)) {
      if (at->path() == folder_ / parts_folder) continue;
      std::error_code gone;
      const bool is_folder = at->is_directory(gone) && !at->is_symlink(gone);
      const auto size = is_folder ? 0 : at->file_size(gone);
      if (gone == std::errc::no_such_file_or_directory) continue;
      const auto done =
          is_folder ? list_below(at->path(), each)
                    : each(at->path().lexically_relative(folder_).string(), gone ? 0 : static_cast<std::int64_t>(size));
      if (!done) return done;
    }
    if (error && error != std::errc::no_such_file_or_directory)
      return system_error("cannot list " + folder.string(), error.value());
    return {};
  }

  /// Those that a picture is in: each may be new.
  Result<void> sync_folders(const fs::path& path) {
    const fs::path day = folder_ / path.parent_path();
    for (const fs::path& part : {day, day.parent_path(), folder_}) {
      if (auto synced = sync_part(path, part, O_DIRECTORY); !synced) return synced;
    }
    return {};
  }

  /// Syncs the picture at `path`, or a folder that it is in. The kernel reports a failed sync once, and the next one of
  /// the same would say that all is well: so the picture, and folders that are new with it, are removed then, and made
  /// anew by the next put. What could not even be opened has lost nothing, and stays.
  Result<void> sync_part(const std::string& path, const fs::path& part, int flags) {
    const UniqueFd fd(::open(part.c_str(), O_RDONLY | O_CLOEXEC | flags));
    if (fd && ::fsync(fd.get()) == 0) return {};
    const Error error = system_error("cannot sync " + part.string(), errno);
    if (fd) (void)remove(path);
    return error;
  }

  Result<void> move(const fs::path& from, const fs::path& to) {
    if (::rename(from.c_str(), to.c_str()) == 0) return {};
    if (errno != EXDEV) return system_error("cannot move a picture to " + to.string(), errno);
    const auto part = copy_into(folder_ / parts_folder, from);
    if (!part) return part.error();
    if (::rename(part->c_str(), to.c_str()) == 0) return {};
    const Error error = system_error("cannot move a picture to " + to.string(), errno);
    ::unlink(part->c_str());
    return error;
  }

  const fs::path folder_;
};

}  // namespace

Result<std::unique_ptr<PictureStore>> make_folder_store(const std::string& folder) {
  std::error_code error;
  const bool is_new = fs::create_directories(folder, error);
  if (error) return system_error("screenshots: cannot make the folder " + folder, error.value());
  if (is_new && ::chmod(folder.c_str(), 0700) != 0) return system_error("screenshots: the folder " + folder, errno);
  return open_folder_store(folder);
}

std::unique_ptr<PictureStore> open_folder_store(const std::string& folder) {
  return std::make_unique<FolderStore>(folder);
}

Result<PictureBytes> bytes_of_file(const std::string& file) {
  const auto fd = std::make_shared<UniqueFd>(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!*fd && errno == ENOENT) return Error{ErrorCode::not_found, file + " is not there"};
  struct stat status {};
  if (!*fd || ::fstat(fd->get(), &status) != 0) return system_error(file, errno);
  if (!S_ISREG(status.st_mode)) return Error{ErrorCode::corrupt, file + " is no file"};
  const auto read = [fd, file](std::int64_t offset, std::size_t length) -> Result<std::string> {
    std::string bytes(length, '\0');
    std::size_t got = 0;
    while (got < length) {
      const ssize_t n = ::pread(fd->get(), bytes.data() + got, length - got, offset + static_cast<std::int64_t>(got));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return system_error("cannot read " + file, errno);
      if (n == 0) break;
      got += static_cast<std::size_t>(n);
    }
    bytes.resize(got);
    return bytes;
  };
  return PictureBytes{status.st_size, read};
}

std::string_view media_type(Screenshot::Format format) noexcept {
  return format == Screenshot::Format::sealed ? "application/vnd.activitytrack.sealed" : "image/jpeg";
}

}  // namespace activitytrack::server
