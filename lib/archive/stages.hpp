#pragma once

#include <activitytrack/seal/seal.hpp>

#include <memory>

namespace activitytrack {

/// One step on the way from a file's bytes to its content: takes bytes piece by piece and gives what it makes
/// of them to a sink.
class Stage {
 public:
  virtual ~Stage() = default;
  virtual Result<void> write(std::string_view bytes) = 0;
  /// Comes last: an error if something is missing.
  virtual Result<void> finish() = 0;
};

/// Opens what is sealed, then unpacks what is packed by zstd, and lets all else through: what it is, is seen
/// from its first bytes. `key` may be null, where nothing sealed is expected; it is borrowed.
std::unique_ptr<Stage> make_content_stage(const PrivateKey* key, ByteSink sink);

}  // namespace activitytrack
