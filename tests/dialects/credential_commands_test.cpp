#include "slm_device.hpp"

namespace attache::dialects {
namespace {

DialectOptions native_tls() {
  DialectOptions options;
  options.native_tls = true;
  return options;
}

class NativeCredentials : public testing::TestWithParam<Exchange> {};

TEST_P(NativeCredentials, AnswerExactly) {
  for (bool strict : {false, true}) {
    DialectOptions options = native_tls();
    options.strict = strict;
    SlmDevice device(options);
    device.send("AT%CMNG=0,5,0,\"ca\"");
    device.take_reasons();
    EXPECT_EQ(device.send(GetParam().line), GetParam().answer);
    EXPECT_EQ(device.take_reasons().size(), GetParam().answer == error ? 1U : 0U);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Slm, NativeCredentials,
    testing::Values(
        Exchange{"AT%CMNG", error}, Exchange{"AT%CMNG?", error}, Exchange{"AT%CMNG=?", error},
        Exchange{"AT%CMNG=1", error}, Exchange{"AT%CMNG=1,5,0", error}, Exchange{"AT%CMNG=4,5,0", error},
        Exchange{"AT%CMNG=\"0\"", error}, Exchange{"AT%CMNG=0", error}, Exchange{"AT%CMNG=0,5", error},
        Exchange{"AT%CMNG=0,5,0", error}, Exchange{"AT%CMNG=0,5,0,1", error},
        Exchange{"AT%CMNG=0,5,5,\"x\"", error}, Exchange{"AT%CMNG=0,214748365,0,\"x\"", error},
        Exchange{"AT%CMNG=0,214748364,4,\"x\"", ok}, Exchange{"AT%CMNG=0,-1,0,\"x\"", error},
        Exchange{"AT%CMNG=0,5,0,\"\"", error}, Exchange{"AT%CMNG=0,5,1,\"c\"", ok},
        Exchange{"AT%CMNG=0,5,2,\"k\"", ok}, Exchange{"AT%CMNG=0,5,3,\"p\"", ok},
        Exchange{"at%cmng=2,5,0", "%CMNG: 5,0,\"\",\"ca\"\r\n" + ok}, Exchange{"AT%CMNG=2", error},
        Exchange{"AT%CMNG=2,5", error}, Exchange{"AT%CMNG=2,5,1", error}, Exchange{"AT%CMNG=2,5,2", error},
        Exchange{"AT%CMNG=2,5,3", error}, Exchange{"AT%CMNG=2,5,4", error}, Exchange{"AT%CMNG=2,6,0", error},
        Exchange{"AT%CMNG=3,5,0", ok}, Exchange{"AT%CMNG=3,5,1", error}, Exchange{"AT%CMNG=3,5", error},
        Exchange{"AT%CMNG=3,5,9", error}));

TEST(NativeCredentials, AreKeptInTheModemUnderTenTimesTheTag) {
  SlmDevice device(native_tls());
  std::string pem = "-----BEGIN CERTIFICATE-----\nab==\n-----END CERTIFICATE-----";
  EXPECT_EQ(device.send("AT%CMNG=0,42,0,\"" + pem + "\""), ok);
  EXPECT_EQ(device.send("AT%CMNG=0,42,4,\"me\""), ok);
  EXPECT_EQ(device.send("AT%CMNG=0,42,2,\"key\""), ok);
  EXPECT_EQ(device.send("AT%CMNG=2,42,0"), "%CMNG: 42,0,\"\",\"" + pem + "\"\r\n" + ok);
  EXPECT_EQ(device.send("AT%CMNG=2,42,4"), "%CMNG: 42,4,\"\",\"me\"\r\n" + ok);
  EXPECT_EQ(device.device->radio().credentials.bundle(420)->root_ca, pem);
  EXPECT_EQ(device.device->radio().credentials.bundle(422)->root_ca, "key");
  EXPECT_EQ(device.send("AT%CMNG=0,42,0,\"other\""), ok);
  EXPECT_EQ(device.send("AT%CMNG=2,42,0"), "%CMNG: 42,0,\"\",\"other\"\r\n" + ok);
  EXPECT_EQ(device.send("AT%CMNG=3,42,4"), ok);
  EXPECT_FALSE(device.device->radio().credentials.bundle(424));
}

TEST(NativeCredentials, AreWrittenAndDeletedOnlyWhileTheModemIsOffline) {
  SlmDevice device(native_tls());
  EXPECT_EQ(device.send("AT%CMNG=0,1,0,\"x\""), ok);
  device.send("AT+CFUN=1");
  EXPECT_EQ(device.send("AT%CMNG=0,1,0,\"y\""), error) << "no +CME ERROR of the modem";
  EXPECT_EQ(device.send("AT%CMNG=3,1,0"), error);
  EXPECT_EQ(device.send("AT%CMNG=2,1,0"), "%CMNG: 1,0,\"\",\"x\"\r\n" + ok);
  device.send("AT+CFUN=4");
  EXPECT_EQ(device.send("AT%CMNG=3,1,0"), ok);
}

TEST(NativeCredentials, GoToTheModemInABuildWithout) {
  SlmDevice device;
  EXPECT_EQ(device.send("AT%CMNG=0,42,0,\"ca\""), ok);
  EXPECT_EQ(device.device->radio().credentials.bundle(42)->root_ca, "ca");
  EXPECT_THAT(device.send("AT%CMNG=1"), testing::HasSubstr("%CMNG: 42,0,"));
  EXPECT_THAT(device.send("AT#XCLAC"), testing::Not(testing::HasSubstr("CMNG")));
  SlmDevice native(native_tls());
  EXPECT_THAT(native.send("AT#XCLAC"), testing::HasSubstr("AT#XGETADDRINFO\r\nAT%CMNG\r\n"));
}

TEST(NativeCredentials, NeverReachTheLogNorAReason) {
  SlmDevice device(native_tls());
  device.send("AT+CFUN=1");
  device.send("AT%CMNG=0,1,2,\"topsecret\"");
  EXPECT_THAT(device.take_journal(), testing::Not(testing::HasSubstr("topsecret")));
}

TEST(NativeCredentials, SecureTheSocketsOfTheApplication) {
  SlmDevice device(native_tls());
  device.send("AT+CFUN=1");
  EXPECT_EQ(device.send("AT#XTCPCLI=1,\"example.com\",443,42"), "\r\n#XTCPCLI: 1,\"connected\"\r\n" + ok);
  ASSERT_TRUE(device.server && device.server->tls);
  EXPECT_EQ(device.server->tls->sec_tag, 42U);
  EXPECT_TRUE(device.server->tls->in_application);
}

}  // namespace
}  // namespace attache::dialects
