#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "sms/gsm_alphabet.hpp"
#include "sms/splitting.hpp"
#include "sms/tpdu.hpp"
#include "sms/unicode.hpp"

namespace attache::sms {
namespace {

using namespace std::string_literals;
using testing::ElementsAre;
using testing::HasSubstr;

std::string hex(std::string_view digits) {
  return base::from_hex(digits).value();
}

std::string septets(std::string_view text) {
  return to_septets(base::from_utf8(text).value()).value();
}

UserData gsm7(std::string_view text) {
  return {{}, Alphabet::gsm7, septets(text)};
}

TEST(GsmAlphabet, HasEveryCharacterOfBothTablesOnce) {
  std::string all;
  for (int i = 0; i < 128; ++i) {
    if (i != escape_septet) {
      all.push_back(static_cast<char>(i));
    }
  }
  EXPECT_EQ(septets(from_septets(all)), all);
  EXPECT_EQ(septets("\f^{}\\[~]|€"),
            "\x1B\x0A\x1B\x14\x1B\x28\x1B\x29\x1B\x2F\x1B\x3C\x1B\x3D\x1B\x3E\x1B\x40\x1B\x65");
  EXPECT_EQ(from_septets(septets("\f^{}\\[~]|€ @£Δß")), "\f^{}\\[~]|€ @£Δß");
  EXPECT_FALSE(to_septets(U"ł"));
  EXPECT_FALSE(to_septets(U"\x1B"));
}

TEST(GsmAlphabet, ReadsUnknownExtensionsAsTheStandardAsks) {
  EXPECT_EQ(from_septets("\x1B\x41"), "A");
  EXPECT_EQ(from_septets("\x1B"), " ");
  EXPECT_EQ(from_septets("\x1B\x1B\x41"), " A");
}

TEST(GsmAlphabet, PacksAsThePublishedExamples) {
  EXPECT_EQ(base::to_hex(pack(septets("hellohello"))), "E8329BFD4697D9EC37");
  EXPECT_EQ(from_septets(unpack(hex("E8329BFD4697D9EC37"), 10)), "hellohello");
}

TEST(GsmAlphabet, UnpacksWhatItPackedAtAnyFillAndNeverReadsBeyond) {
  for (unsigned fill = 0; fill < 7; ++fill) {
    for (std::size_t length = 0; length < 20; ++length) {
      std::string text(length, '\x55');
      std::string octets = pack(text, fill);
      EXPECT_EQ(unpack(octets, length, fill), text);
      EXPECT_LE(unpack(octets, 1000, fill).size(), length + 1);
    }
  }
  EXPECT_EQ(unpack("", 5, 6), "");
}

TEST(Unicode, CarriesSurrogatePairsAndMarksLoneOnes) {
  EXPECT_EQ(base::to_hex(to_ucs2(U"a€😀")), "006120ACD83DDE00");
  EXPECT_EQ(from_ucs2(hex("006120ACD83DDE00")), "a€😀");
  EXPECT_EQ(from_ucs2(hex("D83D0061")), "\xEF\xBF\xBD\x61");
  EXPECT_EQ(from_ucs2(hex("DE00")), "\xEF\xBF\xBD");
  EXPECT_EQ(from_ucs2(hex("006100")), "a");
}

TEST(Unicode, KnowsIso885915) {
  EXPECT_EQ(utf8_to_latin9("aä€Ž¤Δ"), "a\xE4\xA4\xB4??");
  EXPECT_EQ(latin9_to_utf8("a\xE4\xA4\xB4"), "aä€Ž");
}

TEST(Address, WritesAndReadsNumbersAndNames) {
  EXPECT_EQ(base::to_hex(encode_address(*parse_number("+491711234567"))), "0C91947111325476");
  EXPECT_EQ(base::to_hex(encode_address(*parse_number("017*#"))), "058110A7FB"s);
  Address name{Address::Kind::alphanumeric, 0, "diafaan"};
  EXPECT_EQ(base::to_hex(encode_address(name)).substr(0, 4), "0DD0");
  for (const Address& address : {*parse_number("+491711234567"), *parse_number("12345"),
                                 *parse_number("12345678901234567890"), name}) {
    std::string encoded = encode_address(address);
    Octets octets(encoded);
    EXPECT_EQ(decode_address(octets), address);
    EXPECT_TRUE(octets.rest().empty());
  }
  EXPECT_FALSE(parse_number(""));
  EXPECT_FALSE(parse_number("+"));
  EXPECT_FALSE(parse_number("12 34"));
  EXPECT_FALSE(parse_number("123456789012345678901"));
}

TEST(Address, OfAServiceCentreCountsOctets) {
  EXPECT_EQ(base::to_hex(encode_centre(parse_number("+4917722000000"))), "0891947127020000F0");
  EXPECT_EQ(base::to_hex(encode_centre(std::nullopt)), "00");
  std::string encoded = encode_centre(parse_number("+491771"));
  Octets octets(encoded);
  std::optional<Address> centre;
  ASSERT_TRUE(decode_centre(octets, centre));
  EXPECT_EQ(to_text(*centre), "+491771");
}

TEST(Timestamp, CountsQuartersEastAndWest) {
  auto time = std::chrono::sys_days(std::chrono::year(2021) / 5 / 24) + std::chrono::hours(11) +
              std::chrono::minutes(58) + std::chrono::seconds(22);
  EXPECT_EQ(base::to_hex(encode_timestamp(make_timestamp(time))), "12504211852200");
  EXPECT_EQ(base::to_hex(encode_timestamp(make_timestamp(time, 36))), "12504202852263");
  EXPECT_EQ(base::to_hex(encode_timestamp(make_timestamp(time, -14))), "12504280822249");
  for (int quarters : {0, 36, -14}) {
    std::string encoded = encode_timestamp(make_timestamp(time, quarters));
    Octets octets(encoded);
    auto decoded = decode_timestamp(octets);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->quarters, quarters);
    EXPECT_EQ(to_wall_time(*decoded), time);
  }
  EXPECT_FALSE(to_wall_time(Timestamp{21, 13, 1, 0, 0, 0, 0}));
  EXPECT_FALSE(to_wall_time(Timestamp{21, 2, 30, 0, 0, 0, 0}));
}

TEST(Tpdu, ReadsAPublishedDeliver) {
  auto octets = hex("07911326040000F0040B911346610089F60000208062917314000CC8F71D14969741F977FD07");
  auto pdu = split_pdu(octets);
  ASSERT_TRUE(pdu);
  EXPECT_EQ(to_text(*pdu->centre), "+31624000000");
  auto deliver = decode_deliver(pdu->tpdu);
  ASSERT_TRUE(deliver) << base::to_block(deliver.error());
  EXPECT_EQ(to_text(deliver->originator), "+31641600986");
  EXPECT_EQ(deliver->timestamp, (Timestamp{2, 8, 26, 19, 37, 41, 0}));
  EXPECT_EQ(text_of(deliver->data), "How are you?");
  EXPECT_EQ(encode(*deliver).value(), pdu->tpdu);
}

TEST(Tpdu, WritesAPublishedSubmit) {
  Submit submit;
  submit.destination = *parse_number("+46708251358");
  submit.validity = std::chrono::minutes(4 * 24 * 60);
  submit.data = gsm7("hellohello");
  auto octets = encode(submit);
  ASSERT_TRUE(octets);
  EXPECT_EQ(base::to_hex(*octets), "11000B916407281553F80000AA0AE8329BFD4697D9EC37");
  auto again = decode_submit(*octets);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->destination, submit.destination);
  EXPECT_EQ(again->validity, submit.validity);
  EXPECT_EQ(again->data, submit.data);
}

