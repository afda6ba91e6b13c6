#pragma once

#include "s3/s3_client.hpp"

#include <activitytrack/core/screenshot.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace activitytrack::server {

/// A picture's bytes, by place: `read` returns `length` of them, fewer only at the end.
struct PictureBytes {
  std::int64_t size = 0;
  std::function<Result<std::string>(std::int64_t offset, std::size_t length)> read{};
};

/// The bytes of a file, which stays open as long as the object.
Result<PictureBytes> bytes_of_file(const std::string& file);

/// Where the bytes of pictures are, by the paths that screenshot_path() makes. Callable from any thread.
/// Errors may be transient: see is_transient().
class PictureStore {
 public:
  virtual ~PictureStore() = default;

  /// Keeps the content of a file, which is whole and synced: durably, and all of it at once. The file may be gone
  /// afterwards, also after an error. What was at the path before is replaced.
  virtual Result<void> put(const Screenshot& shot, const std::string& file) = 0;

  /// `not_found` if there is none.
  virtual Result<PictureBytes> open(const std::string& path) = 0;

  /// nullopt if there is none.
  virtual Result<std::optional<std::int64_t>> size(const std::string& path) = 0;

  /// What is at the path survives a power loss when this returns: it may have come there just before a crash. After an
  /// error it may be gone, and has to be put again.
  virtual Result<void> sync(const std::string&) { return {}; }

  /// Also if it was not there.
  virtual Result<void> remove(const std::string& path) = 0;

  /// Calls `each` for all whose paths begin with `below` ("" for all, or "MACHINE/"), those of a machine together. An
  /// error of `each` ends it.
  using EachPicture = std::function<Result<void>(const std::string& path, std::int64_t size)>;
  virtual Result<void> list(const std::string& below, const EachPicture& each) = 0;

  /// A request by which the machine can store the picture itself; nullopt where it has to send it to the server.
  virtual Result<std::optional<PresignedPut>> presign(const Screenshot&) { return std::optional<PresignedPut>(); }

  /// For how long after presign() a picture may still be stored by its request.
  virtual std::chrono::seconds presigned_come_for() const { return {}; }

  /// Whether the service itself makes sure that what is there has the hash that was announced.
  virtual bool checks_hashes() const { return false; }

  /// The folder where pictures are, if they are on a disk of this machine; "" otherwise.
  virtual std::string folder() const { return {}; }

  /// Whether what the store needs is set up: a bucket's credentials. May ask a service for them, and wait for it.
  virtual Result<void> find_credentials() { return {}; }

  /// Makes what is under way, and all later calls, fail with `unavailable` soon.
  virtual void cancel() noexcept {}
};

/// Keeps pictures below a folder, made if missing (0700).
Result<std::unique_ptr<PictureStore>> make_folder_store(const std::string& folder);

/// The same, to read and to remove from: a folder that is missing is empty.
std::unique_ptr<PictureStore> open_folder_store(const std::string& folder);

/// Keeps pictures in a bucket, below its prefix. Presigned puts are valid for `presigned_for`; 0: there are none.
Result<std::unique_ptr<PictureStore>> make_bucket_store(S3Options options, std::chrono::seconds presigned_for,
                                                        Clock& clock, Log& log);

/// What the bytes are, as a media type.
std::string_view media_type(Screenshot::Format format) noexcept;

}  // namespace activitytrack::server
