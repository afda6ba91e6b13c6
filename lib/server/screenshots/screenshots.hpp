#pragma once

#include "server/screenshots/announcement.hpp"
#include "server/screenshots/picture_store.hpp"
#include "server/screenshots/screenshot_rows.hpp"
#include "server/screenshots/uploads.hpp"

#include <activitytrack/core/log.hpp>

namespace activitytrack::server {

/// Screenshots on their way in, and out again: the rows, the store of pictures and the uploads under way,
/// each of which is borrowed. A picture is stored when its file is where it belongs, durably, and then its
/// row says so; whatever is cut short in between is made whole by the machine's next try. From any thread.
struct Screenshots {
  Database& database;
  PictureStore& pictures;
  Uploads& uploads;
  Clock& clock;
  ScreenshotLimits limits{};

  /// What a machine is to do next.
  struct Next {
    Announced what = Announced::wanted;
    bool is_new = false;
    std::int64_t offset = 0;            ///< of what is wanted: from there on
    std::optional<PresignedPut> put{};  ///< to there; else to this server
  };

  /// Takes an announcement. What is awaited, and found where it belongs, is noted as stored.
  Result<Next> announce(const Screenshot& shot, const Announcer& who);

  /// `no_space` if so many bytes more would leave less free than the limits' reserve.
  Result<void> check_room(std::int64_t bytes) const;

  enum class Kept {
    stored,
    short_of_bytes,
    damaged,  ///< not the bytes that were announced: what came of them is gone
    unwanted  ///< by a revocation or removal meanwhile
  };

  /// Stores what has come whole. The upload is claimed.
  Result<Kept> keep(const Screenshot& shot, const Announcer& who, Upload& upload);

  /// Removes one that is shown no more (begin_removal()), here and where its bytes are, unless another does so
  /// just now. If its machine may still put it into place, it is removed again later, and known until then.
  Result<void> remove(const Screenshot& shot);

 private:
  Result<bool> is_in_place(const Screenshot& shot);
  Result<void> remove_stray(const Screenshot& shot);
};

}  // namespace activitytrack::server