TEST(Tpdu, KeepsAllThatASubmitSays) {
  for (const Validity& validity :
       {Validity(), Validity(std::chrono::minutes(5)), Validity(std::chrono::minutes(720)),
        Validity(std::chrono::minutes(750)), Validity(std::chrono::minutes(1440)),
        Validity(std::chrono::minutes(30 * 1440)), Validity(std::chrono::minutes(63 * 7 * 1440)),
        Validity(Timestamp{21, 6, 1, 12, 0, 0, 4}), Validity("\x01\x02\x03\x04\x05\x06\x07"s)}) {
    Submit submit;
    submit.reject_duplicates = true;
    submit.report_requested = true;
    submit.reply_path = true;
    submit.reference = 77;
    submit.destination = *parse_number("0171");
    submit.protocol = 0x41;
    submit.coding_scheme = 0x08;
    submit.validity = validity;
    submit.data = {
        {to_element({0x1234, true, 3, 2}), {0x05, "\x0B\x84\x23\xF0"}}, Alphabet::ucs2, to_ucs2(U"żółw")};
    auto again = decode_submit(encode(submit).value());
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->reject_duplicates && again->report_requested && again->reply_path);
    EXPECT_EQ(again->reference, 77);
    EXPECT_EQ(again->protocol, 0x41);
    EXPECT_EQ(again->validity, validity);
    EXPECT_EQ(again->data, submit.data);
    EXPECT_EQ(concatenation_of(again->data), (Concatenation{0x1234, true, 3, 2}));
  }
}

