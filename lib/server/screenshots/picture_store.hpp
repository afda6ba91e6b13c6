#pragma once

#include "s3/s3_client.hpp"

#include <activitytrack/core/screenshot.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace activitytrack::server {

/// A picture's bytes, by place: `read` gives `length` of them, fewer only at the end.
struct PictureBytes {
  std::int64_t size = 0;
  std::function<Result<std::string>(std::int64_t offset, std::size_t length)> read{};
};

/// Of a file, which stays open as long as the object.
Result<PictureBytes> bytes_of_file(const std::filesystem::path& file);

/// Where the bytes of pictures are, by the paths that screenshot_path() gives. Callable from any thread.
/// Errors: no_space, unavailable and the like may pass.
class PictureStore {
 public:
  virtual ~PictureStore() = default;

  /// Keeps what is in a file, which is whole and synced, durably and at once in whole; the file may be gone
  /// then, after an error too. What was at the path before is replaced.
  virtual Result<void> put(const Screenshot& shot, const std::filesystem::path& file) = 0;

  /// `not_found` if there is none.
  virtual Result<PictureBytes> open(const std::string& path) = 0;

  /// nullopt if there is none.
  virtual Result<std::optional<std::int64_t>> size(const std::string& path) = 0;

  /// What is at the path survives a power loss when this returns: it may have come there just before a crash. After an
  /// error it may be gone, and has to be put again.
  virtual Result<void> sync(const std::string&) { return {}; }

  /// Also if it was not there.
  virtual Result<void> remove(const std::string& path) = 0;

  /// All whose paths begin with `below` ("" for all, or "MACHINE/"), those of a machine together. The sink's
  /// error ends it.
  using EachPicture = std::function<Result<void>(const std::string& path, std::int64_t size)>;
  virtual Result<void> list(const std::string& below, const EachPicture& each) = 0;

  /// For the machine to store the picture by itself; nullopt where it cannot, and sends it to the server.
  virtual Result<std::optional<PresignedPut>> presign(const Screenshot&) { return std::optional<PresignedPut>(); }

  /// For how long after presign() a picture may still come by it.
  virtual std::chrono::seconds presigned_come_for() const { return {}; }

  /// Whether what is there has the hash that was announced, as the service itself made sure of.
  virtual bool checks_hashes() const { return false; }

  /// Where it is, if that is a disk of this machine; "" else.
  virtual std::filesystem::path folder() const { return {}; }

  /// Makes what is under way, and all later calls, fail with `unavailable` soon.
  virtual void cancel() noexcept {}
};

/// Below a folder, made if missing (0700).
Result<std::unique_ptr<PictureStore>> make_folder_store(const std::filesystem::path& folder);

/// The same, to look at and to remove from: a folder that is missing is empty.
std::unique_ptr<PictureStore> open_folder_store(const std::filesystem::path& folder);

/// In a bucket, below its prefix. Presigned puts are good for `presigned_for`; 0: there are none.
Result<std::unique_ptr<PictureStore>> make_bucket_store(S3Options options, std::chrono::seconds presigned_for,
                                                        Clock& clock, Log& log);

/// In memory: for tests.
std::unique_ptr<PictureStore> make_memory_picture_store();

/// What the bytes are, as a media type.
std::string_view media_type(ScreenshotFormat format) noexcept;

}  // namespace activitytrack::server
