#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

/// What the raw limits share: which rows come in which order, and how long it took. The limit is what a store
/// can take when nothing is in its way: no network, no JSON, no hours, one transaction for each group of
/// rows.
namespace activitytrack::raw {

struct Options {
  std::string like;  ///< the database whose rows and schema are taken
  std::string into;  ///< where the rows go
  double seconds = 5;
  std::uint64_t rows = 0;  ///< stop after so many rows; 0: by time alone
  std::uint64_t group = 320;
  std::uint64_t events = 5;  ///< that one machine has in a row
  std::uint64_t machines = 2000;
};

/// By order: LIKE INTO [SECONDS [GROUP [EVENTS [MACHINES [ROWS]]]]]. Ends the program with `usage` if it
/// cannot.
Options read_options(int count, char** values, const char* usage);

/// Gives each row the key of its machine and its time: machines in the load generator's order, minute after
/// minute.
class Order {
 public:
  explicit Order(const Options& options) : options_(options) {}

  struct Row {
    std::int64_t machine, micros;
    std::size_t sample;  ///< any number: which of the rows is copied
  };
  Row next();

 private:
  const Options& options_;
  std::uint64_t row_ = 0;
};

/// Calls `store_group` until the time is over, and prints JSON.
void measure(const Options& options, const std::function<void()>& store_group);

}  // namespace activitytrack::raw
