#include "configuration.hpp"
#include "config/settings_table.hpp"
#include "core/file.hpp"

#include <doctest/doctest.h>

#include "temp_folder.hpp"

#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace activitytrack;
using namespace activitytrack::agent_app;

TEST_CASE("the control socket stands beside the buffer") {
  CHECK(control_socket_path("/x/buffer.db") == "/x/buffer.db.sock");
}

TEST_CASE("where its address would be too long, the control socket has a short path of its own") {
  test::TempFolder folder;
  ::setenv("XDG_RUNTIME_DIR", (folder.path / "").c_str(), 1);
  std::filesystem::path deep = "/" + std::string(120, 'x') + "/buffer.db";
  std::filesystem::path deeper = "/" + std::string(121, 'x') + "/buffer.db";
  CHECK(control_socket_path(deep).string().starts_with((folder.path / "activitytrack-").string()));
  CHECK(control_socket_path(deep) == control_socket_path(deep));
  CHECK(control_socket_path(deep) != control_socket_path(deeper));

  for (const std::string& runtime : {std::string("relative"), "/" + std::string(200, 'y')}) {
    ::setenv("XDG_RUNTIME_DIR", runtime.c_str(), 1);
    auto path = control_socket_path(deep);
    CHECK(path.parent_path() == "/tmp/activitytrack-" + std::to_string(::geteuid()));
    CHECK(path.native().size() < sizeof(sockaddr_un::sun_path));
  }
  ::unsetenv("XDG_RUNTIME_DIR");
}

TEST_CASE("a private folder is made for its owner, and one that is not private is refused") {
  test::TempFolder folder;
  using std::filesystem::perms;
  CHECK(ensure_private_folder(folder.path / "new").has_value());
  CHECK((std::filesystem::status(folder.path / "new").permissions() & perms::mask) == perms::owner_all);
  CHECK(ensure_private_folder(folder.path / "new").has_value());

  std::filesystem::permissions(folder.path / "new", perms::all);
  CHECK(ensure_private_folder(folder.path / "new").error().code == ErrorCode::permission);
  std::filesystem::create_directory_symlink("/tmp", folder.path / "link");
  CHECK(ensure_private_folder(folder.path / "link").error().code == ErrorCode::permission);
}

TEST_CASE("a secret that others may read is warned of, with what to do about it") {
  test::TempFolder folder;
  Configuration configuration{.settings = {}, .file = folder.write("config.yaml", "")};
  const auto exposure = [&](const char* credential) {
    configuration.in_file["credential"] = {{credential}, configuration.file + ":1"};
    return secret_exposure(configuration);
  };
  ::chmod(configuration.file.c_str(), 0644);
  CHECK(exposure("") == "");  // a template
  CHECK(exposure("atm_x") == configuration.file + ": others may read it, and it holds credential; chmod 600 it");
  ::chmod(configuration.file.c_str(), 0600);
  CHECK(exposure("atm_x") == "");

  // Of another user: nothing that would take it from the agent, too.
  configuration.file = "/etc/passwd";
  if (::geteuid() == 0) {
    configuration.file = folder.write("config.yaml", "");
    ::chmod(configuration.file.c_str(), 0644);
    REQUIRE(::chown(configuration.file.c_str(), 12345, 0) == 0);
  }
  CHECK(exposure("") == "");
  CHECK(exposure("atm_x").find("enroll into a file of your own; or chgrp it") != std::string::npos);
}

TEST_CASE("settings are compared and shown row by row, secrets hidden") {
  Settings before, after;
  CHECK(changed_settings(before, after).empty());
  after.idle_after_sec = 5;
  after.credential = "token";
  auto changed = changed_settings(before, after);
  REQUIRE(changed.size() == 2);
  CHECK(changed[0]->key == "credential");
  CHECK(changed[1]->key == "idle_after_sec");
  CHECK(shown_setting(after, *changed[0]) == "(set)");
  CHECK(shown_setting(before, *changed[0]) == "");
  CHECK(shown_setting(after, *changed[1]) == "5");
  copy_setting(before, after, *changed[1]);
  CHECK(after.idle_after_sec == 60);
}
