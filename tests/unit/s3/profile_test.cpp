#include "s3/credentials.hpp"

#include <doctest/doctest.h>

using namespace activitytrack;

TEST_CASE("a profile of the shared files") {
  const char* file =
      "# ours\n[default]\naws_access_key_id = AK1\r\naws_secret_access_key=S/+=1 # a comment\n"
      "s3 =\n  aws_access_key_id = nested\n\n[work]\naws_access_key_id = AK2 \n; x\nno equals\n[ \"odd "
      "name\" ]\nk=v";
  Profile profile;
  CHECK(read_profile(file, "default", false, profile));
  CHECK(profile["aws_access_key_id"] == "AK1");
  CHECK(profile["aws_secret_access_key"] == "S/+=1");
  Profile work;
  CHECK(read_profile(file, "work", false, work));
  CHECK(work == Profile{{"aws_access_key_id", "AK2"}});
  Profile odd;
  CHECK(read_profile(file, "odd name", false, odd));
  CHECK(odd == Profile{{"k", "v"}});
  CHECK_FALSE(read_profile(file, "none", false, odd));
  CHECK_FALSE(read_profile("", "default", false, odd));
}

TEST_CASE("the file config heads its profiles otherwise") {
  const char* file = "[work]\nk=wrong\n[profile work]\nk=right\n[default]\nk=first\n[profile default2]\nk=other\n";
  Profile work, first;
  CHECK(read_profile(file, "work", true, work));
  CHECK(work["k"] == "right");
  CHECK(read_profile(file, "default", true, first));
  CHECK(first["k"] == "first");
}

TEST_CASE("what is known already stays") {
  Profile profile{{"k", "credentials"}};
  CHECK(read_profile("[default]\nk=config\nl=1\n", "default", true, profile));
  CHECK(profile == Profile{{"k", "credentials"}, {"l", "1"}});
}
