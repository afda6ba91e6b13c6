#include "s3/xml.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace activitytrack;

namespace {

using Elements = std::vector<std::string>;

/// "path=text" of each element, or "bad".
Elements read(std::string_view xml) {
  Elements found;
  const Result<void> done = read_xml(xml, [&](std::string_view path, std::string_view text) {
    found.push_back(std::string(path) + "=" + std::string(text));
  });
  return done ? found : Elements{"bad"};
}

}  // namespace

TEST_CASE("what S3 answers with is read") {
  CHECK(read("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>SlowDown</Code><Message/></Error>\n") ==
        Elements{"Error/Code=SlowDown", "Error/Message=", "Error="});
  CHECK(read("<R xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><a:K x='1'>v</a:K></R>") == Elements{"R/K=v", "R="});
  CHECK(read("<!-- <b> --><R><K><![CDATA[<&>]]></K ></R>") == Elements{"R/K=<&>", "R="});
}

TEST_CASE("entities are replaced") {
  CHECK(read("<K>&quot;a&amp;b&quot; &lt;&gt;&apos; &#65;&#x42; &#xFC;&#x20AC;&#x1F600;</K>") ==
        Elements{"K=\"a&b\" <>' AB \xC3\xBC\xE2\x82\xAC\xF0\x9F\x98\x80"});
}

TEST_CASE("all else is refused") {
  for (const char* xml : {"", "text", "<a>", "<a></b>", "</a>", "<a></a></a>", "<a/><b/>", "<a>&b;</a>", "<a>&amp</a>",
                          "<a>&#xD800;</a>", "<a>&#;</a>", "<a>&#x110000;</a>", "<a", "<>", "<a><![CDATA[</a>",
                          "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "<a></a>text", "<?xml"}) {
    CAPTURE(xml);
    CHECK(read(xml) == Elements{"bad"});
  }
}

TEST_CASE("depth is bounded") {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<a>";
  CHECK(read(deep) == Elements{"bad"});
}
