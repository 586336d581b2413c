#include "trace/format/exported_pdu.hpp"

#include <gtest/gtest.h>

namespace attache::trace {
namespace {

using namespace std::string_literals;

TEST(ExportedPdu, NamesItsDissectorAndItsWay) {
  EXPECT_EQ(to_bytes(ExportedPdu{"at", ExportedPdu::Way::received, "OK\r\n"}),
            "\0\x0c\0\4at\0\0\0\x23\0\4\0\0\0\1\0\0\0\0OK\r\n"s);
  EXPECT_EQ(to_bytes(ExportedPdu{"http2", std::nullopt, ""}), "\0\x0c\0\x08http2\0\0\0\0\0\0\0"s);
}

TEST(ExportedPdu, IsReadBack) {
  for (const auto& pdu :
       {ExportedPdu{"at", ExportedPdu::Way::sent, "AT\r\n"}, ExportedPdu{"data", std::nullopt, ""}}) {
    EXPECT_EQ(exported_pdu(to_bytes(pdu)), pdu);
  }
}

TEST(ExportedPdu, LeavesOtherTagsOut) {
  EXPECT_EQ(exported_pdu("\0\x1e\0\4\0\0\0\1\0\x0c\0\4at\0\0\0\0\0\0AT"s),
            (ExportedPdu{"at", std::nullopt, "AT"}));
}

TEST(ExportedPdu, IsNothingWhenItsTagsAreCut) {
  std::string whole = to_bytes(ExportedPdu{"at", ExportedPdu::Way::sent, ""});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(exported_pdu(std::string_view(whole).substr(0, size)), std::nullopt) << size;
  }
  EXPECT_EQ(exported_pdu("\0\0\0\0AT"s), std::nullopt);
}

}  // namespace
}  // namespace attache::trace
