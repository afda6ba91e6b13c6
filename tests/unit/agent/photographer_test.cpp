#include "agent/photographer.hpp"

#include "fakes.hpp"
#include "print_error.hpp"
#include "screen/picture.hpp"
#include "wait.hpp"

#include <doctest/doctest.h>

#include <sodium.h>

#include <atomic>
#include <future>

using namespace activitytrack;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

constexpr int side = 256;

/// A screen that a test draws on and breaks, and that can be held up within a capture.
struct FakeScreen {
  std::mutex mutex;
  int shade = 0;  // of the stripes that it shows
  int monitors = 1;
  ScreenSource::State state = ScreenSource::State::visible;
  std::optional<Error> failure;
  std::atomic<int> opened = 0;
  ScreenSource::Request asked;
  std::function<void()> while_captured;  // runs between the pixels and the sink
  std::chrono::milliseconds rest{0};     // that a capture waits for after that

  Image draw(bool quarter) const {
    Image image(quarter ? side / 4 : side, quarter ? side / 4 : side);
    const ImageView view = image.view();
    for (int y = 0; y < view.height; ++y) {
      for (int x = 0; x < view.width; ++x) {
        const int stripe = (x * 8 / view.width + y * 8 / view.height + shade) % 5;
        for (int c = 0; c < 3; ++c) view.row(y)[4 * x + c] = static_cast<std::uint8_t>(50 * stripe);
      }
    }
    return image;
  }
};

class FakeSource final : public ScreenSource {
 public:
  explicit FakeSource(FakeScreen& screen) : screen_(screen) { ++screen_.opened; }

  Result<State> capture(const Request& request, const Sink& sink) override {
    int monitors = 1;
    Image image;
    std::function<void()> meanwhile;
    std::chrono::milliseconds rest{0};
    {
      const std::lock_guard lock(screen_.mutex);
      screen_.asked = request;
      if (screen_.failure) return *screen_.failure;
      if (screen_.state != ScreenSource::State::visible) return screen_.state;
      if (request.each_monitor) monitors = screen_.monitors;
      image = screen_.draw(request.quarter);
      meanwhile = screen_.while_captured;
      rest = screen_.rest;
    }
    if (meanwhile) meanwhile();
    if (rest > 0ms) {
      if (const auto rested = request.wait(rest); !rested) return rested.error();
    }
    for (int i = 0; i < monitors; ++i) {
      Image pixels = image;
      const std::string name = request.each_monitor ? "DP-" + std::to_string(i) : "";
      if (const auto done = sink({pixels.view(), side, side, name, i}); !done) return done.error();
    }
    return ScreenSource::State::visible;
  }

 private:
  FakeScreen& screen_;
};

struct Notices {
  std::mutex mutex;
  std::vector<std::string> texts;
  std::vector<std::int64_t> pending_then;
  bool failing = false;
};

class FakeNotifier final : public Notifier {
 public:
  FakeNotifier(Notices& notices, std::shared_ptr<ScreenshotBuffer> buffer)
      : notices_(notices), buffer_(std::move(buffer)) {}
  Result<void> notify(const std::string& title, const std::string& text) override {
    const std::lock_guard lock(notices_.mutex);
    notices_.texts.push_back(title + ": " + text);
    notices_.pending_then.push_back(buffer_->stats()->pending);
    if (notices_.failing) return Error{ErrorCode::unavailable, "no desktop"};
    return {};
  }

 private:
  Notices& notices_;
  std::shared_ptr<ScreenshotBuffer> buffer_;
};

/// A disk that has no room for some.
class FullScreenshotBuffer final : public ScreenshotBuffer {
 public:
  explicit FullScreenshotBuffer(std::shared_ptr<ScreenshotBuffer> inner) : inner_(std::move(inner)) {}
  Result<void> append(const Screenshot& shot, std::string_view sealed) override {
    if (full && shot.id.ends_with(full_for)) return Error{ErrorCode::no_space, "disk full"};
    return inner_->append(shot, sealed);
  }
  Result<std::vector<Screenshot>> pending(std::size_t n, std::string_view after) override {
    return inner_->pending(n, after);
  }
  Result<std::string> read(const Screenshot& shot) override { return inner_->read(shot); }
  Result<void> settle(const Screenshot& shot, std::string_view why) override { return inner_->settle(shot, why); }
  Result<BufferStats> stats() override { return inner_->stats(); }
  void set_bounds(BufferBounds bounds) override { inner_->set_bounds(bounds); }
  std::atomic<bool> full = true;
  std::string full_for;  // ids that end so

