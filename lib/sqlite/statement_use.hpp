#pragma once

#include <SQLiteCpp/Statement.h>

namespace activitytrack {

/// Steps a kept statement and, at the end of the scope, makes it ready for the next use, also after an
/// exception: a statement left in the middle would hold its lock.
class StatementUse {
 public:
  explicit StatementUse(SQLite::Statement& statement) : statement_(statement) {}
  StatementUse(const StatementUse&) = delete;
  StatementUse& operator=(const StatementUse&) = delete;
  ~StatementUse() { statement_.tryReset(); }
  SQLite::Statement* operator->() const { return &statement_; }

 private:
  SQLite::Statement& statement_;
};

}  // namespace activitytrack
