#pragma once

#include "net/http_client.hpp"
#include "s3/credentials.hpp"

#include <activitytrack/core/result.hpp>

#include <string>
#include <string_view>

namespace activitytrack {

/// What a service says went wrong.
struct S3Failure {
  int status = 0;            ///< 0: there was no answer
  std::string code = {};     ///< S3's own word, "NoSuchKey"; "" where the answer has none (as to HEAD)
  std::string message = {};  ///< S3's own, fit for one line
  std::string region = {};   ///< where the bucket is, if the answer says
  Error error = {};
};

/// Reads an answer that is no success. `asked` names the request and its place in the error, which never
/// holds what is secret of `credentials`, whatever the service wrote.
S3Failure failure_of(const HttpResponse& response, std::string_view asked, const S3Credentials& credentials);

/// Whether the body of an answer of 200 reports an error all the same.
bool holds_error(const HttpResponse& response);

/// An exchange without an answer.
S3Failure failure_of(const Error& error);

/// Whether the same request may well succeed a little later.
bool is_transient(const S3Failure& failure) noexcept;

/// Whether other credentials may be taken.
bool blames_credentials(const S3Failure& failure) noexcept;

}  // namespace activitytrack
