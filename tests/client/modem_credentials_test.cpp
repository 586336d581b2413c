#include "client/modem_credentials.hpp"

#include <gmock/gmock.h>

#include "client/conversation_fixture.hpp"

namespace attache::client {
namespace {

using namespace std::chrono_literals;
using certificates::Credential;
using certificates::CredentialKind;
using ::testing::HasSubstr;
using ::testing::Not;

/// Credentials over a conversation whose modem is the test.
class ModemCredentialsTest : public ConversationTest {
 protected:
  template <class T>
  struct Outcome {
    std::optional<ModemResult<T>> result;
    [[nodiscard]] bool ended() const { return result.has_value(); }
    [[nodiscard]] ModemFault fault() const { return result->error(); }
  };

  template <class T>
  void start(asio::awaitable<ModemResult<T>> work, Outcome<T>& outcome) {
    asio::co_spawn(context, std::move(work), [&outcome](std::exception_ptr error, ModemResult<T> result) {
      EXPECT_FALSE(error);
      outcome.result.emplace(std::move(result));
    });
    clock.settle();
  }

  /// The modem answers with lines and a final result.
  void answer(std::string_view text) { modem("\r\n" + std::string(text) + "\r\n"); }

  const Credential ca{CredentialKind::authority, "-----BEGIN X-----\nAAAA\n-----END X-----\n"};
  ModemCredentials credentials{conversation, {}};
};

TEST_F(ModemCredentialsTest, AsksForNumbersOfErrorsAndGivesThatBack) {
  Outcome<void> begun;
  start(credentials.begin(), begun);
  EXPECT_EQ(sent(), "AT\r\n");
  answer("OK");
  EXPECT_EQ(sent(), "AT+CMEE?\r\n");
  answer("+CMEE: 0\r\n\r\nOK");
  EXPECT_EQ(sent(), "AT+CMEE=1\r\n");
  answer("OK");
  ASSERT_TRUE(begun.ended() && *begun.result);
  Outcome<void> restored;
  start(credentials.restore(), restored);
  EXPECT_EQ(sent(), "AT+CMEE=0\r\n");
  answer("OK");
  EXPECT_TRUE(restored.ended() && *restored.result);
}

TEST_F(ModemCredentialsTest, LeavesAloneWhatIsAsItShouldBe) {
  Outcome<void> begun;
  start(credentials.begin(), begun);
  sent();
  answer("OK");
  answer("+CMEE: 2\r\n\r\nOK");
  Outcome<std::optional<std::string>> stopped;
  start(credentials.stop_lte(), stopped);
  sent();
  answer("+CFUN: 4\r\n\r\nOK");
  ASSERT_TRUE(stopped.ended() && *stopped.result);
  EXPECT_EQ(**stopped.result, std::nullopt);
  Outcome<void> restored;
  start(credentials.restore(), restored);
  EXPECT_TRUE(restored.ended());
  EXPECT_EQ(sent(), "");
}

TEST_F(ModemCredentialsTest, StopsLteAndRestoresTheModeThatWas) {
  Outcome<std::optional<std::string>> stopped;
  start(credentials.stop_lte(), stopped);
  EXPECT_EQ(sent(), "AT+CFUN?\r\n");
  answer("+CFUN: 21\r\n\r\nOK");
  EXPECT_EQ(sent(), "AT+CFUN=4\r\n");
  answer("OK");
  ASSERT_TRUE(stopped.ended() && *stopped.result);
  EXPECT_EQ(**stopped.result, "21");
  Outcome<void> restored;
  start(credentials.restore(), restored);
  EXPECT_EQ(sent(), "AT+CFUN=21\r\n");
  answer("ERROR");
  ASSERT_TRUE(restored.ended());
  EXPECT_EQ(restored.fault().what, "the modem is still in flight mode");
}

TEST_F(ModemCredentialsTest, SendsTheContentAsItIs) {
  Outcome<void> written;
  start(credentials.write(42, ca), written);
  EXPECT_EQ(sent(), "AT%CMNG=0,42,0,\"-----BEGIN X-----\nAAAA\n-----END X-----\n\"\r\n");
  modem("\r\n+CEREG: 0\r\n");
  EXPECT_FALSE(written.ended());
  answer("OK");
  EXPECT_TRUE(written.ended() && *written.result);
  Outcome<void> with_password;
  start(credentials.write(7, {CredentialKind::key, "KEY", "secret"}), with_password);
  EXPECT_EQ(sent(), "AT%CMNG=0,7,2,\"KEY\",\"secret\"\r\n");
  answer("OK");
}

TEST_F(ModemCredentialsTest, ListsWhatIsStored) {
  Outcome<std::vector<StoredCredential>> listed;
  start(credentials.list(std::nullopt), listed);
  EXPECT_EQ(sent(), "AT%CMNG=1\r\n");
  answer(
      "+CEREG: 0\r\n%CMNG: 42,0,\"AB\"\r\n%CMNG: 42, 2, \"cd\"\r\n%CMNG: 4294967292,11,\"EF\"\r\n%CMNG: "
      "x,1,\"\"\r\n\r\nOK");
  ASSERT_TRUE(listed.ended() && *listed.result);
  const auto& stored = **listed.result;
  ASSERT_EQ(stored.size(), 3U);
  EXPECT_EQ(stored[1].sec_tag, 42U);
  EXPECT_EQ(stored[1].type, 2);
  EXPECT_EQ(stored[1].digest, "CD");
  EXPECT_EQ(stored[2].sec_tag, 4294967292U);
}

TEST_F(ModemCredentialsTest, ReadsAContentOfManyLinesBehindAnEcho) {
  Outcome<std::string> read;
  start(credentials.read(42, CredentialKind::authority), read);
  EXPECT_EQ(sent(), "AT%CMNG=2,42,0\r\n");
  answer("AT%CMNG=2,42,0\r\r\n%CMNG: 42,0,\"AB\",\"-----BEGIN X-----\nAAAA\r\n-----END X-----\"\r\n\r\nOK");
  ASSERT_TRUE(read.ended() && *read.result);
  EXPECT_EQ(**read.result, "-----BEGIN X-----\nAAAA\n-----END X-----");
}

TEST_F(ModemCredentialsTest, ExplainsEachNumberByItsCause) {
  const std::pair<std::string_view, base::Cause> numbers[] = {{"513", base::Cause::sec_tag_missing},
                                                              {"514", base::Cause::credential_not_readable},
                                                              {"515", base::Cause::store_full},
                                                              {"518", base::Cause::cert_write_while_active},
                                                              {"519", base::Cause::credential_exists},
                                                              {"527", base::Cause::cert_malformed},
                                                              {"528", base::Cause::power},
                                                              {"50", base::Cause::bad_parameter}};
  for (const auto& [number, cause] : numbers) {
    Outcome<void> written;
    start(credentials.write(42, ca), written);
    answer("+CME ERROR: " + std::string(number));
    ASSERT_TRUE(written.ended() && !*written.result) << number;
    EXPECT_EQ(written.fault().cause, cause) << number;
    EXPECT_FALSE(written.fault().timed_out);
    EXPECT_EQ(written.fault().where, "sec_tag 42, type 0 (root CA)");
    EXPECT_THAT(base::to_block(written.fault()),
                HasSubstr("AT%CMNG=0,42,0 → +CME ERROR: " + std::string(number) + "\n"));
    EXPECT_THAT(base::to_block(written.fault()), HasSubstr("attache explain"));
  }
}

TEST_F(ModemCredentialsTest, NeverShowsAKeyOrItsPassword) {
  Outcome<void> written;
  start(credentials.write(42, {CredentialKind::key, "TOPSECRET", "hunter2"}), written);
  answer("ERROR");
  ASSERT_TRUE(written.ended() && !*written.result);
  EXPECT_THAT(base::to_block(written.fault()), Not(HasSubstr("TOPSECRET")));
  EXPECT_THAT(base::to_block(written.fault()), Not(HasSubstr("hunter2")));
}

TEST_F(ModemCredentialsTest, SaysThatNobodyAnswers) {
  Outcome<void> begun;
  start(credentials.begin(), begun);
  clock.advance(9s);
  EXPECT_FALSE(begun.ended());
  clock.advance(1s);
  ASSERT_TRUE(begun.ended() && !*begun.result);
  EXPECT_TRUE(begun.fault().timed_out);
  EXPECT_EQ(begun.fault().cause, base::Cause::baud_or_flow_control);
}

TEST_F(ModemCredentialsTest, SaysThatTheLineWasClosed) {
  Outcome<void> erased;
  start(credentials.erase(42, CredentialKind::key), erased);
  EXPECT_EQ(sent(), "AT%CMNG=3,42,2\r\n");
  port.close();
  clock.settle();
  ASSERT_TRUE(erased.ended() && !*erased.result);
  EXPECT_FALSE(erased.fault().timed_out);
  EXPECT_EQ(erased.fault().cause, base::Cause::port_lost);
}

}  // namespace
}  // namespace attache::client