TEST(Tpdu, WritesAndReadsReports) {
  StatusReport status;
  status.reference = 12;
  status.recipient = *parse_number("+358401234567");
  status.submitted = {17, 6, 11, 13, 6, 52, 0};
  status.discharged = {17, 6, 11, 13, 6, 53, 0};
  auto octets = encode(status).value();
  EXPECT_EQ(base::to_hex(octets), "060C0C91534810325476716011316025007160113160350000");
  auto again = decode_status_report(octets);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->recipient, status.recipient);
  EXPECT_EQ(again->discharged, status.discharged);
  status.data = gsm7("why");
  EXPECT_EQ(decode_status_report(encode(status).value())->data, status.data);

  DeliverReport taken;
  EXPECT_EQ(base::to_hex(encode(taken).value()), "0000");
  DeliverReport full{0xD3, 0x00, 0x00, gsm7("full")};
  auto report = decode_deliver_report(encode(full).value(), true);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->cause, 0xD3);
  EXPECT_EQ(report->data, full.data);

  SubmitReport refused{0xC0, status.submitted, std::nullopt, std::nullopt, gsm7("no")};
  auto submit_report = decode_submit_report(encode(refused).value(), true);
  ASSERT_TRUE(submit_report);
  EXPECT_EQ(submit_report->cause, 0xC0);
  EXPECT_EQ(submit_report->timestamp, status.submitted);
  EXPECT_EQ(submit_report->data, refused.data);
}

TEST(UserDataField, TakesEveryCodingSchemeForAnAlphabet) {
  EXPECT_EQ(alphabet_of(0x00), Alphabet::gsm7);
  EXPECT_EQ(alphabet_of(0x11), Alphabet::gsm7);
  EXPECT_EQ(alphabet_of(0x04), Alphabet::octets);
  EXPECT_EQ(alphabet_of(0x08), Alphabet::ucs2);
  EXPECT_EQ(alphabet_of(0x20), Alphabet::octets) << "compressed";
  EXPECT_EQ(alphabet_of(0x58), Alphabet::ucs2);
  EXPECT_EQ(alphabet_of(0x80), Alphabet::gsm7) << "reserved";
  EXPECT_EQ(alphabet_of(0xC8), Alphabet::gsm7);
  EXPECT_EQ(alphabet_of(0xE8), Alphabet::ucs2);
  EXPECT_EQ(alphabet_of(0xF0), Alphabet::gsm7);
  EXPECT_EQ(alphabet_of(0xF4), Alphabet::octets);
}

TEST(UserDataField, IgnoresAHeaderWhoseElementsDoNotFit) {
  std::string octets = hex("06020003FF4142");
  Octets reader(octets);
  auto data = decode_user_data(reader, true, Alphabet::octets);
  ASSERT_TRUE(data);
  EXPECT_TRUE(data->header.empty());
  EXPECT_EQ(data->content, hex("FF4142"));
  for (const InformationElement& element :
       {InformationElement{0x00, "\x01\x02"s}, InformationElement{0x00, "\x01\x00\x00"s},
        InformationElement{0x00, "\x01\x02\x03"s}, InformationElement{0x00, "\x01\x02\x00"s}}) {
    EXPECT_FALSE(concatenation_of({{element}, Alphabet::gsm7, ""}));
  }
}

