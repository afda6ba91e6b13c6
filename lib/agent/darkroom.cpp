#include "agent/darkroom.hpp"

#include "agent/wiped.hpp"
#include "seal/sodium.hpp"

#include <utility>

namespace activitytrack {
namespace {

/// In so many of 256 bits two pictures may differ and still show the same: a blinking cursor, a clock's
/// minute.
constexpr int most_bits_of_same_look = 3;

Screenshot describe(const ScreenPicture& picture, const CaptureMoment& moment, const std::string& machine_id) {
  Screenshot about;
  about.machine_id = machine_id;
  about.id = screenshot_id(moment.at, picture.index);
  about.taken_at = moment.at;
  about.timezone = moment.timezone;
  about.utc_offset_min = moment.utc_offset_min;
  about.monitor = picture.monitor;
  return about;
}

}  // namespace

Result<SealedScreenshot> Darkroom::develop(const ScreenPicture& picture, const CaptureMoment& moment) {
  SealedScreenshot made{describe(picture, moment, options_.machine_id), {}};
  present_ = {{}, picture.width, picture.height, {}};
  if (options_.skip_unchanged) {
    present_.hash = perceptual_hash(picture.pixels);
    if (const Screenshot* same = same_look(picture.monitor)) {
      made.about.format = ScreenshotFormat::none;
      made.about.same_as = same->id;
      made.about.width = same->width;
      made.about.height = same->height;
      return made;
    }
  }
  Result<std::string> jpeg =
      activitytrack::develop(picture.pixels, picture.width, picture.height, options_.develop, made.about);
  if (!jpeg) return jpeg.error();
  const Wiped wiped(*jpeg);
  seal_for_receiver(*jpeg, made);
  return made;
}

const Screenshot* Darkroom::same_look(const std::string& monitor) const {
  const auto found = last_.find(monitor);
  if (found == last_.end()) return nullptr;
  const Look& last = found->second;
  const bool same = last.screen_width == present_.screen_width && last.screen_height == present_.screen_height &&
                    hash_distance(last.hash, present_.hash) <= most_bits_of_same_look;
  return same ? &last.shot : nullptr;
}

void Darkroom::seal_for_receiver(std::string_view jpeg, SealedScreenshot& into) const {
  const auto* receiver = std::get_if<PublicKey>(&options_.seal_for);
  into.sealed = receiver ? seal(jpeg, *receiver) : seal(jpeg, std::get<MachineKey>(options_.seal_for));
  // Without a receiver's key the seal is broken on this machine, before the picture travels.
  const std::string_view travels = receiver ? std::string_view(into.sealed) : jpeg;
  into.about.format = receiver ? ScreenshotFormat::sealed : ScreenshotFormat::jpeg;
  into.about.size = static_cast<std::int64_t>(travels.size());
  Sha256 hash;
  hash.add(travels);
  into.about.sha256 = hash.hex();
}

void Darkroom::stored(const Screenshot& screenshot) {
  if (screenshot.format == ScreenshotFormat::none) return;
  present_.shot = screenshot;
  last_.insert_or_assign(screenshot.monitor, present_);
}

void Darkroom::forget_lost(ScreenshotBuffer& buffer) {
  const Result<ScreenshotBufferStats> stats = buffer.stats();
  if (stats && std::exchange(lost_, stats->dropped + stats->aside) == stats->dropped + stats->aside) return;
  // Whether one that is gone was lost or sent cannot be told: a picture too many does no harm.
  std::erase_if(last_, [&](const auto& last) { return !buffer.read(last.second.shot); });
}

}  // namespace activitytrack
