#pragma once

#include "server/database/database.hpp"

#include <activitytrack/core/screenshot.hpp>
#include <activitytrack/report/summary.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace activitytrack::server {

/// What is known of screenshots; their bytes are in a PictureStore (screenshots/picture_store.hpp). `machine` is the
/// machine_key(). `state` is a ScreenshotState. `since` is when it was taken, or announced if the machine's clock is
/// ahead: what its age is counted from. `again_at` is of what is going: its removal is not worked at before that.
/// `counted` is what the row adds to its machine's total (screenshot_total()). `picture_place` has one row: where the
/// server that began last keeps pictures.
inline constexpr std::string_view screenshots_schema[] = {
    "CREATE TABLE IF NOT EXISTS screenshots("
    " machine BIGINT NOT NULL,"
    " id TEXT NOT NULL,"
    " machine_id TEXT NOT NULL,"
    " taken_at BIGINT NOT NULL,"
    " timezone TEXT NOT NULL,"
    " utc_offset_min BIGINT NOT NULL,"
    " monitor TEXT NOT NULL,"
    " width BIGINT NOT NULL,"
    " height BIGINT NOT NULL,"
    " format BIGINT NOT NULL,"
    " same_as TEXT NOT NULL,"
    " size BIGINT NOT NULL,"
    " sha256 TEXT NOT NULL,"
    " state BIGINT NOT NULL,"
    " announced_at BIGINT NOT NULL,"
    " received_at BIGINT,"
    " since BIGINT NOT NULL,"
    " again_at BIGINT NOT NULL DEFAULT 0,"
    " counted BIGINT NOT NULL DEFAULT 0,"
    " PRIMARY KEY(machine, id)"
    ")",
    "CREATE INDEX IF NOT EXISTS screenshots_by_time ON screenshots(machine, taken_at, id)",
    "CREATE INDEX IF NOT EXISTS screenshots_by_state ON screenshots(state, since)",
    "CREATE INDEX IF NOT EXISTS screenshots_awaited ON screenshots(machine, state, announced_at)",
    "CREATE TABLE IF NOT EXISTS picture_place("
    " one BIGINT PRIMARY KEY,"
    " place TEXT NOT NULL"
    ")",
    "CREATE TABLE IF NOT EXISTS screenshot_totals("
    " machine BIGINT PRIMARY KEY,"
    " bytes BIGINT NOT NULL"
    ")",
};

enum class ScreenshotState : std::int64_t {
  wanted,  ///< announced; its bytes are awaited
  stored,
  going,  ///< shown no more; its bytes are being removed
};

struct ScreenshotRow {
  Screenshot shot{};
  ScreenshotState state = ScreenshotState::wanted;
  Time announced_at{};
  std::optional<Time> received_at{};  ///< when it was stored
};

/// A screenshot in any state.
Result<std::optional<ScreenshotRow>> find_screenshot(Database& database, std::string_view machine_id,
                                                     std::string_view id);

/// Lists those that are stored, in order of time. `local` is by the machine's own clock, in microseconds since 1970
/// there.
struct ScreenshotQuery {
  TimeRange taken{Time{}, Time::max()};
  TimeRange local{Time::min(), Time::max()};
  std::optional<std::pair<Time, std::string>> after{};  ///< taken_at and id of the last one of the page before
  std::size_t limit = 1000;
};
Result<std::vector<ScreenshotRow>> list_screenshots(Database& database, std::string_view machine_id,
                                                    const ScreenshotQuery& query);

/// A page of all of a machine's, in any state, in order of time, from after `after` on.
Result<std::vector<ScreenshotRow>> every_screenshot(Database& database, std::string_view machine_id,
                                                    const std::optional<std::pair<Time, std::string>>& after,
                                                    std::size_t limit);

/// Calls `each` with all of a machine's, in any state, in order of time.
Result<void> each_screenshot(Database& database, std::string_view machine_id,
                             const std::function<void(const ScreenshotRow&)>& each);

/// The ids of the machines that have any, in order.
Result<std::vector<std::string>> machines_with_screenshots(Database& database);

/// Up to `limit` whose removal has begun and is to be worked at now, of a machine or ("") of all.
Result<std::vector<ScreenshotRow>> going_screenshots(Database& database, std::string_view machine_id, Time now,
                                                     std::size_t limit);

/// Whether the bytes of one, of a machine by its machine_key(), are awaited.
Result<bool> is_wanted(Database& database, std::int64_t machine, std::string_view id);

/// Shows a stored one no more, from here on. False if there is none.
Result<bool> begin_removal(Database& database, std::string_view machine_id, std::string_view id);

/// The same for several, at most `limit`: stored ones from before `before`; ones announced for the last time
/// before `before` and never sent; all of a machine that is being erased. Return how many.
Result<std::int64_t> begin_removal_of_old(Database& database, Time before, std::size_t limit);
Result<std::int64_t> begin_removal_of_unsent(Database& database, Time before, std::size_t limit);
Result<std::int64_t> begin_removal_of_all(Database& database, std::string_view machine_id, std::size_t limit);

/// The same for a picture whose bytes came when it was wanted no more. The removal of one that is going already is
/// worked at again from `again_at` on, so that the one who works at it now does not end it. False if it was announced
/// anew: nothing goes then.
Result<bool> begin_removal_of_stray(Database& database, const Screenshot& shot, Time again_at);

/// Claims a removal until `until`. Returns when the picture was announced for the last time; nullopt if another has
/// claimed the removal, or the picture is not going.
Result<std::optional<Time>> claim_removal(Database& database, const Screenshot& shot, Time now, Time until);

/// Ends a removal that was claimed until `claimed`: nothing is known of the screenshot any more; or, if `again_at`
/// is given, it is removed once more then. Nothing happens if the claim is not good any more.
Result<void> end_removal(Database& database, const Screenshot& shot, Time claimed, std::optional<Time> again_at);

/// The bytes that all screenshots of a machine (its machine_key()) take, kept along with their rows: to add them up
/// takes longer than an announcement may.
Result<std::int64_t> screenshot_total(Database& database, std::int64_t machine);

/// Comes in the transaction that adds or removes the row. Of a machine that has nothing left, nothing is kept.
Result<void> add_to_screenshot_total(Database& database, std::int64_t machine, std::int64_t bytes);

/// encode_screenshot()'s fields, and when it was stored.
std::string screenshot_json(const ScreenshotRow& row);

}  // namespace activitytrack::server
