#include "sources/source.hpp"

#include <algorithm>
#include <map>

namespace activitytrack::report {
namespace {

constexpr std::size_t events_at_a_time = 500;

/// A machine's events: when each was and which it is in the buffer. The events themselves stay there.
struct Shelf {
  Machine machine;
  std::vector<std::pair<Time, std::int64_t>> places;  ///< in order of time once loaded

  void add(std::int64_t id, const Event& event) {
    places.emplace_back(event.timestamp, id);
    machine.machine_id = event.machine_id;
    machine.first_seen = std::min(machine.first_seen.value_or(event.timestamp), event.timestamp);
    if (machine.last_seen && *machine.last_seen > event.timestamp) return;
    machine.last_seen = event.timestamp;
    machine.timezone = event.timezone;
  }
};

class BufferSource final : public EventSource {
 public:
  explicit BufferSource(std::unique_ptr<Buffer> buffer) : buffer_(std::move(buffer)) {}

  Result<Machines> machines() override {
    if (auto loaded = load(); !loaded) return loaded.error();
    Machines machines;
    for (const auto& [id, shelf] : shelves_) machines.list.push_back(shelf.machine);
    machines.json = encode_machines(machines.list);
    return machines;
  }

  Result<void> events(const Machine& machine, TimeRange range, const EventSink& sink) override {
    if (auto loaded = load(); !loaded) return loaded.error();
    const auto& places = shelves_[machine.machine_id].places;
    for (auto place = std::ranges::lower_bound(places, std::pair(range.start, std::int64_t{0}));
         place != places.end() && place->first < range.end; ++place) {
      const std::int64_t id = place->second;
      const auto one = buffer_->pending(1, id - 1);
      if (!one) return one.error();
      // The agent may have sent it in the meantime.
      if (one->empty() || one->front().id != id) continue;
      const auto event = one->front().decode();
      if (!event) continue;  // went bad on the disk; it is put aside when the agent reads or sends it
      if (auto taken = sink(*event); !taken) return taken.error();
    }
    return {};
  }

 private:
  Result<void> load() {
    if (loaded_) return {};
    for (std::int64_t after = 0;;) {
      const auto page = buffer_->pending(events_at_a_time, after);
      if (!page) return page.error();
      if (page->empty()) break;
      for (const EncodedEvent& kept : *page) {
        if (const auto event = kept.decode()) shelves_[event->machine_id].add(kept.id, *event);
      }
      after = page->back().id;
    }
    for (auto& [id, shelf] : shelves_) std::ranges::sort(shelf.places);
    loaded_ = true;
    return {};
  }

  std::unique_ptr<Buffer> buffer_;
  std::map<std::string, Shelf> shelves_;
  bool loaded_ = false;
};

}  // namespace

std::unique_ptr<Source> make_buffer_source(std::unique_ptr<Buffer> buffer) {
  return std::make_unique<BufferSource>(std::move(buffer));
}

}  // namespace activitytrack::report
