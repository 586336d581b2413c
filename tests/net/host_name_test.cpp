#include "net/host_name.hpp"

#include <gtest/gtest.h>

#include <array>

namespace attache::net {
namespace {

struct Text {
  std::string_view text;
  std::string_view why;
  std::string_view host;
};

TEST(HostName, FaultsAreToldWithWhatLooksLikeTheName) {
  constexpr std::array texts{
      Text{"", "the name is empty", ""},
      Text{"http://www.example.com/", "it is a URL, not a host name", "www.example.com"},
      Text{"HTTPS://user:pw@example.com:8443/path?token=x", "it is a URL, not a host name", "example.com"},
      Text{"mqtt://", "it is a URL, not a host name", ""},
      Text{"example.com/path", "it is part of a URL, not a host name", "example.com"},
      Text{"user@example.com", "it is part of a URL, not a host name", "example.com"},
      Text{"example.com:8883", "there is a port behind the host name", "example.com"},
      Text{"example.com ", "there is a blank or a line end in it", ""},
      Text{"example.com\r\n", "there is a blank or a line end in it", ""},
  };
  for (const Text& each : texts) {
    auto fault = host_name_fault(each.text);
    ASSERT_TRUE(fault) << each.text;
    EXPECT_EQ(fault->why, each.why) << each.text;
    EXPECT_EQ(fault->host, each.host) << each.text;
    EXPECT_EQ(fault->advice.find("token"), std::string::npos);
    EXPECT_NE(fault->advice, "");
  }
}

TEST(HostName, MayBeAnyThatDnsCanBeAsked) {
  for (std::string_view name : {"example.com", "a", "_mqtt._tcp.example.com", "example.com.",
                                "xn--bcher-kva.example", "192.0.2.1", "not-a-name-.example"}) {
    EXPECT_FALSE(host_name_fault(name)) << name;
  }
}

}  // namespace
}  // namespace attache::net