TEST(UserDataField, RefusesWhatDoesNotFitIntoAMessage) {
  UserData data{{}, Alphabet::gsm7, std::string(160, 'a')};
  EXPECT_TRUE(encode_user_data(data));
  data.content.push_back('a');
  EXPECT_THAT(encode_user_data(data).error().why, HasSubstr("takes 141 octets"));
  data = {{to_element({1, false, 2, 1})}, Alphabet::gsm7, std::string(153, 'a')};
  EXPECT_TRUE(encode_user_data(data));
  data.content.push_back('a');
  EXPECT_FALSE(encode_user_data(data));
}

// CVE-2023-2794: an SMS-DELIVER whose user data length says more than a message can hold, which a decoder of
// another stack copied into a buffer of 160 bytes.
TEST(HostileTpdu, DeliverWithAnOverlongUserDataIsRefusedAsInCve20232794) {
  for (std::string_view coding_scheme : {"00", "04", "08"}) {
    std::string octets = hex("040B911346610089F600") + hex(coding_scheme) + hex("20806291731400") + "\xFF" +
                         std::string(255, 'A');
    auto deliver = decode_deliver(octets);
    ASSERT_FALSE(deliver);
    EXPECT_THAT(deliver.error().why, HasSubstr("there may be 140"));
  }
  auto cut_off = decode_deliver(hex("040B911346610089F60000208062917314000CC8F7"));
  ASSERT_FALSE(cut_off);
  EXPECT_EQ(cut_off.error().why, "user data: its length says 11 octets, 2 are left");
}

// CVE-2023-4233: an address whose length is beyond the 20 digits of the standard.
TEST(HostileTpdu, AddressWithAnOverlongLengthIsRefusedAsInCve20234233) {
  for (unsigned length : {21U, 22U, 40U, 128U, 255U}) {
    std::string octets = "\x04"s + static_cast<char>(length) + "\x91" + std::string(300, '\x11');
    auto deliver = decode_deliver(octets);
    ASSERT_FALSE(deliver) << length;
    EXPECT_EQ(deliver.error().why, "the originating address is cut off or beyond its limit, at octet 4");
    EXPECT_FALSE(decode_submit("\x01"s + octets));
    EXPECT_FALSE(decode_status_report("\x06\x01"s + octets.substr(1)));
  }
  std::string alphanumeric = "\xFF\xD0"s + std::string(300, '\x11');
  Octets octets(alphanumeric);
  EXPECT_FALSE(decode_address(octets));
  std::string centre = "\x0C\x91"s + std::string(300, '\x11');
  EXPECT_FALSE(split_pdu(centre));
}

// CVE-2023-4234: an SMS-SUBMIT-REPORT whose user data is longer than its buffer; 4232 and 4235 are the same
// in SMS-STATUS-REPORT and SMS-DELIVER-REPORT.
TEST(HostileTpdu, ReportsWithAnOverlongUserDataAreRefusedAsInCve20234234) {
  std::string data = "\xFF"s + std::string(255, 'A');
  std::string stamp = hex("71601131602500");
  EXPECT_FALSE(decode_submit_report("\x01\xC0\x04"s + stamp + data, true));
  EXPECT_FALSE(decode_submit_report("\x01\x06"s + stamp + "\x04" + data, false));
  EXPECT_FALSE(decode_deliver_report("\x00\xD3\x04"s + data, true));
  EXPECT_FALSE(decode_deliver_report("\x00\x04"s + data, false));
  EXPECT_FALSE(decode_status_report("\x06\x01\x04\x91\x21\x43"s + stamp + stamp + "\x00\x04"s + data));
}

TEST(HostileTpdu, ParameterIndicatorsThatNeverEndAreRefused) {
  EXPECT_FALSE(decode_deliver_report("\x00"s + std::string(300, '\x80'), false));
  EXPECT_TRUE(decode_deliver_report("\x00\x80\x80\x01"s, false));
}

TEST(HostileTpdu, EveryCutOfAUnitIsRefusedOrRead) {
  std::string deliver = hex("440B911346610089F60000208062917314000F050003010201C8F71D14969741F9");
  for (std::size_t length = 0; length < deliver.size(); ++length) {
    EXPECT_FALSE(decode_deliver(deliver.substr(0, length))) << length;
  }
  EXPECT_TRUE(decode_deliver(deliver));
}

