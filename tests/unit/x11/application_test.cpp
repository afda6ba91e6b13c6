#include "x11/application.hpp"

#include "temp_folder.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <filesystem>

using namespace activitytrack;
using namespace activitytrack::x11;

namespace {

/// A process in a /proc of its own.
struct FakeProcess {
  test::TempFolder proc;

  FakeProcess(const char* comm, const char* command_line) {
    proc.write("42/comm", comm);
    proc.write("42/cmdline", command_line);
  }
  void exe(const char* path) const { std::filesystem::create_symlink(path, proc.path / "42/exe"); }
};

}  // namespace

TEST_CASE("a process is named after its program") {
  const FakeProcess process("gnome-terminal-\n", "x");
  process.exe("/usr/libexec/gnome-terminal-server");
  CHECK(process_name(42, process.proc.path) == "gnome-terminal-server");
}

TEST_CASE("a program that was upgraded while it runs keeps its name") {
  const FakeProcess process("code\n", "x");
  process.exe("/usr/share/code/code (deleted)");
  CHECK(process_name(42, process.proc.path) == "code");
}

TEST_CASE("where the program may not be read, the short name serves") {
  const FakeProcess process("synaptic\n", "x");
  CHECK(process_name(42, process.proc.path) == "synaptic");
}

TEST_CASE("a kernel thread and a process that is gone have no name") {
  const FakeProcess process("kthreadd\n", "");
  CHECK_FALSE(process_name(42, process.proc.path));
  CHECK_FALSE(process_name(43, process.proc.path));
}

TEST_CASE("this process has the name that the system gives it") {
  CHECK(process_name(getpid()) == std::filesystem::read_symlink("/proc/self/exe").filename().string());
}

TEST_CASE("interpreters are known by name, with any version") {
  for (const char* name : {"python3", "python3.11", "perl", "perl5.36.0", "java", "node", "electron25", "bash",
                           "wine64-preloader", "ruby3.1"}) {
    CAPTURE(name);
    CHECK(is_interpreter(name));
  }
  for (const char* name : {"code", "xterm", "pythonista", "javascript-editor", "", "3"}) {
    CAPTURE(name);
    CHECK_FALSE(is_interpreter(name));
  }
}

TEST_CASE("an application is named by its process, or where that says nothing, by its window's class") {
  CHECK(application_name("code", "Code") == "code");
  CHECK(application_name("soffice.bin", "libreoffice-writer") == "soffice.bin");
  CHECK(application_name("python3.11", "Meld") == "meld");
  CHECK(application_name("java", "jetbrains-idea") == "jetbrains-idea");
  CHECK(application_name("python3.11", "") == "python3.11");
  CHECK(application_name(std::nullopt, "XTerm") == "xterm");
  CHECK(application_name(std::nullopt, "") == "");
}

using namespace activitytrack::x11;
using namespace std::string_view_literals;

TEST_CASE("WM_CLASS is an instance and a class") {
  const auto is = [](std::string_view text, std::string_view instance, std::string_view name) {
    const WindowClass both = split_class(text);
    CHECK(both.instance == instance);
    CHECK(both.name == name);
  };
  is("navigator\0Firefox\0"sv, "navigator", "Firefox");
  is("navigator\0Firefox"sv, "navigator", "Firefox");
  is("navigator\0"sv, "navigator", "");
  is("navigator"sv, "navigator", "navigator");
  is(""sv, "", "");
}

TEST_CASE("names are the same in any case of ASCII letters") {
  CHECK(same_name("Firefox", "fireFOX"));
  CHECK_FALSE(same_name("firefox", "firefox-esr"));
  CHECK_FALSE(same_name("firefox-esr", "firefox"));
  CHECK_FALSE(same_name("@", "`"));  // as far apart as letters are
  CHECK(same_name("", ""));
}
