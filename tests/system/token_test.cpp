#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include "base/settings.hpp"
#include "base/text.hpp"
#include "cellular/device_identity.hpp"
#include "system/support/served_device.hpp"
#include "system/support/temp_folder.hpp"

namespace attache::system_test {
namespace {

// Debian's own, which has Debian's modules, whatever else is in the PATH.
constexpr std::string_view python = "/usr/bin/python3";

struct Firmware {
  std::string_view revision;
  std::string_view uuid;  ///< Of %XMODEMUUID, in hexadecimal digits.
  int device_type;
  bool null_parameters;
};

void PrintTo(const Firmware& firmware, std::ostream* out) {
  *out << firmware.revision;
}

std::string without_hyphens(std::string_view uuid) {
  std::string digits(uuid);
  std::erase(digits, '-');
  return digits;
}

/// Tokens that a device of some firmware gives, read by programs that are not ours.
class Token : public testing::TestWithParam<Firmware> {
 protected:
  void SetUp() override {
    if (!find_program("openssl") || run_to_end({std::string(python), "-c", "import cbor2"}).exit_code != 0) {
      GTEST_SKIP() << "python3-cbor2 or openssl is not installed";
    }
    host_.emplace(device_.connect_first());
    uuid_ = parameter_of("AT%DEVICEUUID", "%DEVICEUUID: ");
  }

  /// What follows the prefix in the answer's only line.
  std::string parameter_of(std::string_view command, std::string_view prefix) {
    std::string answer = host_->command(command);
    std::string head = fmt::format("\r\n{}", prefix);
    std::string tail = "\r\n\r\nOK\r\n";
    EXPECT_TRUE(answer.starts_with(head) && answer.ends_with(tail)) << answer;
    return answer.substr(head.size(), answer.size() - head.size() - tail.size());
  }

  std::string token_of(std::string_view command) {
    std::string_view name = command.substr(2, command.find('=') - 2);
    std::string quoted = parameter_of(command, fmt::format("{}: ", name));
    return std::string(base::trim(quoted)).substr(1, quoted.size() - 2);
  }

  /// What the reader prints of it. The device ends: only then its identity key is there to be read.
  std::string read(const std::string& token) {
    if (key_file_.empty()) {
      EXPECT_EQ(device_.stop(SIGTERM), 0);
      auto settings = base::open_settings(folder_ / "state");
      auto der = cellular::public_key((*settings)->section("credentials").at("4294967294,6"));
      folder_.write("key.der", *der);
      key_file_ = folder_ / "key.pem";
      run_to_end({*find_program("openssl"), "pkey", "-pubin", "-inform", "DER", "-in", folder_ / "key.der",
                  "-out", key_file_});
    }
    Finished reader = run_to_end({std::string(python), reader_, token, key_file_});
    EXPECT_EQ(reader.exit_code, 0) << reader.errors;
    return reader.output;
  }

  /// The DER of a request, as the reader prints it.
  [[nodiscard]] static std::string request(std::string_view names, std::string_view key_usage) {
    return fmt::format(
        "0 SEQUENCE\n"
        "1 SEQUENCE\n"
        "2 INTEGER :00\n"
        "2 SEQUENCE\n"
        "{}"
        "2 SEQUENCE\n"
        "3 SEQUENCE\n"
        "4 OBJECT :id-ecPublicKey\n"
        "4 OBJECT :prime256v1\n"
        "3 BIT STRING\n"
        "2 cont [ 0 ]\n"
        "3 SEQUENCE\n"
        "4 OBJECT :Extension Request\n"
        "4 SET\n"
        "5 SEQUENCE\n"
        "6 SEQUENCE\n"
        "7 OBJECT :X509v3 Key Usage\n"
        "7 OCTET STRING [HEX DUMP]:{}\n"
        "1 SEQUENCE\n"
        "2 OBJECT :ecdsa-with-SHA256\n"
        "{}"
        "1 BIT STRING\n"
        "request signed by its own key\n",
        names, key_usage, GetParam().null_parameters ? "2 NULL\n" : "");
  }

  [[nodiscard]] static std::string name(std::string_view type, std::string_view text) {
    return fmt::format("3 SET\n4 SEQUENCE\n5 OBJECT :{}\n5 UTF8STRING :{}\n", type, text);
  }

  [[nodiscard]] std::string key_message(int kind, std::string_view sec_tag) const {
    return fmt::format(
        "key message {}, device {}, sec_tag {}, digest of the first half, nonce of 16\n"
        "protected {{1: -7}}\n"
        "unprotected {{4: h'21'}}\n"
        "payload attached\n"
        "signed by the device identity key, 64 bytes\n",
        kind, without_hyphens(uuid_), sec_tag);
  }

