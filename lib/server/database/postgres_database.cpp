#include "server/database/postgres_database.hpp"

#include "core/text.hpp"
#include "server/database/postgres_connection.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <optional>
#include <thread>

namespace activitytrack::server {
namespace {

using namespace std::chrono_literals;

constexpr auto tried_for = 10s;
constexpr std::chrono::microseconds shortest_pause = 500us, longest_pause = 50ms;

/// PostgreSQL counts the rows of a SELECT too.
std::int64_t changed_rows(PGresult* result) {
  const std::string_view command = PQcmdStatus(result), number = PQcmdTuples(result);
  return command.starts_with("SELECT") ? 0 : parse_number<std::int64_t>(number).value_or(0);
}

class PostgresDatabase : public Database {
 public:
  explicit PostgresDatabase(const std::string& url) : connection_(url) {}

  Result<std::int64_t> run(std::string_view sql, std::span<const SqlValue> values, const EachRow& each) override {
    if (auto fit = check_texts(values); !fit) return fit.error();
    const std::lock_guard lock(mutex_);
    if (!in_transaction_) {
      if (auto connected = connection_.ready(); !connected) return connected.error();
    }
    PostgresParameters parameters;
    for (const SqlValue& value : values) parameters.add(value);
    const auto results = connection_.run({{sql, parameters}});
    if (!results) return failed(results.error(), in_transaction_);
    const PostgresResult& result = results->front();
    if (each) for_each_row(result, each);
    return changed_rows(result.get());
  }

  Result<void> transact(const std::function<Result<void>()>& work) override {
    const std::lock_guard lock(mutex_);
    const auto end = std::chrono::steady_clock::now() + tried_for;
    for (auto pause = shortest_pause;; pause = std::min(pause * 2, longest_pause)) {
      auto done = try_once(work);
      const bool again = failure_ && failure_->met_another() && std::chrono::steady_clock::now() < end;
      if (done || !again) return done;
      std::this_thread::sleep_for(pause);
    }
  }

  using Database::run;

 private:
  /// Ends the transaction as it stands when `work` throws.
  struct Ending {
    PostgresDatabase& database;
    ~Ending() {
      if (!database.in_transaction_) return;
      database.in_transaction_ = false;
      (void)database.command("ROLLBACK");
    }
  };

  Result<void> command(std::string_view sql) {
    const auto results = connection_.run({{sql}});
    return results ? Result<void>() : failed(results.error(), true);
  }

  /// Notes the first failure of a transaction. Returns the error of this one.
  Error failed(PostgresFailure failure, bool in_transaction) {
    failure.error = as_database_failure(std::move(failure.error));
    if (in_transaction && !failure_) failure_ = failure;
    return failure.error;
  }

  Result<void> try_once(const std::function<Result<void>()>& work) {
    failure_.reset();
    if (auto connected = connection_.ready(); !connected) return connected;
    if (auto begun = command("BEGIN ISOLATION LEVEL SERIALIZABLE"); !begun) return begun;
    in_transaction_ = true;
    const Ending ending{*this};
    if (auto done = work(); !done) return done;
    if (failure_) return failure_->error;  // one that `work` passed over: PostgreSQL keeps nothing after it
    in_transaction_ = false;
    auto committed = command("COMMIT");
    if (!committed && failure_->lost_connection) {
      return Error{ErrorCode::unavailable,
                   committed.error().message + " (at a commit: whether it was kept is not known)"};
    }
    return committed;
  }

  std::recursive_mutex mutex_;  ///< recursive: run() within transact()
  PostgresConnection connection_;
  bool in_transaction_ = false;
  std::optional<PostgresFailure> failure_;  ///< the first of this transaction
};

}  // namespace

std::unique_ptr<Database> make_postgres_database(const std::string& url) {
  return std::make_unique<PostgresDatabase>(url);
}

Result<void> check_postgres_url(std::string_view url) {
  char* words = nullptr;
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> options(
      PQconninfoParse(std::string(url).c_str(), &words), PQconninfoFree);
  PQfreemem(words);
  if (options) return {};
  return Error{ErrorCode::invalid_input, "must be like postgresql://USER@HOST:5432/DATABASE"};
}

}  // namespace activitytrack::server