// Whatever is read can be written, and reads the same again.
TEST(HostileTpdu, RandomOctetsNeverReadBeyondTheirEnd) {
  base::Random random(7);
  for (int i = 0; i < 20000; ++i) {
    std::string octets(random.next() % 200, '\0');
    for (char& octet : octets) {
      octet = static_cast<char>(random.next());
    }
    if (auto deliver = decode_deliver(octets)) {
      text_of(deliver->data);
      EXPECT_TRUE(encode(*deliver));
    }
    decode_submit(octets);
    decode_status_report(octets);
    decode_deliver_report(octets, i % 2 == 0);
    decode_submit_report(octets, i % 2 == 0);
    split_pdu(octets);
  }
}

TEST(Splitting, LeavesAShortTextInOneMessage) {
  EXPECT_EQ(split_text(std::string(160, 'a'), 1)->size(), 1U);
  EXPECT_TRUE(split_text("", 1)->front().content.empty());
  auto wide = split_text("ż", 1);
  EXPECT_EQ(wide->front().alphabet, Alphabet::ucs2);
  std::string seventy;
  for (int i = 0; i < 70; ++i) {
    seventy += "ż";
  }
  EXPECT_EQ(split_text(seventy, 1)->size(), 1U);
  EXPECT_EQ(split_text(seventy + "ż", 1)->size(), 2U);
}

TEST(Splitting, CutsLongTextsIntoPartsThatFitAndCount) {
  auto parts = split_text(std::string(161, 'a'), 0x42);
  ASSERT_EQ(parts->size(), 2U);
  EXPECT_EQ((*parts)[0].content.size(), 153U);
  EXPECT_EQ((*parts)[1].content.size(), 8U);
  EXPECT_EQ(concatenation_of((*parts)[1]), (Concatenation{0x42, false, 2, 2}));
  auto wide = split_text(std::string(161, 'a'), 0x1234, true);
  EXPECT_EQ((*wide)[0].content.size(), 152U);
  for (const UserData& part : *parts) {
    EXPECT_TRUE(encode_user_data(part));
  }
  for (const UserData& part : *wide) {
    EXPECT_TRUE(encode_user_data(part));
  }
  EXPECT_FALSE(split_text(std::string(255 * 153 + 1, 'a'), 1));
  EXPECT_FALSE(split_text("\xFF", 1));
}

TEST(Splitting, TearsNoEscapedCharacterAndNoSurrogatePair) {
  auto parts = split_text(std::string(152, 'a') + "€" + std::string(20, 'b'), 1);
  ASSERT_EQ(parts->size(), 2U);
  EXPECT_EQ((*parts)[0].content.size(), 152U);
  EXPECT_EQ(text_of((*parts)[1]), "€" + std::string(20, 'b'));
  std::string text;
  for (int i = 0; i < 66; ++i) {
    text += "ż";
  }
  parts = split_text(text + "😀" + text, 1);
  EXPECT_EQ((*parts)[0].content.size(), 132U);
  EXPECT_TRUE(text_of((*parts)[1]).starts_with("😀"));
}

TEST(Assembly, JoinsPartsInAnyOrderAndTakesNoMoreThanItMay) {
  Address from = *parse_number("+491711");
  auto parts = split_text(std::string(300, 'a') + std::string(100, 'b'), 9);
  ASSERT_EQ(parts->size(), 3U);
  auto add = [&](Assembly& assembly, std::size_t i) {
    return assembly.add(from, concatenation_of((*parts)[i]).value(), (*parts)[i]);
  };
  Assembly assembly(3, 1);
  EXPECT_FALSE(add(assembly, 2));
  EXPECT_FALSE(add(assembly, 0));
  EXPECT_FALSE(add(assembly, 0));
  EXPECT_EQ(add(assembly, 1), std::string(300, 'a') + std::string(100, 'b'));
  EXPECT_FALSE(add(assembly, 1)) << "it began anew";

  Assembly small(2, 1);
  EXPECT_FALSE(add(small, 0));
  EXPECT_FALSE(add(small, 1));
  EXPECT_FALSE(add(small, 2));

  Assembly one(3, 1);
  EXPECT_FALSE(add(one, 0));
  EXPECT_FALSE(one.add(from, {10, false, 2, 1}, gsm7("x")));
  EXPECT_FALSE(add(one, 1));
  EXPECT_FALSE(add(one, 2)) << "another message came between";
}

}  // namespace
}  // namespace attache::sms
