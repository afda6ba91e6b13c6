#include "command.hpp"
#include "common/program.hpp"
#include "keys/key_file.hpp"

namespace activitytrack::report {
namespace {

Error told(const Error& error, const std::string& file) {
  if (error.code != ErrorCode::already_exists) return error;
  return {error.code, file + " is there already, and a key is never overwritten: name another file with --output"};
}

}  // namespace

int run_keygen(const Invocation& invocation, std::ostream& out, std::ostream& err) {
  const std::string& output = invocation.settings.output;
  const std::string file = output.empty() ? usual_key_file().string() : output;
  const PrivateKey key = make_private_key();
  if (const auto written = write_key_file(file, key); !written) {
    err << program::complaint(program_name, told(written.error(), file).message);
    return program::exit_failed;
  }
  out << "The private key is in " << file
      << "\nKeep a copy of it in a safe place: without it, what is sealed can never be opened.\n\n"
         "The public key, in the agents' configuration:\n\n"
         "screenshots:\n  public_key: "
      << to_text(public_key_of(key)) << "\n";
  return out.flush() ? program::exit_done : program::exit_failed;
}

}  // namespace activitytrack::report
