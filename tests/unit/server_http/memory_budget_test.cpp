#include "server/http/memory_budget.hpp"

#include <doctest/doctest.h>

#include <list>
#include <string>

#include "print_error.hpp"

using namespace activitytrack::server;

namespace {

struct Budget {
  explicit Budget(std::size_t bytes, std::size_t largest = 0) { budget.set(bytes, largest); }

  HttpStats stats;
  MemoryBudget budget{stats.answer_bytes_now, stats.answers_refused};
};

using Room = MemoryBudget::Room;

}  // namespace

TEST_CASE("an asker has a quarter, and all together have no more than there is") {
  Budget all(1000);
  MemoryShare eve(all.budget), again(all.budget);
  CHECK(eve.grow_to(200, "eve") == Room::yes);
  CHECK(again.grow_to(51, "eve") == Room::asker_has_much);
  CHECK(again.grow_to(50, "eve") == Room::yes);
  CHECK(all.budget.used_by("eve") == 250);
  MemoryShare ann(all.budget), bob(all.budget);
  CHECK(ann.grow_to(250, "ann") == Room::yes);
  CHECK(bob.grow_to(251, "bob") == Room::all_have_much);
  CHECK(bob.grow_to(250, "bob") == Room::yes);
  CHECK(all.stats.answers_refused == 2);
  eve.release();
  CHECK(all.stats.answer_bytes_now == 550);
}

TEST_CASE("however many take what they can, others get some") {
  Budget all(1000);
  std::list<MemoryShare> held;
  for (int asker = 0; asker < 8; ++asker) {
    const std::string name = std::to_string(asker);
    while (held.emplace_back(all.budget).grow_to(1, name) == Room::yes) continue;
  }
  MemoryShare other(all.budget);
  CHECK(other.grow_to(20, "other") == Room::yes);
}

TEST_CASE("who has nothing may have one that is longer than a share") {
  Budget all(1000);
  MemoryShare one(all.budget), again(all.budget), other(all.budget);
  CHECK(one.grow_to(400, "ann") == Room::yes);
  CHECK(again.grow_to(1, "ann") == Room::asker_has_much);
  CHECK(other.grow_to(300, "bob") == Room::yes);
}

TEST_CASE("a share grows, and is given back at the end") {
  Budget all(1000);
  {
    MemoryShare share(all.budget);
    CHECK(share.grow_to(100, "eve") == Room::yes);
    CHECK(share.grow_to(250, "eve") == Room::yes);
    CHECK(share.grow_to(50, "eve") == Room::yes);
    CHECK(share.grow_to(251, "eve") == Room::asker_has_much);
    CHECK(all.budget.used_by("eve") == 250);
  }
  CHECK(all.budget.used_by("eve") == 0);
  CHECK(all.stats.answer_bytes_now == 0);
}

TEST_CASE("who is alone may have the largest that there can be") {
  Budget all(1000, 600);
  MemoryShare one(all.budget), other(all.budget);
  CHECK(one.grow_to(600, "ann") == Room::yes);
  CHECK(other.grow_to(600, "bob") == Room::all_have_much);
}
