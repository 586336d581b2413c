#include "serial/cmux/frame.hpp"

#include <gtest/gtest.h>

#include <string>

#include "serial/cmux/control_message.hpp"
#include "serial/cmux/octets.hpp"

namespace attache::serial::cmux {
namespace {

// As other implementations write them.
TEST(CmuxFrame, IsWrittenAsTheStandardHasIt) {
  EXPECT_EQ(encode({0, true, FrameType::sabm, true}), octets_of({0xF9, 0x03, 0x3F, 0x01, 0x1C, 0xF9}));
  EXPECT_EQ(encode({0, true, FrameType::ua, true}), octets_of({0xF9, 0x03, 0x73, 0x01, 0xD7, 0xF9}));
  EXPECT_EQ(encode({1, true, FrameType::sabm, true}), octets_of({0xF9, 0x07, 0x3F, 0x01, 0xDE, 0xF9}));
  EXPECT_EQ(encode({1, true, FrameType::uih, false, "AT\r"}),
            octets_of({0xF9, 0x07, 0xEF, 0x07, 'A', 'T', '\r', 0xD3, 0xF9}));
  EXPECT_EQ(encode({1, false, FrameType::uih, false, "\r\nOK\r\n"}),
            octets_of({0xF9, 0x05, 0xEF, 0x0D, '\r', '\n', 'O', 'K', '\r', '\n', 0x5F, 0xF9}));
  EXPECT_EQ(encode({0, true, FrameType::uih, false, octets_of({0xC3, 0x01})}),
            octets_of({0xF9, 0x03, 0xEF, 0x05, 0xC3, 0x01, 0xF2, 0xF9}));
}

TEST(CmuxFrame, HasALengthOfTwoOctetsFrom128On) {
  std::string longest(127, 'x');
  std::string longer(128, 'x');
  EXPECT_EQ(encode({1, true, FrameType::uih, false, longest}).substr(3, 2), octets_of({0xFF, 'x'}));
  EXPECT_EQ(encode({1, true, FrameType::uih, false, longer}).substr(3, 3), octets_of({0x00, 0x01, 'x'}));
}

TEST(CmuxFrame, ChecksTheInformationOfUiAlone) {
  std::string ui = encode({1, true, FrameType::ui, false, "a"});
  std::string other_ui = encode({1, true, FrameType::ui, false, "b"});
  EXPECT_NE(ui[ui.size() - 2], other_ui[other_ui.size() - 2]);
  std::string uih = encode({1, true, FrameType::uih, false, "a"});
  std::string other_uih = encode({1, true, FrameType::uih, false, "b"});
  EXPECT_EQ(uih[uih.size() - 2], other_uih[other_uih.size() - 2]);
}

TEST(CmuxControlMessage, IsTypeLengthAndValue) {
  EXPECT_EQ(encode(ControlMessage{MessageType::close_down, true}), octets_of({0xC3, 0x01}));
  EXPECT_EQ(encode(ControlMessage{MessageType::close_down, false}), octets_of({0xC1, 0x01}));
  EXPECT_EQ(encode(ControlMessage{MessageType::modem_status, true, "ab"}), octets_of({0xE3, 0x05, 'a', 'b'}));
}

TEST(CmuxControlMessage, IsReadBackSeveralInAFrame) {
  std::string value(200, 'v');
  std::vector<ControlMessage> sent{{MessageType::flow_off, true, {}},
                                   {MessageType::test, true, value},
                                   {MessageType::modem_status, false, "ab"}};
  std::string information;
  for (const ControlMessage& message : sent) {
    information += encode(message);
  }
  ControlMessages read = read_messages(information);
  EXPECT_TRUE(read.is_whole);
  EXPECT_EQ(read.messages, sent);
}

TEST(CmuxControlMessage, ThatIsCutOffLeavesThoseBeforeIt) {
  std::string whole = encode(ControlMessage{MessageType::flow_off, true, {}});
  std::string cut = encode(ControlMessage{MessageType::test, true, "value"});
  for (std::size_t size = 1; size < cut.size(); ++size) {
    ControlMessages read = read_messages(whole + cut.substr(0, size));
    EXPECT_FALSE(read.is_whole) << size;
    EXPECT_EQ(read.messages.size(), 1U) << size;
  }
}

TEST(CmuxControlMessage, HasTheSignalsOfV24) {
  base::DeviceLines lines;
  EXPECT_EQ(encode(status_of(2, lines, false)), octets_of({0x0B, 0x8D}));
  EXPECT_EQ(encode(status_of(2, lines, true)), octets_of({0x0B, 0x8F}));
  lines = {false, false, false, true};
  EXPECT_EQ(encode(status_of(2, lines, false)), octets_of({0x0B, 0x41}));
  auto read = read_modem_status(octets_of({0x0B, 0x8D}));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, status_of(2, {}, false));
  EXPECT_FALSE(read_modem_status("x"));
}

TEST(CmuxControlMessage, NegotiatesParametersInEightOctets) {
  std::string value = octets_of({3, 0, 7, 10, 0x40, 0x01, 3, 2});
  auto read = read_link_parameters(value);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->dlci, 3);
  EXPECT_EQ(read->frame_size, 320);
  EXPECT_EQ(encode(*read), value);
  EXPECT_FALSE(read_link_parameters(value.substr(1)));
}

}  // namespace
}  // namespace attache::serial::cmux
