#include <activitytrack/core/result.hpp>

#include <doctest/doctest.h>

#include <cerrno>

using namespace activitytrack;

TEST_CASE("an error code has a name of its own") {
  CHECK(to_string(ErrorCode::invalid_input) == "invalid_input");
  CHECK(to_string(ErrorCode::already_exists) == "already_exists");
  CHECK(to_string(ErrorCode::untrusted) == "untrusted");
  CHECK(to_string(ErrorCode::io) == "io");
  CHECK(to_string(ErrorCode::unsupported) == "unsupported");
}

TEST_CASE("what the system says chooses the error's code") {
  const auto code = [](int errno_value) { return system_error("cannot write x", errno_value).code; };
  CHECK(code(ENOENT) == ErrorCode::not_found);
  CHECK(code(EEXIST) == ErrorCode::already_exists);
  for (const int denied : {EACCES, EPERM, EROFS}) CHECK(code(denied) == ErrorCode::permission);
  for (const int full : {ENOSPC, EDQUOT}) CHECK(code(full) == ErrorCode::no_space);
  for (const int held : {EBUSY, ETXTBSY}) CHECK(code(held) == ErrorCode::busy);
  for (const int passing : {EAGAIN, ECONNREFUSED, ECONNRESET, EMFILE}) CHECK(code(passing) == ErrorCode::unavailable);
  CHECK(code(ETIMEDOUT) == ErrorCode::timeout);
  for (const int other : {EIO, ENOTDIR, ELOOP, EISDIR}) CHECK(code(other) == ErrorCode::io);
  CHECK(system_error("cannot write x", ENOSPC).message == "cannot write x: No space left on device");
}
