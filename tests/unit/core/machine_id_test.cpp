// The one rule for machines' ids that come in, and what is read back of those that were taken before it.
#include "core/event_batch.hpp"
#include "core/event_fields.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace activitytrack;

namespace {

std::string batch_of(const std::string& id) {
  return R"({"events":[{"machine_id":")" + id + R"(","timestamp":"2024-01-15T10:30:00Z"}]})";
}

const std::string composed = "caf\u00e9", decomposed = "cafe\u0301";

}  // namespace

TEST_CASE("ids that can be asked for, and are told apart by what is seen, are good") {
  for (const std::string& id : {std::string("vm-abc123-user1"), std::string("a/b c+\u00fc"), std::string("%2e"),
                                std::string("..."), composed, std::string("x\u0302"),  // no composed form has it
                                std::string("\u7535\u8111-1"), std::string("\u043a\u043e\u043c\u043f")}) {
    CHECK_MESSAGE(machine_id_fault(id) == "", id);
  }
}

TEST_CASE("ids that cannot be asked for, or look like another, are refused") {
  for (const std::string& id : {std::string(),
                                std::string("."),
                                std::string(".."),
                                std::string(129, 'm'),
                                std::string("vm\n1"),
                                std::string("vm\r"),
                                std::string("vm\t1"),
                                std::string("vm\0", 3),
                                std::string("vm\u0085"),
                                std::string("vm\u2028"),
                                std::string("vm\u2029"),
                                std::string(" vm"),
                                std::string("vm "),
                                std::string("vm  1"),
                                std::string("vm\u00a01"),
                                std::string("vm\u20031"),
                                std::string("\u3000vm"),  // blanks of other kinds
                                std::string("vm\u200b1"),
                                std::string("vm\ufeff"),
                                std::string("v\u00adm"),  // that take no room
                                std::string("vm\u202e1"),
                                std::string("vm\u2066"),
                                std::string("vm\u061c"),  // that turn the direction
                                std::string("vm\ufe0f"),
                                std::string("vm\u3164"),
                                std::string("vm\U000e0041"),  // that nothing draws
                                std::string("vm\u0378"),
                                std::string("vm\uffff"),
                                decomposed,
                                std::string("\u212bm"),  // the sign of Angstrom
                                std::string("vm-\xC3\x28"),
                                std::string("vm-\xED\xA0\x80")}) {
    CHECK_MESSAGE(machine_id_fault(id) != "", id);
  }
}

TEST_CASE("two normal forms of one name are not two machines") {
  CHECK(decode_batch(batch_of(composed))->events.size() == 1);
  const auto refused = decode_batch(batch_of(decomposed)).value().rejected;
  REQUIRE(refused.size() == 1);
  CHECK(refused[0].field == "machine_id");
  CHECK(refused[0].error == "must be in Unicode's normal form C (NFC)");
}

TEST_CASE("events that were taken with ids of an older rule are read for ever") {
  for (const std::string id : {"vm\\n1", "vm ", "..", "cafe\u0301", "vm\u200b"}) {
    const std::string page = batch_of(id);
    CHECK(decode_batch(page)->events.empty());
    CHECK(decode_batch(page, MachineIds::kept)->events.size() == 1);
    const auto list = std::string_view(page).substr(page.find('[') + 1);
    CHECK(decode_event(list.substr(0, list.size() - 2)).has_value());
  }
}
