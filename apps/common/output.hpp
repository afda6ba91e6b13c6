#pragma once

#include <activitytrack/core/result.hpp>

#include <ostream>
#include <streambuf>
#include <string>
#include <string_view>

// Where a program's output goes. What cannot be written is an error in every command: run_main() reports what standard
// output did not take after the command has ended, unless the command has done so.
namespace activitytrack::program {

/// A stream to a descriptor, which is borrowed, that knows why a write failed. After the first that did, nothing more
/// is written.
class Output final : public std::ostream {
 public:
  /// `name` is for messages: "standard output", or a file's.
  Output(int fd, std::string name);

  /// Writes what is still held back. For a command that has to know whether what it wrote arrived, as it takes back
  /// what it made if not. The error says what cannot be written, and why; reporting it is then the caller's.
  Result<void> finish();

  /// Whether finish() has returned an error.
  bool is_reported() const { return reported_; }

  /// Whether its reader has closed its end, as `head` does when it has seen enough. That is no fault of the program.
  bool is_unread() const;

 private:
  class Buffer final : public std::streambuf {
   public:
    explicit Buffer(int fd) : fd_(fd) {}
    int failure = 0;  ///< errno of the write that failed

   protected:
    std::streamsize xsputn(const char* text, std::streamsize size) override;
    int_type overflow(int_type next) override;
    int sync() override;

   private:
    const int fd_;
    std::string held_;
  };

  Buffer buffer_;
  const std::string name_;
  bool reported_ = false;
};

/// The one of this process, used instead of std::cout and stdio's.
Output& standard_output();

/// Writes to standard output, at once. Returns exit_done: a failure is reported by run_main().
int print(std::string_view text);

/// An error if the stream has failed. Long work stops by it when nobody receives its result; why is the stream's to
/// say.
Result<void> still_writable(const std::ostream& out);

/// Columns of standard output: $COLUMNS, else the terminal's, else 80.
int output_columns();

}  // namespace activitytrack::program