 private:
  std::shared_ptr<ScreenshotBuffer> inner_;
};

struct PhotographerRig {
  FakeClock clock{"2024-01-15T10:30:00Z"};
  MemoryLog log;
  FakeScreen screen;
  Notices notices;
  std::optional<Error> cannot_open;
  std::shared_ptr<ScreenshotBuffer> buffer = make_memory_screenshot_buffer(clock);
  PrivateKey key = make_private_key();
  PhotographerOptions options;
  std::unique_ptr<Photographer> photographer;

  PhotographerRig() {
    options.machine_id = "vm-1";
    options.seal_for = public_key_of(key);
    options.destination = "https://server.example";
  }

  void start() {
    photographer = std::make_unique<Photographer>(
        [this]() -> Result<std::unique_ptr<ScreenSource>> {
          if (cannot_open) return *cannot_open;
          return std::make_unique<FakeSource>(screen);
        },
        buffer, std::make_unique<FakeNotifier>(notices, buffer), options, log);
  }

  /// Asks for a capture, and returns when it has ended.
  void take() {
    const AgentStatus::Screenshots before = photographer->status();
    photographer->take({clock.pass(1min).now(), "Europe/Berlin", 60});
    REQUIRE(wait_until([&] {
      const AgentStatus::Screenshots now = photographer->status();
      return photographer->idle() &&
             (now.last_taken != before.last_taken || now.skipped + now.failed != before.skipped + before.failed);
    }));
    settle();
  }

  /// Returns when the thread waits again: it takes nothing over before.
  void settle() {
    photographer->stop();
    photographer->start();
  }

  std::vector<Screenshot> pending() { return buffer->pending(1000).value(); }

  void show(int shade) {
    const std::lock_guard lock(screen.mutex);
    screen.shade = shade;
  }
};

std::string sha256(std::string_view bytes) {
  unsigned char hash[crypto_hash_sha256_BYTES];
  crypto_hash_sha256(hash, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  char text[2 * sizeof hash + 1];
  return sodium_bin2hex(text, sizeof text, hash, sizeof hash);
}

}  // namespace

TEST_CASE_FIXTURE(PhotographerRig, "a capture is in the buffer sealed, and told of as it will travel") {
  start();
  take();
  const auto shots = pending();
  REQUIRE(shots.size() == 1);
  const Screenshot& shot = shots[0];
  CHECK(shot.machine_id == "vm-1");
  CHECK(shot.id == screenshot_id(clock.now(), 0));
  CHECK(shot.taken_at == clock.now());
  CHECK(shot.timezone == "Europe/Berlin");
  CHECK(shot.utc_offset_min == 60);
  CHECK(shot.width == side / 4);
  CHECK(shot.format == Screenshot::Format::sealed);
  const std::string sealed = buffer->read(shot).value();
  CHECK(is_sealed(sealed));
  CHECK(shot.size == std::int64_t(sealed.size()));
  CHECK(shot.sha256 == sha256(sealed));
  const std::string jpeg = open_sealed(sealed, key).value();
  CHECK(decode_jpeg(jpeg)->width() == side / 4);
  CHECK(photographer->status().taken == 1);
  CHECK(photographer->status().last_taken == clock.now());
}

TEST_CASE_FIXTURE(PhotographerRig,
                  "without a public key it is sealed for this machine, and told of as the JPEG it is") {
  MachineKey machine;
  machine.bytes.fill(7);
  options.seal_for = machine;
  start();
  take();
  const Screenshot shot = pending().at(0);
  CHECK(shot.format == Screenshot::Format::jpeg);
  const std::string sealed = buffer->read(shot).value();
  CHECK(is_sealed(sealed));
  CHECK(sealed.find("\xFF\xD8\xFF") == std::string::npos);
  const std::string jpeg = open_sealed(sealed, machine).value();
  CHECK(jpeg.starts_with("\xFF\xD8\xFF"));
  CHECK(shot.size == std::int64_t(jpeg.size()));
  CHECK(shot.sha256 == sha256(jpeg));
}

