#include "server/events/postgres_store.hpp"

#include "server/database/postgres_database.hpp"
#include "server/events/postgres_schema.hpp"
#include "server/events/sql_reader.hpp"

namespace activitytrack::server {

Result<void> check_postgres_url(std::string_view url) {
  char* words = nullptr;
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> options(
      PQconninfoParse(std::string(url).c_str(), &words), PQconninfoFree);
  PQfreemem(words);
  if (options) return {};
  return Error{ErrorCode::invalid_input, "must be like postgresql://USER@HOST:5432/DATABASE"};
}

Result<Store> open_postgres_store(const std::string& url) {
  if (auto checked = check_postgres_url(url); !checked) {  // libpq's own words would repeat the URL
    return Error{checked.error().code, "database: the URL " + checked.error().message};
  }
  // Making an index of an older database's events may take its time.
  PostgresConnection connection(url, "SET statement_timeout = '1h';");
  if (auto prepared = prepare_postgres_schema(connection); !prepared) return prepared.error();
  Store store;
  store.writer = make_postgres_writer(url);
  store.reader = make_sql_reader(make_postgres_database(url));
  store.database = make_postgres_database(url);
  return store;
}

}  // namespace activitytrack::server
