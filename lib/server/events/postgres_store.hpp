#pragma once

#include "server/events/store.hpp"

#include <string>
#include <string_view>

namespace activitytrack::server {

/// "postgresql://..." or "postgres://...".
constexpr bool is_postgres_url(std::string_view url) noexcept {
  return url.starts_with("postgresql://") || url.starts_with("postgres://");
}

/// Whether libpq can read it. The error repeats nothing of the URL, which may hold a password.
Result<void> check_postgres_url(std::string_view url);

/// The writing half of open_postgres_store(), on a session of its own.
std::unique_ptr<StoreWriter> make_postgres_writer(const std::string& url);

}  // namespace activitytrack::server