TEST_CASE_FIXTURE(PhotographerRig, "the screen is asked as the options say, and each monitor is a picture") {
  options.each_monitor = true;
  options.excluded_apps = {"keepassxc"};
  options.develop.obscuring = DevelopOptions::Obscuring::none;
  options.develop.full_size = true;
  screen.monitors = 3;
  start();
  take();
  CHECK_FALSE(screen.asked.quarter);
  CHECK(screen.asked.excluded_apps == std::vector<std::string>{"keepassxc"});
  const auto shots = pending();
  REQUIRE(shots.size() == 3);
  for (int i = 0; i < 3; ++i) {
    CHECK(shots[static_cast<std::size_t>(i)].monitor == "DP-" + std::to_string(i));
    CHECK(shots[static_cast<std::size_t>(i)].id == screenshot_id(clock.now(), i));
    CHECK(shots[static_cast<std::size_t>(i)].width == side);
  }
  CHECK(notices.texts.size() == 1);
}

TEST_CASE_FIXTURE(PhotographerRig,
                  "a screen that looks as before is told of without a picture, each time of the same one") {
  options.skip_unchanged = true;
  start();
  take(), take(), take();
  auto shots = pending();
  REQUIRE(shots.size() == 3);
  for (std::size_t i : {1, 2}) {
    CHECK(shots[i].format == Screenshot::Format::none);
    CHECK(shots[i].same_as == shots[0].id);
    CHECK(shots[i].size == 0);
    CHECK(buffer->read(shots[i])->empty());
  }
  show(2);
  take();
  show(0);
  take();
  shots = pending();
  CHECK(shots[3].format == Screenshot::Format::sealed);
  CHECK(shots[4].format == Screenshot::Format::sealed);
  CHECK(photographer->status().taken == 3);
  CHECK(photographer->status().unchanged == 2);

  options.develop.quality = 50;
  photographer->configure(options);
  take();
  CHECK(pending()[5].format == Screenshot::Format::sealed);
}

TEST_CASE_FIXTURE(PhotographerRig, "a screen is not told of as one whose picture was refused or dropped") {
  options.skip_unchanged = true;
  start();
  take();
  SUBCASE("refused") { REQUIRE(buffer->settle(pending().at(0), "too large")); }
  SUBCASE("dropped") {
    buffer->set_bounds({1h, 0});
    Screenshot last_straw = pending().at(0);
    last_straw.id += "1";
    REQUIRE(buffer->append(last_straw, "x"));
    buffer->set_bounds({1h, 1 << 30});
  }
  REQUIRE(pending().empty());
  take(), take();
  const auto shots = pending();
  REQUIRE(shots.size() == 2);
  CHECK(shots[0].format == Screenshot::Format::sealed);
  CHECK(shots[1].same_as == shots[0].id);
}

TEST_CASE_FIXTURE(PhotographerRig, "what was sent, or is there while others are lost, is compared with all the same") {
  options.skip_unchanged = true;
  start();
  take();
  SUBCASE("sent") { REQUIRE(buffer->settle(pending().at(0), "")); }
  SUBCASE("another is lost") {
    Screenshot other = pending().at(0);
    other.id += "1";
    REQUIRE(buffer->append(other, "x"));
    REQUIRE(buffer->settle(other, "too large"));
  }
  take();
  CHECK(pending().back().format == Screenshot::Format::none);
}

TEST_CASE_FIXTURE(PhotographerRig, "by default every picture is kept") {
  start();
  take(), take();
  CHECK(pending().size() == 2);
  CHECK(pending()[1].format == Screenshot::Format::sealed);
}

TEST_CASE_FIXTURE(PhotographerRig, "what the screen's state prevents is counted, and logged once") {
  start();
  screen.state = ScreenSource::State::locked;
  take(), take();
  CHECK(pending().empty());
  CHECK(photographer->status().skipped == 2);
  CHECK(photographer->status().last_skip == "locked");
  CHECK(log.count("no screenshots for now") == 1);
  screen.state = ScreenSource::State::excluded;
  take();
  CHECK(photographer->status().last_skip == "excluded");
  CHECK(log.count("no screenshots for now") == 2);
  CHECK(notices.texts.empty());
}

