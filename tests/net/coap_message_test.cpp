#include "net/wire/coap_message.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace attache::net {
namespace {

using namespace std::string_literals;

// The example of RFC 7252, appendix A, figure 16.
TEST(CoapMessage, IsWrittenAsTheStandardHasIt) {
  CoapMessage message;
  message.code = CoapMessage::get;
  message.id = 0x7d34;
  message.set_path("temperature");
  EXPECT_EQ(message.encode(), "\x40\x01\x7d\x34\xbbtemperature"s);
  CoapMessage answer;
  answer.type = CoapMessage::Type::acknowledgement;
  answer.code = CoapMessage::code_of(2, 5);
  answer.id = 0x7d34;
  answer.payload = "22.3 C";
  EXPECT_EQ(answer.encode(), "\x60\x45\x7d\x34\xff"s + "22.3 C");
}

TEST(CoapMessage, ComesBackAsItWasWritten) {
  CoapMessage message;
  message.type = CoapMessage::Type::non_confirmable;
  message.code = CoapMessage::post;
  message.id = 0xffff;
  message.token = "12345678";
  message.options.push_back({2429, std::string(300, 'k')});
  message.set_path("chunks/a/" + std::string(40, 'd'));
  message.add_number(CoapMessage::content_format, 0);
  message.add_number(CoapMessage::accept, 0x12345);
  message.payload = std::string("\xff\0x", 3);
  auto read = CoapMessage::decode(message.encode());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->type, message.type);
  EXPECT_EQ(read->code, message.code);
  EXPECT_EQ(read->id, message.id);
  EXPECT_EQ(read->token, message.token);
  EXPECT_EQ(read->path(), "chunks/a/" + std::string(40, 'd'));
  EXPECT_EQ(read->option(2429), std::string(300, 'k'));
  EXPECT_EQ(read->option(CoapMessage::content_format), "") << "0 has no bytes";
  EXPECT_EQ(read->option(CoapMessage::accept), "\x01\x23\x45");
  EXPECT_EQ(read->option(3), std::nullopt);
  EXPECT_EQ(read->payload, message.payload);
}

TEST(CoapMessage, IsNoneWhereverItIsCutOff) {
  CoapMessage message;
  message.code = CoapMessage::post;
  message.token = "tk";
  message.options.push_back({2429, std::string(20, 'k')});
  message.payload = "p";
  std::string whole = message.encode();
  std::string head = whole.substr(0, whole.size() - 2);  // Without marker and payload it is one as well.
  for (std::size_t size = 0; size < whole.size(); ++size) {
    bool is_whole = size == head.size() || size == 6;  // Behind the token there may be nothing.
    EXPECT_EQ(CoapMessage::decode(whole.substr(0, size)).has_value(), is_whole) << size;
  }
}

TEST(CoapMessage, IsNoneIfItsBytesCannotBe) {
  EXPECT_FALSE(CoapMessage::decode("\x80\x01\0\0"s)) << "another version";
  EXPECT_FALSE(CoapMessage::decode("\x49\x01\0\0"s + "123456789")) << "a token of 9 bytes";
  EXPECT_FALSE(CoapMessage::decode("\x40\0\0\0x"s)) << "an empty message with something in it";
  EXPECT_FALSE(CoapMessage::decode("\x40\x01\0\0\xf1x"s)) << "a delta that is reserved";
  EXPECT_FALSE(CoapMessage::decode("\x40\x01\0\0\x1f"s + "x")) << "a length that is reserved";
  EXPECT_FALSE(CoapMessage::decode("\x40\x01\0\0\xe0\xff\xff"s)) << "an option above 65535";
  EXPECT_TRUE(CoapMessage::decode("\x60\0\0\0"s));
}

TEST(CoapMessage, NamesItsCode) {
  EXPECT_EQ(coap_code_text(CoapMessage::code_of(4, 4)), "4.04");
}

}  // namespace
}  // namespace attache::net
