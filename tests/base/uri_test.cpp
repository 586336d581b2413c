#include "base/uri.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace attache::base {
namespace {

/// All parts in one text, those that are missing as a dash.
std::string parts(const Uri& uri) {
  return fmt::format("{} {} {} {} {} {}", uri.scheme, uri.host, uri.port ? fmt::format("{}", *uri.port) : "-",
                     uri.path, uri.query.value_or("-"), uri.fragment.value_or("-"));
}

std::string parts_of(std::string_view text, const UriLimits& limits = {}) {
  auto uri = parse_uri(text, limits);
  return uri ? parts(*uri) : uri.error().why;
}

struct Case {
  std::string_view text;
  std::string_view parts;
};

TEST(Uri, IsCutIntoItsParts) {
  for (const Case& uri : {
           Case{"http://example.com/a", "http example.com - /a - -"},
           Case{"HTTPS://Example.com:8443/A/b.bin", "https Example.com 8443 /A/b.bin - -"},
           Case{"http://192.0.2.1:1/", "http 192.0.2.1 1 / - -"},
           Case{"http://h:65535/a", "http h 65535 /a - -"},
           Case{"http://h/a?b=c", "http h - /a b=c -"},
           Case{"http://h/a#top", "http h - /a - top"},
           Case{"http://h/a?b#c", "http h - /a b c"},
           Case{"http://h/a#b?c", "http h - /a - b?c"},
           Case{"http://h/a?b?c#d#e", "http h - /a b?c d#e"},
           Case{"http://h/?#", "http h - /  "},
           Case{"ftp://h//x://y", "ftp h - //x://y - -"},
           Case{"any thing://h/%zz|\"\xFF", "any thing h - /%zz|\"\xFF - -"},
           Case{"http://h/a?b c\r\n", "http h - /a b c\r\n -"},
       }) {
    EXPECT_EQ(parts_of(uri.text), uri.parts) << uri.text;
  }
}

TEST(Uri, IsRefusedWithoutWhatAFileNeeds) {
  constexpr std::string_view no_scheme = "it has no scheme";
  constexpr std::string_view no_path = "it has no path";
  constexpr std::string_view no_host = "its host cannot be read";
  constexpr std::string_view no_port = "its port is no number from 1 to 65535";
  constexpr std::string_view blank = "blanks and line ends cannot stand in a path";
  for (const Case& uri : {
           Case{"", no_scheme},
           Case{"://h/a", no_scheme},
           Case{"example.com/a", no_scheme},
           Case{"http:/h/a", no_scheme},
           Case{"http://", no_path},
           Case{"http://example.com", no_path},
           Case{"http://example.com?a", no_path},
           Case{"http:///a", no_host},
           Case{"http://user@h/a", no_host},
           Case{"http://two names/a", no_host},
           Case{"http://[2001:db8::1]/a", no_port},
           Case{"http://[2001:db8::1]:80/a", no_host},
           Case{"http://h:/a", no_port},
           Case{"http://h:0/a", no_port},
           Case{"http://h:65536/a", no_port},
           Case{"http://h:80x/a", no_port},
           Case{"http://:/a", no_port},
           Case{"http://:80/a", no_host},
           Case{"http://h/a b", blank},
           Case{"http://h/a\r\nHost: other", blank},
           Case{"http://h/a\t", blank},
       }) {
    EXPECT_EQ(parts_of(uri.text), uri.parts) << uri.text;
  }
}

TEST(Uri, IsHeldAgainstTheRoomThatThereIs) {
  UriLimits limits{.before_path = 13, .path = 4};
  EXPECT_EQ(parts_of("http://h.de:8/abc?and any more", limits), "http h.de 8 /abc and any more -");
  EXPECT_EQ(parts_of("http://h.de:80/abc", limits),
            "what stands before the path is longer than 13 characters");
  EXPECT_EQ(parts_of("http://h.de/abcd", limits), "its path is longer than 4 characters");
  EXPECT_EQ(parts_of("http://user@h.de/abc", limits),
            "what stands before the path is longer than 13 characters");
}

TEST(Uri, IsNotQuotedInTheReason) {
  auto uri = parse_uri("http://me:hush@h/a");
  ASSERT_FALSE(uri);
  EXPECT_EQ(summary(uri.error()), "the URI cannot be used: its port is no number from 1 to 65535");
}

}  // namespace
}  // namespace attache::base
