#pragma once

#include <activitytrack/core/log.hpp>
#include <activitytrack/s3/s3_options.hpp>
#include <activitytrack/seal/seal.hpp>
#include <activitytrack/sender/sender.hpp>

#include <memory>
#include <optional>

namespace activitytrack {

/// Events to a bucket, without a server: JSON Lines packed with zstd, by `seal_for` sealed, at
/// "events/MACHINE/DATE/FROM-TO.jsonl.zst" (".sealed" after it) below the prefix; one object for each machine
/// and UTC date of a batch, with the first and the last timestamp in its name (20240115T103000Z, or with six
/// or three digits of a fraction before the Z). A batch that is sent again in another cut makes another
/// object: who reads them takes each event once. Whatever the bucket answers, no event is ever refused:
/// `retry`. `log` is borrowed and outlives the sender.
Result<std::unique_ptr<Sender>> make_s3_sender(S3Options options, std::optional<PublicKey> seal_for,
                                               Log& log = null_log());

}  // namespace activitytrack
