// What people answer to verdicts, in every database.
#include "server/events/verdict_answers.hpp"

#include <doctest/doctest.h>

#include "print_error.hpp"
#include "store_kinds.hpp"

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

void answer(Database& database, const std::string& machine_id, Time event, const std::string& text) {
  const VerdictAnswer given{event, noon, "ann", text};
  REQUIRE(transact(database, [&] { return add_verdict_answer(database, machine_id, given); }).has_value());
}

std::vector<std::string> texts(const Result<std::vector<VerdictAnswer>>& answers) {
  std::vector<std::string> all;
  for (const VerdictAnswer& each : answers.value()) all.push_back(each.text);
  return all;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE_TEMPLATE("an answer to a verdict is kept with what it said before", Kind, STORE_KINDS) {
  Kind kind;
  Database& database = *kind.store.database;
  answer(database, "vm-1", noon, "a macro");
  answer(database, "vm-1", noon, "a macro of mine\nfor tests");
  answer(database, "vm-1", noon + 1min, "no");
  answer(database, "vm-1", noon + 1min, "");
  answer(database, "vm-2", noon, "another's");
  CHECK(texts(verdict_answers(database, "vm-1", always)) == Texts{"a macro of mine\nfor tests"});
  CHECK(texts(verdict_answers(database, "vm-1", {noon + 1us, noon + 1h})).empty());
  CHECK(texts(verdict_answer_versions(database, "vm-1", always)) ==
        Texts{"a macro of mine\nfor tests", "a macro", "", "no"});
  const VerdictAnswer first = verdict_answers(database, "vm-1", always).value().at(0);
  CHECK(first.timestamp == noon);
  CHECK(first.at == noon);
  CHECK(first.by == "ann");
}

TEST_CASE_TEMPLATE("answers go with the events that they are about", Kind, TABLE_KINDS) {
  Kind kind;
  Database& database = *kind.store.database;
  answer(database, "vm-1", noon, "old");
  answer(database, "vm-1", noon + 24h, "new");
  answer(database, "vm-2", noon, "another's");
  CHECK(delete_verdict_answers(database, "vm-1", noon + 1us).value() == 1);
  CHECK(texts(verdict_answers(database, "vm-1", always)) == Texts{"new"});
  CHECK(texts(verdict_answers(database, "vm-2", always)) == Texts{"another's"});
}
