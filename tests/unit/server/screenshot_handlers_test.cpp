// What the endpoints of screenshots make of odd requests, and of odd stores.
#include "seal/sodium.hpp"
#include "server/api/parameters.hpp"

#include <doctest/doctest.h>

#include "api.hpp"

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;

namespace {

Screenshot shot_of(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes);
  Screenshot shot;
  shot.machine_id = "vm-1", shot.id = "id-1", shot.taken_at = at("2024-01-15T10:00:00Z");
  shot.width = 480, shot.height = 270;
  shot.size = static_cast<std::int64_t>(bytes.size()), shot.sha256 = hash.hex();
  return shot;
}

Response put(Api& api, std::string_view offset, std::string_view body) {
  return api.call({.method = "PUT", .body = body}, "/api/screenshots/vm-1/id-1/content?offset=" + std::string(offset));
}

/// Whose pictures grow between a look at their size and their reading.
struct GrowingPictures : PictureStore {
  explicit GrowingPictures(std::string all) : bytes(std::move(all)) {}
  Result<void> put(const Screenshot&, const std::string&) override { return {}; }
  Result<PictureBytes> open(const std::string&) override {
    const auto read = [this](std::int64_t offset, std::size_t length) -> Result<std::string> {
      return (bytes + "more").substr(static_cast<std::size_t>(offset), length);
    };
    return PictureBytes{static_cast<std::int64_t>(bytes.size()), read};
  }
  Result<std::optional<std::int64_t>> size(const std::string&) override { return std::optional<std::int64_t>(); }
  Result<void> remove(const std::string&) override { return {}; }
  Result<void> list(const std::string&, const EachPicture&) override { return {}; }

  const std::string bytes;
};

}  // namespace

TEST_CASE("an upload's offset may be that of the largest picture, and is compared before anything is read") {
  Api api;
  REQUIRE(api.screenshots.announce(shot_of("picture"), {}).has_value());
  CHECK(put(api, "4294967296", "").status == 409);
  const auto under_way = api.uploads->begin(Uploads::name_of("vm-1", "id-1")).value();
  const auto claim = under_way->claim();
  REQUIRE(under_way->write("pic").has_value());
  const auto wrong = put(api, "2", "cture");
  CHECK(wrong.status == 409);
  CHECK(wrong.body.find(R"("offset":3)") != std::string::npos);
  CHECK(put(api, "3", "ture").status == 503);  // by another connection, just now
}

TEST_CASE("a picture of a machine whose id cannot be one is refused") {
  Api api;
  for (const char* id : {".", "..", "vm\n1", "vm\u0085"}) {
    CAPTURE(id);
    Screenshot shot = shot_of("picture");
    shot.machine_id = id;
    const std::string body = encode_screenshot(shot);
    const auto response =
        api.call({.method = "POST", .content_type = "application/json", .body = body}, "/api/screenshots");
    CHECK(response.status == 422);
    CHECK(response.body.find("machine_id must") != response.body.npos);
  }
}

TEST_CASE("a cursor that was not given out is refused") {
  Api api;
  REQUIRE(api.screenshots.announce(shot_of("picture"), {}).has_value());
  for (const std::string last : {"1/a b", "1/", "1/\xff", "1", "x/id-1"}) {
    CAPTURE(last);
    CHECK(api.get("/api/screenshots/vm-1?date=2024-01-15&cursor=" + make_name_cursor(last)).status == 400);
  }
  CHECK(api.get("/api/screenshots/vm-1?date=2024-01-15&cursor=" + make_name_cursor("1/id-1")).status == 200);
}

TEST_CASE("no more of a picture is sent than was announced") {
  Api api;
  GrowingPictures pictures(std::string(3 << 20, 'p'));
  const Screenshot shot = shot_of(pictures.bytes);
  Screenshots screenshots{*api.store.database, pictures, *api.uploads, api.clock};
  REQUIRE(screenshots.announce(shot, {}).has_value());
  REQUIRE(note_stored(*api.store.database, shot, {}, api.clock.now()).value());
  Services services{*api.store.reader, *api.store.writer,  *api.store.database, api.ingest,    api.clock,
                    api.log,           api.passwords,      api.stats,           api.readiness, screenshots,
                    api.configuration, api.machine_states, api.usual_days};
  Request request{.method = "GET"};
  request.target = parse_target("/api/screenshots/vm-1/id-1/content").value();
  const auto table = routes(services);
  const auto route = std::get<const Route*>(find_route(table, request));
  const Response response = std::get<Handler>(route->handler)(request);
  REQUIRE(response.status == 200);
  std::string got;
  for (std::string piece = response.stream(); !piece.empty(); piece = response.stream()) got += piece;
  CHECK(got == pictures.bytes);
}