TEST_CASE_FIXTURE(PhotographerRig, "a screen that failed is opened anew by the next capture, and the log told once") {
  start();
  screen.failure = Error{ErrorCode::unavailable, "the display went away"};
  take(), take();
  CHECK(screen.opened == 2);
  CHECK(photographer->status().last_error == "the display went away");
  CHECK(log.count("cannot take a screenshot") == 1);
  cannot_open = Error{ErrorCode::unavailable, "no display"};
  take(), take();
  CHECK(photographer->status().last_error == "no display");
  CHECK(log.count("cannot take a screenshot") == 2);
  screen.failure.reset();
  cannot_open.reset();
  take();
  CHECK(photographer->status().last_error.empty());
  CHECK(pending().size() == 1);
  CHECK(screen.opened == 3);
}

TEST_CASE_FIXTURE(PhotographerRig, "a full disk is told, and the screen stays open") {
  auto full = std::make_shared<FullScreenshotBuffer>(buffer);
  buffer = full;
  start();
  take();
  CHECK(photographer->status().last_error == "disk full");
  CHECK(notices.texts.empty());
  full->full = false;
  take();
  CHECK(screen.opened == 1);
  CHECK(pending().size() == 1);
  CHECK(photographer->status().last_error.empty());
}

TEST_CASE_FIXTURE(PhotographerRig, "the person is told of the first, when it is certain") {
  screen.state = ScreenSource::State::locked;
  start();
  take();
  CHECK(notices.texts.empty());
  screen.state = ScreenSource::State::visible;
  take(), take(), take();
  REQUIRE(wait_until([&] { return photographer->status().taken == 3; }));
  REQUIRE(notices.texts.size() == 1);
  CHECK(notices.pending_then[0] == 1);
  CHECK(notices.texts[0].find("blurred and sealed") != std::string::npos);
  CHECK(notices.texts[0].find("https://server.example") != std::string::npos);
}

TEST_CASE_FIXTURE(PhotographerRig, "the person is told again when what they were told is no longer so") {
  start();
  take();
  options.excluded_apps = {"keepassxc"};
  photographer->configure(options);
  take();
  options.develop.obscuring = DevelopOptions::Obscuring::none;
  photographer->configure(options);
  take(), take();
  options.destination = "https://elsewhere.example";
  photographer->configure(options);
  take();
  photographer.reset();
  REQUIRE(notices.texts.size() == 3);
  CHECK(notices.texts[1].find("not blurred") != std::string::npos);
  CHECK(notices.texts[2].find("elsewhere") != std::string::npos);
}

TEST_CASE_FIXTURE(PhotographerRig, "the person is told of each where that is wanted") {
  options.notify_each = true;
  start();
  take(), take(), take();
  photographer.reset();
  CHECK(notices.texts.size() == 3);
}

TEST_CASE_FIXTURE(PhotographerRig, "the person is told of one monitor's picture also if the next one's failed") {
  const auto half = std::make_shared<FullScreenshotBuffer>(buffer);
  half->full_for = "-1";
  buffer = half;
  options.each_monitor = true;
  screen.monitors = 2;
  start();
  photographer->take({clock.now(), "", 0});
  REQUIRE(wait_until([&] { return photographer->status().failed == 1; }));
  photographer.reset();
  CHECK(pending().size() == 1);
  CHECK(notices.texts.size() == 1);
}

TEST_CASE_FIXTURE(PhotographerRig, "a first notice that did not get through is tried again") {
  notices.failing = true;
  start();
  take(), take();
  REQUIRE(wait_until([&] { return !photographer->status().notice_error.empty(); }));
  {
    const std::lock_guard lock(notices.mutex);
    notices.failing = false;
  }
  take(), take();
  photographer.reset();
  CHECK(notices.texts.size() == 3);
  CHECK(log.count("cannot notify") == 1);
}

