#include "core/small_file.hpp"
#include "core/unique_fd.hpp"
#include "seal/sodium.hpp"

#include <activitytrack/seal/seal.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

namespace activitytrack {

Result<MachineKey> read_machine_key(const std::filesystem::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return system_error(file.string() + ": cannot be read", errno);
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Error{ErrorCode::permission, file.string() +
                                            ": others can get at this key; chmod 600 it, or remove it "
                                            "to be given a new one (what it sealed is lost then)"};
  }
  MachineKey key;
  auto content = read_file_start(file, key.bytes.size() + 1);
  if (!content) return Error{content.error().code, file.string() + ": " + content.error().message};
  const bool whole = content->size() == key.bytes.size();
  if (whole) std::ranges::copy(*content, key.bytes.begin());
  sodium_memzero(content->data(), content->size());
  if (whole) return key;
  return Error{ErrorCode::corrupt, file.string() +
                                       ": is no key of 32 bytes; put it back, or remove it to be given a "
                                       "new one (what it sealed is lost then)"};
}

Result<MachineKey> kept_machine_key(const std::filesystem::path& file) {
  auto kept = read_machine_key(file);
  if (kept || kept.error().code != ErrorCode::not_found) return kept;
  start_sodium();
  if (const auto made = make_private_folders(file.parent_path()); !made) return made.error();
  MachineKey key;
  randombytes_buf(key.bytes.data(), key.bytes.size());
  const auto created =
      create_private_file(file, std::string_view(reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size()));
  if (created) return key;
  if (created.error().code == ErrorCode::already_exists) return read_machine_key(file);
  return created.error();
}

}  // namespace activitytrack
