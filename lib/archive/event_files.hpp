#pragma once

#include "seal/stream.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/log.hpp>
#include <activitytrack/core/result.hpp>
#include <activitytrack/s3/s3_options.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack {

/// Files below a bucket's prefix or a folder. Their names are what comes after that, with "/" between. One
/// thread uses it.
class EventFiles {
 public:
  virtual ~EventFiles() = default;

  /// The names that begin with `below` and come after `after`, in order of their bytes, until `each` says false.
  using EachName = std::function<bool(const std::string& name)>;
  virtual Result<void> list(const std::string& below, const std::string& after, const EachName& each) = 0;

  /// Which files will be read next, in this order: they may be got ahead of it.
  virtual void expect(const std::vector<std::string>&) {}

  /// Gives a file's bytes to the sink, in order. An error of the sink ends it and is handed on as it is.
  virtual Result<void> read(const std::string& name, const ByteSink& sink) = 0;

  /// A file as it is named to people: "s3://bucket/prefix/name", "folder/name".
  virtual std::string title(const std::string& name) const = 0;
};

/// Clock and log are borrowed.
Result<std::unique_ptr<EventFiles>> make_s3_event_files(S3Options options, Clock& clock, Log& log);

/// Links to folders are not followed. What appears while it is listed may be missing.
std::unique_ptr<EventFiles> make_folder_event_files(std::filesystem::path folder);

/// Whether a file holds events, by its name: it ends in ".jsonl", ".zst" and ".sealed" after that or not.
bool is_event_file(std::string_view name);

}  // namespace activitytrack
