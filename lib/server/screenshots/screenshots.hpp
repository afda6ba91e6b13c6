#pragma once

#include "server/screenshots/picture_store.hpp"
#include "server/screenshots/screenshot_rows.hpp"
#include "server/screenshots/uploads.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/log.hpp>

#include <atomic>
#include <cstdint>
#include <optional>

namespace activitytrack::server {

/// What the taking in of screenshots counts, for /metrics. From any thread.
struct ScreenshotStats {
  using Count = std::atomic<std::uint64_t>;

  Count stored{0};
  Count bytes{0};       ///< of these
  Count duplicates{0};  ///< announced again

  // Refused:
  Count invalid{0};     ///< what is no screenshot, or too large
  Count conflicts{0};   ///< known with other bytes
  Count damaged{0};     ///< not the bytes that were announced
  Count over_limit{0};  ///< of machines that have as many as they may
  Count failed{0};      ///< could not be stored now
};

/// What a machine may have, and what pictures leave to others.
struct ScreenshotLimits {
  std::int64_t max_bytes = std::int64_t{64} << 20;  ///< of one picture
  std::int64_t max_bytes_a_machine = 0;             ///< 0: no limit
  std::int64_t max_wanted = 16;                     ///< announced and not sent
  std::int64_t reserve_bytes = 0;                   ///< stay free on the server's disks
};

/// Who announces: an agent's credential (Principal::id), or anyone where there are no accounts.
using Announcer = std::optional<std::int64_t>;

enum class Announced {
  wanted,
  stored,
  conflict,   ///< known with other bytes
  going,      ///< being removed just now
  shut_out,   ///< the credential was revoked, or the machine is being erased
  too_many,   ///< too many of the machine's are awaited
  over_limit  ///< the machine has as many bytes as it may
};

/// Notes that its bytes are where they belong, durably. False if they are wanted no more: by a revocation, an
/// erasure or a removal meanwhile.
Result<bool> note_stored(Database& database, const Screenshot& shot, const Announcer& who, Time now);

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

  /// Takes an announcement, of which each picture counts 4 KiB beyond its bytes. What is awaited, and found where it
  /// belongs, is noted as stored.
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
};

}  // namespace activitytrack::server
