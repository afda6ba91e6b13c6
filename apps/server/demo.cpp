#include "server/demo/demo.hpp"

#include "administration.hpp"
#include "common/program.hpp"
#include "server/serve/storage.hpp"

#include <signal.h>

#include <algorithm>
#include <array>
#include <ctime>

// The command that makes machines up, to look at.

namespace activitytrack::server {
namespace {

Result<std::int64_t> number_option(const Options& options, std::string_view name, std::string_view otherwise,
                                   std::int64_t most) {
  std::int64_t number = 0;
  const auto assigned = assign_setting({{options.line.get(name, otherwise)}, ""}, {1, most, ""}, number);
  if (!assigned) return Error{ErrorCode::invalid_input, "--" + std::string(name) + ": " + assigned.error().message};
  return number;
}

constexpr std::array<std::int64_t, 9> event_lengths{1, 2, 5, 10, 15, 30, 60, 300, 600};

Result<DemoWish> demo_wish(const Options& options) {
  const auto machines = number_option(options, "fleet", "12", 20'000);
  const auto days = number_option(options, "days", "14", 400);
  const auto length = number_option(options, "events-sec", "60", 600);
  const auto seed = number_option(options, "seed", "1", INT32_MAX);
  for (const auto* number : {&machines, &days, &length, &seed}) {
    if (!*number) return number->error();
  }
  if (std::ranges::count(event_lengths, *length) == 0)
    return Error{ErrorCode::invalid_input, "--events-sec: must be 1, 2, 5, 10, 15, 30, 60, 300 or 600"};
  DemoWish wish;
  wish.machines = static_cast<std::size_t>(*machines);
  wish.times.days = static_cast<int>(*days);
  wish.times.interval = std::chrono::seconds(*length);
  wish.times.seed = static_cast<std::uint64_t>(*seed);
  constexpr std::size_t head = std::string_view("atp_0123456789abcdef_").size(), length_of_password = 16;
  wish.password = make_secret(SecretKind::person).text.substr(head, length_of_password);
  return wish;
}

/// The pictures of the server; where none has run yet, of the one that is to be started.
Result<PictureParts> open_gallery(Database& database, const ServerSettings& settings) {
  const auto noted = database.finds("SELECT 1 FROM picture_place WHERE one = $1", {1});
  if (!noted) return noted.error();
  if (!*noted) return open_pictures(database, settings, system_clock(), null_log());
  auto parts = open_pictures_of_server(database, settings, system_clock(), null_log());
  if (!parts) return parts;
  auto uploads = Uploads::make(parts->uploads->folder());
  if (!uploads) return uploads.error();
  parts->uploads = std::move(*uploads);
  return parts;
}

Result<void> take_away(Store& store, const PictureParts& parts, Time now) {
  Screenshots screenshots{*store.database, *parts.store, *parts.uploads, system_clock()};
  return remove_demo(store, screenshots, now, rest);
}

Result<void> may_fill(const Options& options, Database& database) {
  const auto real = count_real_machines(database);
  if (!real) return real.error();
  if (*real == 0) return {};
  return confirm(options, "this adds made-up machines to a database with " + std::to_string(*real) +
                              " that are not, and people who may see all of them");
}

Result<PrivateKey> fill(Store& store, const PictureParts& parts, const DemoWish& wish) {
  const PrivateKey key = make_private_key();
  const DemoGallery gallery{*store.database, *parts.store, *parts.uploads, public_key_of(key)};
  program::Progress progress;
  const auto made = make_demo(store, gallery, wish, [&](std::size_t done) {
    progress.show([&] { return std::to_string(done) + " of " + std::to_string(wish.machines) + " machines"; });
  });
  progress.clear();
  if (!made) return made.error();
  program::print("made up " + std::to_string(wish.machines) + " machines with " + std::to_string(made->events) +
                 " events and " + std::to_string(made->pictures) + " screenshots\n");
  return key;
}

std::string sign_in(const DemoWish& wish, const PrivateKey& key) {
  return format_table({{"Sign in as", "demo (admin), demo-lead (manager) or demo-amelie (herself)"},
                       {"Password", wish.password},
                       {"Key of the sealed pictures", to_text(key)}}) +
         "Take it all away again with: activitytrack-server demo --remove\n";
}

sigset_t ending_signals() {
  sigset_t ending;
  sigemptyset(&ending);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&ending, signal);
  return ending;
}

/// Waits for `time`, and returns false if the program is to end.
bool wait_interval(std::chrono::seconds time) {
  const sigset_t ending = ending_signals();
  const timespec wait{.tv_sec = time.count(), .tv_nsec = 0};
  return sigtimedwait(&ending, nullptr, &wait) < 0;
}

Result<void> follow(Store& store, const DemoWish& wish) {
  constexpr std::chrono::seconds least{5};  // each time, days are planned anew
  DemoFeed feed(wish.times, wish.machines);
  while (wait_interval(std::max(least, wish.times.interval))) {
    if (auto added = feed.add(*store.writer, system_clock().now()); !added) return added.error();
  }
  return {};
}

Result<void> make_and_follow(const Options& options, Store& store, DemoWish wish, Time now) {
  Database& database = *store.database;
  const bool removes = options.line.has("remove");
  if (!removes) {
    if (auto may = may_fill(options, database); !may) return may;
  }
  const auto parts = open_gallery(database, options.settings);
  if (!parts) return parts.error();
  const auto entry = command_entry(removes ? "demo --remove" : "demo", "", now);
  if (auto noted = write_audit(database, std::span(&entry, 1)); !noted) return noted;
  if (auto gone = take_away(store, *parts, now); !gone) return gone;
  if (removes) return program::print("took away all that was made up\n"), Result<void>();
  wish.times.now = system_clock().now();
  const auto key = fill(store, *parts, wish);
  if (!key) return key.error();
  program::print(sign_in(wish, *key));
  return options.line.has("follow") ? follow(store, wish) : Result<void>();
}

}  // namespace

int run_demo(const Options& options) {
  const auto wish = demo_wish(options);
  if (!wish) return complain(wish.error(), exit_usage);
  if (options.line.has("follow")) {  // before the store's threads begin: they block what this one does
    const sigset_t ending = ending_signals();
    pthread_sigmask(SIG_BLOCK, &ending, nullptr);
  }
  return with_store(options, [&](Store& store, Time now) { return make_and_follow(options, store, *wish, now); });
}

}  // namespace activitytrack::server
