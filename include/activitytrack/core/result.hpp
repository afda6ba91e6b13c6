#pragma once

#include <activitytrack/core/error.hpp>

#include <boost/system/result.hpp>

namespace activitytrack {

/// A value, or the Error that kept it from being made. Everything that comes from outside is returned
/// so; exceptions are left for bugs and failed starts.
///
///     Result<int> n = parse("x");
///     if (!n) return n.error();
///     use(*n);
template <class T>
using Result = boost::system::result<T, Error>;

/// Result::value() on a failure throws this: std::runtime_error with the error's message.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location&);

}  // namespace activitytrack
