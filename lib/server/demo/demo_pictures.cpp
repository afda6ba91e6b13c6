#include "server/demo/demo_pictures.hpp"

#include "report/wall_clock.hpp"
#include "seal/sodium.hpp"
#include "server/demo/desktop_picture.hpp"
#include "server/demo/dice.hpp"
#include "server/screenshots/screenshots.hpp"

#include <activitytrack/screen/develop.hpp>

namespace activitytrack::server {
namespace {

using namespace std::chrono_literals;
using Doing = Stretch::Doing;

constexpr auto picture_interval = 5min;

/// The time at which a picture came in.
class ClockAt : public Clock {
 public:
  explicit ClockAt(Time time) : time_(time) {}
  ClockReading read() const noexcept override { return {time_, Ticks(time_.time_since_epoch())}; }

 private:
  Time time_;
};

Error not_taken(std::string_view why) { return {ErrorCode::conflict, "a picture was not stored: " + std::string(why)}; }

Result<void> store(const DemoGallery& gallery, const Screenshot& shot, const std::string& bytes) {
  ClockAt clock(shot.taken_at + 2s);
  Screenshots screenshots{gallery.database, gallery.pictures, gallery.uploads, clock};
  const auto next = screenshots.announce(shot, std::nullopt);
  if (!next) return next.error();
  if (next->what == Announced::stored) return {};
  if (next->what != Announced::wanted) return not_taken("it was there with other bytes, or is being removed");
  const auto upload = gallery.uploads.begin(Uploads::name_of(shot.machine_id, shot.id));
  if (!upload) return upload.error();
  const auto claim = (*upload)->claim();
  if (!claim) return not_taken("another process is at it");
  if ((*upload)->size() == 0) {
    if (auto written = (*upload)->write(bytes); !written) return written;
  }
  if (auto synced = (*upload)->sync(); !synced) return synced;
  const auto kept = screenshots.keep(shot, std::nullopt, **upload);
  if (!kept) return kept.error();
  return *kept == Screenshots::Kept::stored ? Result<void>() : not_taken("its bytes are not whole");
}

Result<std::string> make_picture(const DemoGallery& gallery, const DemoMachine& machine, std::uint64_t look,
                                 std::uint64_t seed, Screenshot& shot) {
  Image image = draw_desktop(look, seed);
  DevelopOptions options;
  if (machine.person.pictures == DemoPictures::sharp) options.obscuring = DevelopOptions::Obscuring::none;
  auto jpeg = develop(image.view(), demo_screen_width, demo_screen_height, options, shot);
  if (!jpeg) return jpeg;
  shot.format = Screenshot::Format::jpeg;
  if (machine.person.pictures == DemoPictures::sealed) {
    shot.format = Screenshot::Format::sealed;
    *jpeg = seal(*jpeg, gallery.key);
  }
  shot.size = static_cast<std::int64_t>(jpeg->size());
  Sha256 hash;
  hash.add(*jpeg);
  shot.sha256 = hash.hex();
  return jpeg;
}

/// What is known of the picture of a moment, beside its bytes.
Result<Screenshot> picture_at(const DemoMachine& machine, const DemoTimes& times, Time at) {
  Screenshot shot;
  shot.machine_id = machine.id;
  shot.id = screenshot_id(at, 0);
  shot.taken_at = at;
  shot.timezone = demo_zone(machine, times, at);
  shot.monitor = "HDMI-1";
  const auto offset = offset_in_zone(at, shot.timezone);
  if (!offset) return offset.error();
  shot.utc_offset_min = *offset;
  return shot;
}

/// Stores the picture of a moment. `same_as`: the picture that the screen looks as it did in; or "", and set to this.
Result<void> add_picture(const DemoGallery& gallery, const DemoMachine& machine, const DemoTimes& times, Time at,
                         std::string& same_as) {
  auto shot = picture_at(machine, times, at);
  if (!shot) return shot.error();
  if (!same_as.empty()) {
    shot->format = Screenshot::Format::none;
    shot->same_as = same_as;
    shot->width = quarter_size(demo_screen_width), shot->height = quarter_size(demo_screen_height);
    return store(gallery, *shot, "");
  }
  same_as = shot->id;
  const auto seed = static_cast<std::uint64_t>(to_micros(at)) ^ times.seed;
  const auto bytes = make_picture(gallery, machine, seed / 3'600'000'000U, seed, *shot);
  return bytes ? store(gallery, *shot, *bytes) : bytes.error();
}

/// The first moment for a picture from `time` on, of those that follow each other from `begin` on.
Time next_moment(Time begin, Time time) {
  return begin + (time - begin + picture_interval - 1us) / picture_interval * picture_interval;
}

}  // namespace

Result<std::int64_t> add_demo_pictures(const DemoGallery& gallery, const DemoMachine& machine, const DemoTimes& times,
                                       const std::vector<Stretch>& day, Time until) {
  const Time begin = day.front().time.start;
  Dice dice(demo_seed(machine, times, -to_micros(begin)));
  // For an hour, an application is on the screen that is never to be seen.
  const Time excluded = begin + std::chrono::minutes(dice.whole(9 * 60, 16 * 60));
  std::int64_t count = 0;
  for (const Stretch& stretch : day) {
    if (stretch.doing != Doing::working && stretch.doing != Doing::reading) continue;
    std::string same_as;
    const Time end = std::min(stretch.time.end, until);
    for (Time at = next_moment(begin, stretch.time.start); at < end; at += picture_interval) {
      if ((at >= excluded && at < excluded + 1h) || dice.chance(0.06)) continue;
      if (stretch.doing == Doing::working) same_as.clear();
      if (auto added = add_picture(gallery, machine, times, at, same_as); !added) return added.error();
      ++count;
    }
  }
  return count;
}

}  // namespace activitytrack::server
