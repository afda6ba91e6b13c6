#pragma once

#include <string_view>

namespace activitytrack::server {

/// What is known of screenshots; their bytes are in a PictureStore (screenshots/picture_store.hpp). `machine`
/// is the machine_key(). `state` is a ScreenshotState. `since` is when it was taken, or announced if the
/// machine's clock is ahead: what its age is counted from. `again_at` is of what is going: its removal
/// is not worked at before that. `counted` is what the row adds to its machine's total
/// (screenshot_total()).
/// `picture_place` has one row: where the server that began last keeps pictures.
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

}  // namespace activitytrack::server