  static constexpr std::string_view public_key =
      "0 SEQUENCE\n"
      "1 SEQUENCE\n"
      "2 OBJECT :id-ecPublicKey\n"
      "2 OBJECT :prime256v1\n"
      "1 BIT STRING\n";

  std::string reader_ = ATTACHE_TEST_DATA "/system/support/read_token.py";
  TempFolder folder_;
  ServedDevice device_{
      "unix:" + (folder_ / "modem"),
      {"--config",
       folder_.write("device.toml", fmt::format("[device]\nfirmware = \"{}\"\n", GetParam().revision)),
       "--state", folder_ / "state", "--log-level", "off"}};
  std::optional<LineClient> host_;
  std::string uuid_;
  std::string key_file_;
};

TEST_P(Token, OfARequestNamesTheDeviceAndItsKeyUsage) {
  std::string token = token_of("AT%KEYGEN=52,2,0");
  EXPECT_EQ(read(token), request(name("commonName", uuid_), "030203E8") + key_message(9, "h'1834' 52"));
}

TEST_P(Token, OfARequestHasTheAttributesAndTheKeyUsageThatAreGiven) {
  std::string token = token_of("AT%KEYGEN=16842753,2,0,\"O=Test,CN=Device\",\"101010000\"");
  EXPECT_EQ(read(token),
            request(name("organizationName", "Test") + name("commonName", "Device"), "030203A8") +
                key_message(9, "h'1a01010001' 16842753"));
}

TEST_P(Token, OfAPublicKeyIsAKeyMessageOfItsOwnKind) {
  std::string client = token_of("AT%KEYGEN=17,2,1");
  std::string endorsement = token_of("AT%KEYGEN=0,8,1");
  EXPECT_EQ(read(client), std::string(public_key) + key_message(8, "h'11' 17"));
  EXPECT_EQ(read(endorsement), std::string(public_key) + key_message(8, "h'00' 0"));
}

TEST_P(Token, OfTheDeviceNamesItsTypeAndFirmwareAndIsSignedApart) {
  EXPECT_EQ(without_hyphens(parameter_of("AT%XMODEMUUID", "%XMODEMUUID: ")), GetParam().uuid);
  std::string token = token_of("AT%ATTESTTOKEN");
  EXPECT_EQ(read(token), fmt::format("identity message 1, device {} of type {}, firmware {}, nonce of 16\n"
                                     "protected {{1: -7}}\n"
                                     "unprotected {{4: h'21'}}\n"
                                     "payload detached\n"
                                     "signed by the device identity key, 64 bytes\n",
                                     without_hyphens(uuid_), GetParam().device_type, GetParam().uuid));
}

constexpr std::string_view nrf9160 = "25c95751efa440d48b4a1dcaab81fac9";
constexpr std::string_view nrf91x1 = "57bb5bc541f74c1b9f0e6d2f3a8b1c47";

INSTANTIATE_TEST_SUITE_P(OfFirmware, Token,
                         testing::Values(Firmware{"mfw_nrf9160_1.3.0", nrf9160, 3, true},
                                         Firmware{"mfw_nrf9160_1.3.5", nrf9160, 3, true},
                                         Firmware{"mfw_nrf91x1_2.0.0", nrf91x1, 6, false},
                                         Firmware{"mfw_nrf91x1_2.0.2", nrf91x1, 6, false}),
                         [](const auto& tested) {
                           std::string text(tested.param.revision);
                           std::replace(text.begin(), text.end(), '.', '_');
                           return text;
                         });

// On 2.x a tag may be greater than a signed number of 32 bits; the message has it as that number.
class TokenOfATracedTag : public Token {};

TEST_P(TokenOfATracedTag, HasANegativeNumber) {
  std::string token = token_of("AT%KEYGEN=2147483648,2,1");
  std::string asset = token_of("AT%KEYGEN=2147483667,13,1");
  EXPECT_EQ(read(token), std::string(public_key) + key_message(8, "h'3a7fffffff' -2147483648"));
  EXPECT_EQ(read(asset), std::string(public_key) + key_message(8, "h'3a7fffffec' -2147483629"));
}

INSTANTIATE_TEST_SUITE_P(OfFirmware, TokenOfATracedTag,
                         testing::Values(Firmware{"mfw_nrf91x1_2.0.2", nrf91x1, 6, false}));

}  // namespace
}  // namespace attache::system_test
