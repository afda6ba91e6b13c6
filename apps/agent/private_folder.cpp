#include "private_folder.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace activitytrack::agent_app {

Result<void> ensure_private_folder(const std::filesystem::path& folder) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return system_error("cannot make the folder " + folder.string(), errno);
  struct stat info {};
  if (::lstat(folder.c_str(), &info) != 0) return system_error("cannot look at " + folder.string(), errno);
  bool own = S_ISDIR(info.st_mode) && info.st_uid == ::geteuid();
  if (own && (info.st_mode & (S_IWGRP | S_IWOTH)) == 0) return {};
  return Error{ErrorCode::permission, folder.string() + " is not a folder of this user alone; remove it"};
}

}  // namespace activitytrack::agent_app