TEST_CASE("a notice says how it is, and where it goes") {
  PhotographerOptions options;
  options.seal_for = MachineKey();
  options.develop.obscuring = DevelopOptions::Obscuring::none;
  const ScreenshotNotice plain = screenshot_notice(options);
  CHECK(plain.text.find("not blurred and not sealed") != std::string::npos);
  CHECK(plain.text.find("stays on this computer") != std::string::npos);
  options.seal_for = PublicKey();
  options.develop.obscuring = DevelopOptions::Obscuring::pixels;
  options.destination = "the bucket shots";
  const ScreenshotNotice sealed = screenshot_notice(options);
  CHECK(sealed.text.find("coarse squares and sealed") != std::string::npos);
  CHECK(sealed.text.find("goes to the bucket shots") != std::string::npos);
}

TEST_CASE_FIXTURE(PhotographerRig, "stop throws away what is under way, and nothing is taken until start") {
  std::promise<void> captured, go_on;
  screen.while_captured = [&] {
    captured.set_value();
    go_on.get_future().wait();
  };
  start();
  photographer->take({clock.now(), "", 0});
  captured.get_future().wait();
  photographer->take({clock.now() + 1s, "", 0});  // while another is under way: left out
  photographer->stop();
  photographer->take({clock.now() + 2s, "", 0});
  screen.while_captured = nullptr;
  photographer->start();  // at once: what was under way stays thrown away
  go_on.set_value();
  REQUIRE(wait_until([&] {
    photographer->take({clock.now() + 3s, "", 0});
    return photographer->status().taken > 0;
  }));
  photographer.reset();
  for (const Screenshot& shot : pending()) CHECK(shot.taken_at == clock.now() + 3s);
  CHECK(log.count("cannot take") == 0);
}

TEST_CASE_FIXTURE(PhotographerRig, "a capture under way is not stored as it was begun when the options have changed") {
  std::promise<void> captured, go_on;
  screen.while_captured = [&] {
    captured.set_value();
    go_on.get_future().wait();
  };
  start();
  photographer->take({clock.now(), "", 0});
  captured.get_future().wait();
  options.excluded_apps = {"keepassxc"};
  photographer->configure(options);
  screen.while_captured = nullptr;
  go_on.set_value();
  REQUIRE(wait_until([&] {
    photographer->take({clock.now() + 1s, "", 0});
    return photographer->status().taken > 0;
  }));
  photographer.reset();
  for (const Screenshot& shot : pending()) CHECK(shot.taken_at == clock.now() + 1s);
  CHECK(screen.asked.excluded_apps == options.excluded_apps);
}

TEST_CASE_FIXTURE(PhotographerRig, "a capture that waits for the screen is given up by stop, and at the end") {
  std::promise<void> first, last;
  const auto last_begun = last.get_future();
  screen.rest = 24h;
  screen.while_captured = [&] { first.set_value(); };
  start();
  photographer->take({clock.now(), "", 0});
  first.get_future().wait();
  {
    const std::lock_guard lock(screen.mutex);
    screen.rest = 1ms;
    screen.while_captured = nullptr;
  }
  photographer->stop();
  photographer->start();
  REQUIRE(wait_until([&] {
    photographer->take({clock.now() + 1s, "", 0});
    return photographer->status().taken > 0;
  }));
  settle();
  const std::size_t then = pending().size();
  {
    const std::lock_guard lock(screen.mutex);
    screen.rest = 24h;
    screen.while_captured = [&] { last.set_value(); };
  }
  REQUIRE(wait_until([&] {
    photographer->take({clock.now() + 2s, "", 0});
    return last_begun.wait_for(10ms) == std::future_status::ready;
  }));
  photographer.reset();
  CHECK(pending().size() == then);
  CHECK(screen.opened == 1);
  CHECK(log.count("cannot take") == 0);
}

TEST_CASE_FIXTURE(PhotographerRig, "after stop has returned nothing reaches the buffer") {
  start();
  for (int i = 0; i < 200; ++i) {
    photographer->start();
    photographer->take({clock.pass(1s).now(), "", 0});
    if (i % 2 == 0) std::this_thread::yield();
    photographer->stop();
    const std::size_t then = pending().size();
    std::this_thread::yield();
    REQUIRE(pending().size() == then);
  }
}
